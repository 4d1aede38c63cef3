using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Tables;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Reduction.Layout;

/// <summary>Likelihoods of joint responses at the cells of one step, by item table, and the counts that come back.</summary>
/// <remarks>
/// A joint row is divided by its largest value, whose logarithm is kept, so that products of rows neither vanish nor overflow. Steps with many
/// rows keep logarithms (<see cref="ReducedStep.IsLog"/>).
/// </remarks>
internal sealed unsafe class ReducedTables : IDisposable
{
    private readonly CalibrationPlan plan;
    private readonly ReducedStep step;
    private readonly JointItems joint;
    private readonly (int[] RowPart, int Stride)[] projections; // [position]

    /// <summary>Makes room.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="step">The step, which has items.</param>
    public ReducedTables(CalibrationPlan plan, ReducedStep step)
    {
        this.plan = plan;
        this.step = step;
        joint = step.Joint!;
        projections = [.. joint.Items.Select(item => step.Project(plan.Items[item].Attributes))];
        Values = [.. plan.Tables.Select(_ => new AlignedBuffer((long)joint.TotalRows * step.CellCount))];
        Counts = [.. plan.Tables.Select(_ => new AlignedBuffer((long)joint.TotalRows * step.CellCount))];
        LogLargest = [.. plan.Tables.Select(_ => new double[joint.TotalRows])];
    }

    /// <summary>Likelihoods or their logarithms. [table][joint row, cell]</summary>
    public AlignedBuffer[] Values { get; }

    /// <summary>Joint counts. [table][joint row, cell]</summary>
    public AlignedBuffer[] Counts { get; }

    /// <summary>Logarithm of the largest likelihood of a joint row. [table][joint row]</summary>
    public double[][] LogLargest { get; }

    /// <summary>Fills the rows of one joint group.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="nodes">Nodes of as many attributes as an item has. [number of attributes][node, attribute]</param>
    /// <param name="table">Item table.</param>
    /// <param name="group">Joint group.</param>
    public void Fill(ModelPoint point, double[][] nodes, int table, int group)
    {
        int width = step.CellCount;
        double* rows = Values[table].Pointer + (long)joint.FirstRow[group] * width;
        double[] single = new double[width];
        new Span<double>(rows, width).Clear();
        int built = 1; // rows built so far: joint responses of the items before
        for (int position = joint.FirstItem[group]; position < joint.FirstItem[group + 1]; position++)
        {
            PlannedItem item = plan.Items[joint.Items[position]];
            double[] logProbability = LogProbabilities(point, nodes, table, joint.Items[position], out int nodeCount);
            for (int category = joint.Radix[position] - 1; category >= 0; category--)
            {
                bool isSilent = category >= item.CategoryCount || logProbability.Length == 0;
                if (!isSilent)
                    Expand(logProbability.AsSpan(category * nodeCount, nodeCount), projections[position], single);
                for (int row = 0; row < built; row++)
                {
                    double* to = rows + ((long)category * built + row) * width;
                    if (category > 0)
                        new Span<double>(rows + (long)row * width, width).CopyTo(new Span<double>(to, width));
                    if (!isSilent)
                        Accumulate(to, single);
                }
            }
            built *= joint.Radix[position];
        }
        for (int row = joint.FirstRow[group]; row < joint.FirstRow[group + 1]; row++)
            Scale(table, row);
    }

    /// <summary>Adds the joint counts of one group up to counts by category at the nodes of each item; the joint counts are used up.</summary>
    /// <param name="table">Item table.</param>
    /// <param name="group">Joint group.</param>
    /// <param name="counts">Added to. [item][category, node]</param>
    public void Collapse(int table, int group, double[][] counts)
    {
        int width = step.CellCount;
        double* rows = Counts[table].Pointer + (long)joint.FirstRow[group] * width;
        int built = joint.RowCount[group];
        double[] single = new double[width];
        for (int position = joint.FirstItem[group + 1] - 1; position >= joint.FirstItem[group]; position--)
        {
            PlannedItem item = plan.Items[joint.Items[position]];
            double[] ofItem = counts[joint.Items[position]];
            int nodeCount = ofItem.Length / item.CategoryCount;
            built /= joint.Radix[position];
            for (int category = 0; category < joint.Radix[position]; category++)
            {
                Array.Clear(single);
                for (int row = 0; row < built; row++)
                {
                    double* from = rows + ((long)category * built + row) * width;
                    fixed (double* sum = single)
                        PatternKernels.Chosen.Accumulate(sum, from, width);
                    if (category > 0)
                        PatternKernels.Chosen.Accumulate(rows + (long)row * width, from, width);
                }
                if (category < item.CategoryCount && nodeCount > 0)
                    Gather(single, projections[position], ofItem.AsSpan(category * nodeCount, nodeCount));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AlignedBuffer buffer in Values.Concat(Counts))
            buffer.Dispose();
    }

    private double[] LogProbabilities(ModelPoint point, double[][] nodes, int table, int index, out int nodeCount)
    {
        PlannedItem item = plan.Items[index];
        double[] theta = nodes[item.Attributes.Length];
        nodeCount = theta.Length / item.Attributes.Length;
        if (plan.Tables[table].SetOfItem[index] is not (>= 0 and int set))
            return [];
        double[] logProbability = new double[item.CategoryCount * nodeCount];
        ItemTables.FillItem(
            point, plan.ParameterSets[set], theta, [.. Enumerable.Range(0, item.Attributes.Length)], item.Attributes.Length, new double[nodeCount], logProbability, nodeCount);
        return logProbability;
    }

    private void Expand(ReadOnlySpan<double> atNodes, (int[] RowPart, int Stride) projection, Span<double> cells)
    {
        for (int row = 0; row < step.RowCount; row++)
        {
            Span<double> to = cells.Slice(row * step.Width, step.NodeCount);
            for (int node = 0; node < to.Length; node++)
                to[node] = atNodes[projection.RowPart[row] + projection.Stride * node];
        }
    }

    private void Gather(ReadOnlySpan<double> cells, (int[] RowPart, int Stride) projection, Span<double> atNodes)
    {
        for (int row = 0; row < step.RowCount; row++)
        {
            ReadOnlySpan<double> from = cells.Slice(row * step.Width, step.NodeCount);
            for (int node = 0; node < from.Length; node++)
                atNodes[projection.RowPart[row] + projection.Stride * node] += from[node];
        }
    }

    private static void Accumulate(double* sum, double[] term)
    {
        fixed (double* from = term)
            PatternKernels.Chosen.Accumulate(sum, from, term.Length);
    }

    /// <summary>Takes the largest logarithm off a row, and leaves what is to be multiplied; nothing in the padding.</summary>
    private void Scale(int table, int row)
    {
        double* cells = Values[table].Pointer + (long)row * step.CellCount;
        for (int line = 0; line < step.RowCount; line++)
            new Span<double>(cells + line * step.Width + step.NodeCount, step.Width - step.NodeCount).Fill(double.NegativeInfinity);
        double largest = PatternKernels.Chosen.Max(cells, step.CellCount);
        LogLargest[table][row] = largest;
        if (!double.IsFinite(largest))
        {
            new Span<double>(cells, step.CellCount).Fill(step.IsLog ? double.NegativeInfinity : 0);
            LogLargest[table][row] = double.NegativeInfinity;
        }
        else if (step.IsLog)
        {
            for (int cell = 0; cell < step.CellCount; cell++)
                cells[cell] -= largest;
        }
        else
        {
            PatternKernels.Chosen.ExpAndSum(cells, largest, step.CellCount);
        }
    }
}
