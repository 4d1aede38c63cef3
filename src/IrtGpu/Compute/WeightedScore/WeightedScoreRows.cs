using System.Runtime.CompilerServices;
using IrtGpu.Compute.Tables;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Compute.WeightedScore;

/// <summary>Weighted scores of joint responses, and the way back from moments of joint responses to moments by category.</summary>
/// <remarks>Layout of a row: one number an attribute, then one more if there is room, then padding; the width is the caller's.</remarks>
internal static unsafe class WeightedScoreRows
{
    /// <summary>Σ a_j s by attribute, and Σ d where rows have room for it, of every joint row; the first category's predictor is 0 whatever its score.</summary>
    /// <remarks>Item by item: the rows of one item more are those before it, once for each of its categories, plus what the category adds.</remarks>
    /// <param name="point">Parameters.</param>
    /// <param name="joint">The items, all of the exponential family.</param>
    /// <param name="table">Table index.</param>
    /// <param name="rows">Receives the rows. [joint row, width]</param>
    /// <param name="width">Row length, at least J.</param>
    public static void Fill(ModelPoint point, JointItems joint, int table, double* rows, int width)
    {
        CalibrationPlan plan = point.Plan;
        double[] term = new double[width];
        for (int group = 0; group < joint.GroupCount; group++)
        {
            double* first = rows + (long)joint.FirstRow[group] * width;
            new Span<double>(first, width).Clear();
            int length = width; // of the rows of the items before
            for (int position = joint.FirstItem[group]; position < joint.FirstItem[group + 1]; position++)
            {
                int setIndex = plan.Tables[table].SetOfItem[joint.Items[position]];
                ReadOnlySpan<double> before = new(first, length);
                for (int category = 1; category < joint.Radix[position]; category++)
                {
                    Span<double> to = new(first + (long)category * length, length);
                    if (setIndex < 0 || category >= joint.CategoryCount[position])
                    {
                        before.CopyTo(to);
                        continue;
                    }
                    FillTerm(point, plan.ParameterSets[setIndex], category, term);
                    AddTerm(before, term, to);
                }
                length *= joint.Radix[position];
            }
        }
    }

    /// <summary>Adds Σ weight · E θ by attribute, and Σ weight where rows have it, of joint rows to the moments of their responses.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="joint">The items.</param>
    /// <param name="rows">[joint row, width]</param>
    /// <param name="width">Row length, at least J.</param>
    /// <param name="moments">Added to, weight first. [row, 1 + attribute]</param>
    public static void AddMoments(CalibrationPlan plan, JointItems joint, double* rows, int width, double[] moments)
    {
        int attributeCount = plan.AttributeCount;
        double[] rest = new double[MostRows(joint) * width]; // rows, summed over the items that were dealt with
        double[] sum = new double[width];
        for (int group = 0; group < joint.GroupCount; group++)
        {
            int length = joint.RowCount[group] * width;
            new ReadOnlySpan<double>(rows + (long)joint.FirstRow[group] * width, length).CopyTo(rest);
            for (int position = joint.FirstItem[group + 1] - 1; position >= joint.FirstItem[group]; position--)
            {
                length /= joint.Radix[position];
                for (int category = 0; category < joint.Radix[position]; category++)
                {
                    SumRows(rest.AsSpan(category * length, length), sum, rest.AsSpan(0, length));
                    if (category >= joint.CategoryCount[position])
                        continue;
                    Span<double> to = moments.AsSpan((plan.Items[joint.Items[position]].FirstRow + category) * (1 + attributeCount), 1 + attributeCount);
                    to[0] += width > attributeCount ? sum[attributeCount] : 0;
                    for (int attribute = 0; attribute < attributeCount; attribute++)
                        to[1 + attribute] += sum[attribute];
                }
            }
        }
    }

    /// <summary>Σ of weight · d over the responses: what they add to the log-likelihood beside the weighted scores.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="table">Table index.</param>
    /// <param name="moments">Moments with the weight first. [row, 1 + attribute]</param>
    public static double ConstantTotal(ModelPoint point, int table, double[] moments)
    {
        CalibrationPlan plan = point.Plan;
        int rowLength = 1 + plan.AttributeCount;
        double total = 0;
        for (int item = 0; item < plan.ItemCount; item++)
        {
            if (plan.Tables[table].SetOfItem[item] is not (>= 0 and int setIndex))
                continue;
            ItemParameterSet set = plan.ParameterSets[setIndex];
            for (int category = 1; category < plan.Items[item].CategoryCount; category++)
                total += moments[(plan.Items[item].FirstRow + category) * rowLength] * point.Parameters.Slots[set.FirstSlot + set.SlopeCount + category - 1];
        }
        return total;
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

    private static int MostRows(JointItems joint)
    {
        int most = 0;
        foreach (int count in joint.RowCount)
            most = Math.Max(most, count);
        return most;
    }

    private static void FillTerm(ModelPoint point, ItemParameterSet set, int category, double[] term)
    {
        Span<double> slots = point.Parameters.Slots.AsSpan(set.FirstSlot, set.SlotCount);
        int[] attributes = point.Plan.Items[set.Item].Attributes;
        double score = Score(point, set, category);
        term.AsSpan().Clear();
        for (int loading = 0; loading < attributes.Length; loading++)
            term[attributes[loading]] = slots[loading] * score;
        if (term.Length > point.Plan.AttributeCount)
            term[point.Plan.AttributeCount] = slots[set.SlopeCount + category - 1];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTerm(ReadOnlySpan<double> rows, ReadOnlySpan<double> term, Span<double> to)
    {
        if (term.Length == 1)
        {
            for (int row = 0; row < rows.Length; row++)
                to[row] = rows[row] + term[0];
            return;
        }
        for (int row = 0; row < rows.Length; row += term.Length)
        {
            for (int k = 0; k < term.Length; k++)
                to[row + k] = rows[row + k] + term[k];
        }
    }

    /// <summary>Sums rows into one, and adds them to other rows unless these are the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumRows(ReadOnlySpan<double> rows, Span<double> sum, Span<double> alsoTo)
    {
        for (int k = 0; k < sum.Length; k++)
        {
            double total = 0;
            for (int row = k; row < rows.Length; row += sum.Length)
                total += rows[row];
            sum[k] = total;
        }
        if (rows.Overlaps(alsoTo))
            return;
        for (int row = 0; row < rows.Length; row++)
            alsoTo[row] += rows[row];
    }

    private static double Score(ModelPoint point, ItemParameterSet set, int category)
    {
        PlannedItem item = point.Plan.Items[set.Item];
        Span<double> shape = point.Parameters.Slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount);
        return item.Family.Operations.Score(category, item.CategoryCount, shape, item.Scores);
    }
}
