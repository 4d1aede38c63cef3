using IrtGpu.Foundation.Collections;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Branches;

/// <summary>A core of attributes, given which the others fall into branches that are independent of each other.</summary>
/// <remarks>
/// The general attribute of a bifactor model is a core, its specific ones are branches; general attributes that correlate are a core of a
/// two-tier model. Without correlations and items of several attributes there is no core. The core chosen is the one that takes the fewest nodes by
/// items; sets of correlated attributes stay together.
/// </remarks>
/// <param name="Core">Attributes of the core, ascending; empty where there is none.</param>
/// <param name="Branches">Attributes of each branch, the core's left out, ascending; the last has none where items measure the core alone.</param>
/// <param name="Items">Items of each branch, ascending.</param>
/// <param name="NodeCounts">Nodes of each branch with the core's.</param>
internal sealed record BranchLayout(int[] Core, int[][] Branches, int[][] Items, double[] NodeCounts)
{
    private const int LargestCore = 3; // sets of correlated attributes
    private const int FewSets = 16; // cores of so many sets are tried in all combinations

    /// <summary>What sums over branches cost: nodes by items.</summary>
    public double Work => NodeCounts.Select((nodes, branch) => nodes * (1 + Items[branch].Length)).Sum();

    /// <summary>Finds it.</summary>
    /// <param name="plan">A plan with an order of elimination.</param>
    public static BranchLayout Of(CalibrationPlan plan)
    {
        IReadOnlyList<int[]> sets = plan.Integration.Tree!.Populations;
        int largest = sets.Count <= FewSets ? LargestCore : LargestCore - 1;
        return Cores(sets.Count, largest).Select(core => Divide(plan, sets, core)).MinBy(layout => layout.Work)!; // the smallest of equal ones, as it is tried first
    }

    /// <summary>Numbers of sets, fewest first.</summary>
    private static IEnumerable<int[]> Cores(int setCount, int largest)
    {
        List<int[]> cores = [[]];
        for (int next = 0; next < cores.Count; next++)
        {
            yield return cores[next];
            if (cores[next].Length < largest)
                cores.AddRange(Enumerable.Range(0, setCount).Where(set => cores[next].Length == 0 || set > cores[next][^1]).Select(set => (int[])[.. cores[next], set]));
        }
    }

    private static BranchLayout Divide(CalibrationPlan plan, IReadOnlyList<int[]> sets, int[] coreSets)
    {
        int[] core = [.. coreSets.SelectMany(set => sets[set]).Order()];
        bool[] isCore = new bool[plan.AttributeCount];
        foreach (int attribute in core)
            isCore[attribute] = true;
        LinkedSets linked = new(plan.AttributeCount);
        foreach (int[] together in sets.Concat(plan.Items.Select(item => item.Attributes)))
        {
            int first = Array.Find(together, attribute => !isCore[attribute]); // where all are in the core, one of them, which links nothing
            foreach (int attribute in together)
            {
                if (!isCore[attribute])
                    linked.Link(attribute, first);
            }
        }
        List<int[]> branches = [.. linked.Sets().Where(set => !isCore[set[0]])];
        int[] branchOf = new int[plan.AttributeCount]; // of the core's: none, the last
        Array.Fill(branchOf, branches.Count);
        for (int branch = 0; branch < branches.Count; branch++)
        {
            foreach (int attribute in branches[branch])
                branchOf[attribute] = branch;
        }
        List<int>[] items = [.. Enumerable.Range(0, branches.Count + 1).Select(_ => new List<int>())];
        for (int item = 0; item < plan.ItemCount; item++)
            items[plan.Items[item].Attributes.Min(attribute => branchOf[attribute])].Add(item);
        if (items[^1].Count > 0 || branches.Count == 0)
            branches.Add([]);
        return new BranchLayout(
            core, [.. branches], [.. items.Take(branches.Count).Select(own => own.ToArray())], [.. branches.Select(branch => Math.Pow(plan.Grid.NodesPerAttribute, core.Length + branch.Length))]);
    }
}
