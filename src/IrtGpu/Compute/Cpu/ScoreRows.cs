using IrtGpu.Planning;

namespace IrtGpu.Compute.Cpu;

/// <summary>Weighted scores of joint responses, and the way back from moments of joint responses to moments by category.</summary>
/// <remarks>Layout of a row: one number an attribute, then one more, then padding; the width is that of the caller's vectors.</remarks>
internal static unsafe class ScoreRows
{
    /// <summary>Σ a_j s by attribute, and Σ d, of every joint row; the first category's predictor is 0 whatever its score.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="joint">The items, all of the exponential family.</param>
    /// <param name="table">Table index.</param>
    /// <param name="rows">Receives the rows. [joint row, width]</param>
    /// <param name="width">Row length, at least J + 1.</param>
    public static void Fill(ModelPoint point, JointItems joint, int table, double* rows, int width)
    {
        CalibrationPlan plan = point.Plan;
        new Span<double>(rows, joint.TotalRows * width).Clear();
        joint.ForEachResponse((row, item, category) =>
        {
            int setIndex = plan.Tables[table].SetOfItem[item];
            if (category == 0 || setIndex < 0)
                return;
            ItemParameterSet set = plan.ParameterSets[setIndex];
            Span<double> slots = point.Parameters.Slots.AsSpan(set.FirstSlot, set.SlotCount);
            double* to = rows + (long)row * width;
            double score = Score(point, set, category);
            int[] attributes = plan.Items[item].Attributes;
            for (int loading = 0; loading < attributes.Length; loading++)
                to[attributes[loading]] += slots[loading] * score;
            to[plan.AttributeCount] += slots[set.SlopeCount + category - 1];
        });
    }

    /// <summary>Adds Σ weight · E θ by attribute, and Σ weight, of joint rows to the moments of their responses.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="joint">The items.</param>
    /// <param name="rows">[joint row, width]</param>
    /// <param name="width">Row length, at least J + 1.</param>
    /// <param name="moments">Added to, weight first. [row, 1 + attribute]</param>
    public static void AddMoments(CalibrationPlan plan, JointItems joint, double* rows, int width, double[] moments)
    {
        int attributeCount = plan.AttributeCount;
        joint.ForEachResponse((row, item, category) =>
        {
            double* from = rows + (long)row * width;
            Span<double> to = moments.AsSpan((plan.Items[item].FirstRow + category) * (1 + attributeCount), 1 + attributeCount);
            to[0] += from[attributeCount];
            for (int attribute = 0; attribute < attributeCount; attribute++)
                to[1 + attribute] += from[attribute];
        });
    }

    /// <summary>Smallest and largest score of an item's categories, the 0 of the first included.</summary>
    public static (double Smallest, double Largest) Range(ModelPoint point, ItemParameterSet set)
    {
        double smallest = 0;
        double largest = 0;
        for (int category = 1; category < point.Plan.Items[set.Item].CategoryCount; category++)
        {
            double score = Score(point, set, category);
            smallest = Math.Min(smallest, score);
            largest = Math.Max(largest, score);
        }
        return (smallest, largest);
    }

    private static double Score(ModelPoint point, ItemParameterSet set, int category)
    {
        PlannedItem item = point.Plan.Items[set.Item];
        Span<double> shape = point.Parameters.Slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount);
        return ItemModelOperations.Of(item.Kind).Score(category, item.CategoryCount, shape, item.Scores);
    }
}
