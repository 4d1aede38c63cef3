using IrtGpu.Items;
using IrtGpu.Items.Evaluation;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Adaptive;

/// <summary>Item parameter sets at given parameters, with the constants of their shapes.</summary>
internal sealed class ItemsAt
{
    private readonly double[] slots;
    private readonly PreparedSet[] prepared; // [parameter set]

    /// <summary>Computes the constants.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="slots">All parameters; kept, and not to be changed while this is in use. [slot]</param>
    /// <param name="sets">Sets that will be asked for.</param>
    public ItemsAt(CalibrationPlan plan, double[] slots, ReadOnlySpan<int> sets)
    {
        this.slots = slots;
        prepared = new PreparedSet[plan.ParameterSets.Count];
        foreach (int index in sets)
        {
            ItemParameterSet set = plan.ParameterSets[index];
            PlannedItem item = plan.Items[set.Item];
            ItemModelOperations operations = item.Family.Operations;
            double[] constants = new double[operations.ConstantLength(item.CategoryCount)];
            operations.FillConstants(item.CategoryCount, slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount), constants);
            prepared[index] = new PreparedSet(operations, item.Attributes, item.CategoryCount, item.Scores, set.FirstSlot, set.SlopeCount, set.ShapeCount, constants);
        }
    }

    /// <summary>The same of all sets.</summary>
    public ItemsAt(CalibrationPlan plan, double[] slots)
        : this(plan, slots, [.. Enumerable.Range(0, plan.ParameterSets.Count)])
    {
    }

    /// <summary>The loops of a set's response function.</summary>
    /// <param name="index">Parameter set.</param>
    public ItemModelOperations Operations(int index) => prepared[index].Operations;

    /// <summary>Slopes of a set by loading.</summary>
    public ReadOnlySpan<double> Slopes(int index) => slots.AsSpan(prepared[index].FirstSlot, prepared[index].SlopeCount);

    /// <summary>Shape parameters of a set.</summary>
    public Span<double> Shape(int index) => slots.AsSpan(prepared[index].FirstSlot + prepared[index].SlopeCount, prepared[index].ShapeCount);

    /// <summary>An answer to an item at a person's nodes.</summary>
    /// <param name="index">Parameter set.</param>
    /// <param name="category">The answer.</param>
    /// <param name="theta">[attribute, node]</param>
    /// <param name="nodeCount">Number of nodes, padded.</param>
    public ResponseNodes At(int index, int category, ReadOnlySpan<double> theta, int nodeCount)
    {
        ref readonly PreparedSet set = ref prepared[index];
        return new ResponseNodes
        {
            Slopes = slots.AsSpan(set.FirstSlot, set.SlopeCount),
            Attributes = set.Attributes,
            Theta = theta,
            NodeCount = nodeCount,
            Category = category,
            CategoryCount = set.CategoryCount,
            Shape = slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount),
            Scores = set.Scores,
            Constants = set.Constants,
        };
    }

    private readonly record struct PreparedSet(
        ItemModelOperations Operations, int[] Attributes, int CategoryCount, double[] Scores, int FirstSlot, int SlopeCount, int ShapeCount, double[] Constants);
}
