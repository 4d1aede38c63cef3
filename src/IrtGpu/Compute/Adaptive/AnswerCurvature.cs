using IrtGpu.Data;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items;
using IrtGpu.Items.Evaluation;
using IrtGpu.Planning;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.Adaptive;

/// <summary>Log posterior densities of patterns side by side, and their derivatives by θ.</summary>
internal sealed class AnswerCurvature
{
    private static readonly RowLoops Loops = RowLoops.Chosen;

    private readonly CalibrationPlan plan;
    private readonly int size;
    private readonly double[] answers; // category, −1 where there is none [item, lane]
    private readonly bool[] isAnswered; // by anybody [item]
    private readonly double[] z; // [lane]
    private readonly double[] first; // by z [lane]
    private readonly double[] second; // by z, negative [lane]
    private readonly double[] scratch;

    /// <summary>Makes room.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="size">Patterns side by side, a multiple of the lanes of the widest vector.</param>
    public AnswerCurvature(CalibrationPlan plan, int size)
    {
        this.plan = plan;
        this.size = size;
        answers = new double[plan.ItemCount * size];
        isAnswered = new bool[plan.ItemCount];
        z = new double[size];
        first = new double[size];
        second = new double[size];
        scratch = new double[LaneMemory.MostLanes + plan.ParameterSets.Max(set => ItemSums.ScratchLength(0, plan.Items[set.Item].CategoryCount, set.ShapeCount))];
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
        Array.Fill(answers, -1);
        Array.Clear(isAnswered);
        for (int lane = 0; lane < chosen.Length; lane++)
        {
            ReadOnlySpan<byte> row = patterns.Row(chosen[lane]);
            for (int item = 0; item < row.Length; item++)
            {
                if (row[item] == ResponseData.Missing)
                    continue;
                answers[item * size + lane] = row[item];
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
        items.Operations(set).AddAnswers(
            z, answers.AsSpan(index * size, size), item.CategoryCount, items.Shape(set), item.Scores, items.Constants(set), scratch, Value, first, second);
        for (int j = 0; j < slopes.Length; j++)
            Loops.AddScaled(slopes[j], first, Gradient.AsSpan(item.Attributes[j] * size, size));
        AddSecond(item.Attributes, slopes, Information);
        bool isConvex = false;
        foreach (ref double value in second.AsSpan())
        {
            isConvex |= value < 0;
            value = Math.Min(value, 0);
        }
        if (isConvex)
            AddSecond(item.Attributes, slopes, Loss);
    }

    private void AddSecond(int[] attributes, ReadOnlySpan<double> slopes, double[] sum)
    {
        for (int j = 0; j < slopes.Length; j++)
        {
            for (int k = 0; k <= j; k++)
                Loops.AddScaled(slopes[j] * slopes[k], second, sum.AsSpan(PackedTriangle.SymmetricIndex(attributes[j], attributes[k]) * size, size));
        }
    }
}
