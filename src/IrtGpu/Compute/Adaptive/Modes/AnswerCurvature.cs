using IrtGpu.Data;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.Adaptive.Modes;

/// <summary>Log posterior densities of patterns side by side, and their derivatives by θ.</summary>
internal sealed class AnswerCurvature
{
    private static readonly RowLoops Loops = RowLoops.Chosen;

    private readonly CalibrationPlan plan;
    private readonly int size;
    private readonly double[] codes; // categories; where there is no answer, their number [item, lane]
    private readonly bool[] isAnswered; // by anybody [item]
    private readonly double[] z; // [lane]
    private readonly double[] ones; // [lane]
    private readonly double[] first; // by z and shape [1 + shape, lane]
    private readonly double[] second; // by z and shape; of z then negative [packed, lane]

    /// <summary>Makes room.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="size">Patterns side by side, a multiple of the lanes of the widest vector.</param>
    public AnswerCurvature(CalibrationPlan plan, int size)
    {
        this.plan = plan;
        this.size = size;
        codes = new double[plan.ItemCount * size];
        isAnswered = new bool[plan.ItemCount];
        z = new double[size];
        ones = new double[size];
        Array.Fill(ones, 1);
        int shapes = plan.ParameterSets.Max(set => set.ShapeCount);
        first = new double[(1 + shapes) * size];
        second = new double[PackedTriangle.Length(1 + shapes) * size];
        Value = new double[size];
        Gradient = new double[plan.AttributeCount * size];
        Information = new double[PackedTriangle.Length(plan.AttributeCount) * size];
        Loss = new double[PackedTriangle.Length(plan.AttributeCount) * size];
    }

    /// <summary>Log density up to a constant. [lane]</summary>
    public double[] Value { get; }

    /// <summary>Its first derivatives. [attribute, lane]</summary>
    public double[] Gradient { get; }

    /// <summary>Its negative second derivatives. [packed, lane]</summary>
    public double[] Information { get; }

    /// <summary>The part of the information that answers with convex log-probability take away. [packed, lane]</summary>
    public double[] Loss { get; }

    /// <summary>Takes the answers of patterns; lanes behind the last have none.</summary>
    /// <param name="patterns">The data.</param>
    /// <param name="chosen">Patterns, at most as many as there are lanes.</param>
    public void Load(PatternTable patterns, ReadOnlySpan<int> chosen)
    {
        for (int item = 0; item < isAnswered.Length; item++)
            codes.AsSpan(item * size, size).Fill(plan.Items[item].CategoryCount);
        Array.Clear(isAnswered);
        for (int lane = 0; lane < chosen.Length; lane++)
        {
            ReadOnlySpan<byte> row = patterns.Row(chosen[lane]);
            for (int item = 0; item < row.Length; item++)
            {
                if (row[item] == ResponseData.Missing)
                    continue;
                codes[item * size + lane] = row[item];
                isAnswered[item] = true;
            }
        }
    }

    /// <summary>Computes all.</summary>
    /// <param name="point">Populations.</param>
    /// <param name="items">Items at the point.</param>
    /// <param name="block">Group and class of the patterns.</param>
    /// <param name="theta">Where. [attribute, lane]</param>
    public void Evaluate(ModelPoint point, ItemsAt items, PlannedBlock block, ReadOnlySpan<double> theta)
    {
        point.Populations[block.Index].FillDerivatives(theta, Value, Gradient, Information);
        Array.Clear(Loss);
        int[] setOfItem = plan.Tables[block.Table].SetOfItem;
        for (int item = 0; item < isAnswered.Length; item++)
        {
            if (isAnswered[item])
                AddItem(items, item, setOfItem[item], theta);
        }
    }

    private void AddItem(ItemsAt items, int index, int set, ReadOnlySpan<double> theta)
    {
        PlannedItem item = plan.Items[index];
        ReadOnlySpan<double> slopes = items.Slopes(set);
        Loops.Predict(slopes, item.Attributes, theta, z);
        ReadOnlySpan<double> given = codes.AsSpan(index * size, size);
        int local = 1 + items.Shape(set).Length;
        items.Operations(set).AddLogProbabilities(z, item.CategoryCount, items.Shape(set), item.Scores, given, Value);
        items.Operations(set).FillDerivatives(
            z, item.CategoryCount, items.Shape(set), item.Scores, given, ones, first.AsSpan(0, local * size), second.AsSpan(0, PackedTriangle.Length(local) * size));
        for (int j = 0; j < slopes.Length; j++)
            Loops.AddScaled(slopes[j], first.AsSpan(0, size), Gradient.AsSpan(item.Attributes[j] * size, size));
        Span<double> information = second.AsSpan(0, size);
        bool isConvex = false;
        foreach (ref double value in information)
        {
            isConvex |= value > 0;
            value = -value;
        }
        AddSecond(item.Attributes, slopes, information, Information);
        if (!isConvex)
            return;
        foreach (ref double value in information)
            value = Math.Min(value, 0);
        AddSecond(item.Attributes, slopes, information, Loss);
    }

    private void AddSecond(int[] attributes, ReadOnlySpan<double> slopes, ReadOnlySpan<double> information, double[] sum)
    {
        for (int j = 0; j < slopes.Length; j++)
        {
            for (int k = 0; k <= j; k++)
                Loops.AddScaled(slopes[j] * slopes[k], information, sum.AsSpan(PackedTriangle.SymmetricIndex(attributes[j], attributes[k]) * size, size));
        }
    }
}
