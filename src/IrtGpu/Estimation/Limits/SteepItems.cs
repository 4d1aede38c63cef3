using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Estimation.Limits;

/// <summary>Items whose curve is a step for all that nodes and data can say, so that slope and intercept go on growing and change nothing.</summary>
internal sealed class SteepItems
{
    private const double SteepSlope = 20; // a · SD: between two nodes a fifth of an SD apart the log odds change by 4
    private const double Moving = 1e-4; // change in an EM step from which a parameter has not come to rest

    private readonly CalibrationPlan plan;
    private readonly int[] setOfFree; // set that alone has the parameter and a free slope; −1: there is none [free]
    private readonly int[][] freeOfSet; // those parameters, logits left out [set]

    public SteepItems(CalibrationPlan plan)
    {
        this.plan = plan;
        setOfFree = new int[plan.Layout.FreeCount];
        int[] uses = new int[plan.Layout.FreeCount];
        for (int index = 0; index < plan.ParameterSets.Count; index++)
        {
            ItemParameterSet set = plan.ParameterSets[index];
            bool hasSlope = SlopesOf(set).Any(slot => !plan.Layout.IsFixed(slot));
            foreach (int free in plan.Layout.FreeOf(set.FirstSlot, set.SlotCount).ToArray().Distinct())
            {
                uses[free]++;
                setOfFree[free] = hasSlope && uses[free] == 1 ? index : -1;
            }
        }
        for (int free = 0; free < uses.Length; free++)
        {
            if (uses[free] != 1)
                setOfFree[free] = -1;
        }
        freeOfSet = [.. plan.ParameterSets.Select((_, index) =>
            Enumerable.Range(0, setOfFree.Length).Where(free => setOfFree[free] == index && !plan.Layout.IsBoundedLogit[free]).ToArray())];
    }

    /// <summary>Whether the parameter is of such an item alone.</summary>
    /// <param name="free">Free parameter.</param>
    /// <param name="values">Working values. [free]</param>
    public bool Has(int free, double[] values) => setOfFree[free] is var set and >= 0 && IsSteep(plan.ParameterSets[set], values);

    /// <summary>Adds parameters of such items that have not come to rest.</summary>
    /// <param name="found">Estimates that have run off.</param>
    /// <param name="values">Estimates. [free]</param>
    /// <param name="next">What an EM step makes of them. [free]</param>
    public RunOffs AddTo(RunOffs found, double[] values, Func<double[]> next)
    {
        int[][] steep = [.. plan.ParameterSets.Zip(freeOfSet).Where(pair => pair.Second.Length > 0 && IsSteep(pair.First, values)).Select(pair => pair.Second)];
        if (steep.Length == 0)
            return found;
        double[] after = next();
        int[] moving = [.. steep.Where(parameters => parameters.Any(free => Math.Abs(after[free] - values[free]) > Moving)).SelectMany(parameters => parameters)];
        return new RunOffs(new HashSet<int>(found.Parameters.Concat(moving)), [.. found.Pivots.Union(moving)]);
    }

    private bool IsSteep(ItemParameterSet set, double[] values)
    {
        PlannedItem item = plan.Items[set.Item];
        for (int loading = 0; loading < item.Attributes.Length; loading++)
        {
            double slope = plan.Layout.Value(set.FirstSlot + item.Family.SlopeSlot(item, loading), values);
            if (Math.Abs(slope) < SteepSlope / 100)
                continue;
            double variance = plan.Layout.Value(plan.Blocks[set.Blocks[0]].CovarianceSlot(item.Attributes[loading], item.Attributes[loading]), values);
            if (slope * slope * variance > SteepSlope * SteepSlope)
                return true;
        }
        return false;
    }

    private IEnumerable<int> SlopesOf(ItemParameterSet set) => Enumerable.Range(0, plan.Items[set.Item].Attributes.Length)
        .Select(loading => set.FirstSlot + plan.Items[set.Item].Family.SlopeSlot(plan.Items[set.Item], loading));
}
