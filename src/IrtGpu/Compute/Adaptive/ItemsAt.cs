using IrtGpu.Items;
using IrtGpu.Items.Evaluation;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Adaptive;

/// <summary>Item parameter sets at given parameters, with the constants of their shapes.</summary>
internal sealed class ItemsAt
{
    private readonly CalibrationPlan plan;
    private readonly double[] slots;
    private readonly double[][] constants; // [parameter set]

    /// <summary>Computes the constants.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="slots">All parameters; kept, and not to be changed while this is in use. [slot]</param>
    /// <param name="sets">Sets that will be asked for.</param>
    public ItemsAt(CalibrationPlan plan, double[] slots, ReadOnlySpan<int> sets)
    {
        this.plan = plan;
        this.slots = slots;
        constants = new double[plan.ParameterSets.Count][];
        foreach (int index in sets)
        {
            ItemParameterSet set = plan.ParameterSets[index];
            PlannedItem item = plan.Items[set.Item];
            constants[index] = new double[item.Family.Operations.ConstantLength(item.CategoryCount)];
            item.Family.Operations.FillConstants(item.CategoryCount, slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount), constants[index]);
        }
    }

    /// <summary>The same of all sets.</summary>
    public ItemsAt(CalibrationPlan plan, double[] slots)
        : this(plan, slots, [.. Enumerable.Range(0, plan.ParameterSets.Count)])
    {
    }

    /// <summary>An answer to an item at a person's nodes.</summary>
    /// <param name="index">Parameter set.</param>
    /// <param name="category">The answer.</param>
    /// <param name="theta">[attribute, node]</param>
    /// <param name="nodeCount">Number of nodes, padded.</param>
    public ResponseNodes At(int index, int category, ReadOnlySpan<double> theta, int nodeCount)
    {
        ItemParameterSet set = plan.ParameterSets[index];
        PlannedItem item = plan.Items[set.Item];
        return new ResponseNodes
        {
            Slopes = slots.AsSpan(set.FirstSlot, set.SlopeCount),
            Attributes = item.Attributes,
            Theta = theta,
            NodeCount = nodeCount,
            Category = category,
            CategoryCount = item.CategoryCount,
            Shape = slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount),
            Scores = item.Scores,
            Constants = constants[index],
        };
    }

    /// <summary>Parameters of a set: slopes, then shape. [slot of the set]</summary>
    public Span<double> Slots(ItemParameterSet set) => slots.AsSpan(set.FirstSlot, set.SlotCount);
}
