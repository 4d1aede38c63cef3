using IrtGpu.Planning;

namespace IrtGpu.Fit.Branches;

/// <summary>The persons of one observed group as the model has them, branch by branch: what a class and the core's attributes are, and given these what the branches are.</summary>
/// <remarks>
/// A core node is a latent class and a node of the core's attributes; without either there is one. Given it branches are independent, so that
/// an expectation of products over several branches is a sum over core nodes of products of averages over their own.
/// </remarks>
internal sealed class BranchedPopulation
{
    private const double LeastWeight = 1e-16;

    private readonly (int Branch, int Local)[] placeOf; // [item]

    /// <summary>Lays the group out.</summary>
    /// <param name="model">A point, without a <see cref="Branching.Refusal"/>.</param>
    /// <param name="group">Observed group.</param>
    public BranchedPopulation(BranchedModel model, int group)
    {
        Model = model;
        Group = group;
        int[] setOfItem = Plan.Tables[Plan.Blocks[group * Plan.ClassCount].Table].SetOfItem;
        Items = [.. Enumerable.Range(0, Plan.ItemCount).Where(item => setOfItem[item] >= 0)];
        placeOf = new (int, int)[Plan.ItemCount];
        for (int branch = 0; branch < model.Branching.Branches.Length; branch++)
        {
            int[] items = model.Branching.Branches[branch].Items;
            for (int local = 0; local < items.Length; local++)
                placeOf[items[local]] = (branch, local);
        }
        if (model.Branching.Branches.Length == 1 && model.Core is null)
        {
            CoreWeight = [1];
            GroupPopulation all = GroupPopulation.Create(model.Branches[0], group);
            Branches = [new PopulationBranch(model, 0, all, [0, all.NodeCount], CoreWeight)];
            return;
        }
        double[] share = CoreShares();
        int coreNodes = share.Length / Plan.ClassCount;
        int[] indexOf = new int[share.Length]; // among the core nodes kept
        List<double> kept = [];
        for (int node = 0; node < share.Length; node++)
        {
            indexOf[node] = share[node] > LeastWeight ? kept.Count : -1;
            if (indexOf[node] >= 0)
                kept.Add(share[node]);
        }
        double total = kept.Sum();
        CoreWeight = [.. kept.Select(weight => weight / total)];
        Branches = [.. model.Branches.Select((point, branch) =>
        {
            int own = point.Plan.NodeCount / coreNodes;
            int CoreOf(int k, int node) => k * coreNodes + node / own;
            GroupPopulation population = GroupPopulation.Create(point, group, (k, node, weight) => indexOf[CoreOf(k, node)] >= 0 && weight > LeastWeight * share[CoreOf(k, node)]);
            int[] start = new int[kept.Count + 1];
            for (int node = 0; node < population.NodeCount; node++)
                start[1 + indexOf[CoreOf(population.ClassOf(node), population.NodeOf[node] % point.Plan.NodeCount)]] = node + 1;
            return new PopulationBranch(model, branch, population, start, CoreWeight);
        })];
    }

    /// <summary>The point.</summary>
    public BranchedModel Model { get; }

    /// <summary>The whole plan.</summary>
    public CalibrationPlan Plan => Model.Point.Plan;

    /// <summary>Observed group.</summary>
    public int Group { get; }

    /// <summary>Items given in the group, ascending.</summary>
    public int[] Items { get; }

    /// <summary>Share of persons at each core node; sums to 1. [core node]</summary>
    public double[] CoreWeight { get; }

    /// <summary>The branches.</summary>
    public PopulationBranch[] Branches { get; }

    /// <summary>Nodes of all branches.</summary>
    public int NodeCount => Branches.Sum(branch => branch.Population.NodeCount);

    /// <summary>An item's branch.</summary>
    /// <param name="item">Item of the whole plan.</param>
    public PopulationBranch BranchOf(int item) => Branches[placeOf[item].Branch];

    /// <summary>An item among those of its branch.</summary>
    /// <param name="item">Item of the whole plan.</param>
    public int LocalOf(int item) => placeOf[item].Local;

    /// <summary>τ_k π(core node). [class, core node]</summary>
    private double[] CoreShares()
    {
        int coreNodes = Model.Core?.Plan.NodeCount ?? 1;
        double[] share = new double[Plan.ClassCount * coreNodes];
        for (int k = 0; k < Plan.ClassCount; k++)
        {
            int block = Group * Plan.ClassCount + k;
            for (int node = 0; node < coreNodes; node++)
                share[k * coreNodes + node] = Math.Exp(Model.Point.LogProportion[block] + (Model.Core is null ? 0 : Model.Core.LogWeight[block][node]));
        }
        return share;
    }
}
