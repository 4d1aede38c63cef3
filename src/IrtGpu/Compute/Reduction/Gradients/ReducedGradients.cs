using System.Runtime.CompilerServices;
using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Compute.Reduction.Loops;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Compute.Reduction.Gradients;

/// <summary>Posterior means of complete-data gradients, of all that is summed out at a step or before it, given its separator: messages that go up in one class.</summary>
/// <remarks>
/// f(cell) = own answers and populations + Σ over children of their means; its mean over a row's nodes, with their posterior weights c, is what goes
/// up. At a step without parent that is the gradient of the pattern's marginal log-likelihood. Given a cell children are independent, so that
/// the covariance of the whole gradient is Σ over steps and rows of W Σ c (f − mean)(f − mean)ᵀ, W the posterior weight of the row
/// (law of total covariance, step by step): Louis' missing information, without a sum over two steps' cells.
/// </remarks>
internal sealed unsafe class ReducedGradients : IDisposable
{
    private readonly ReducedModel model;
    private readonly ReducedPatterns run;
    private readonly int k;
    private readonly ReducedMessages messages;
    private readonly ParallelOptions parallel;
    private readonly GradientColumns[][] columns; // [group][step]
    private readonly int[] width; // [step]
    private readonly AlignedBuffer[] means; // [step][part, place of the message, column]

    /// <summary>Goes up.</summary>
    /// <param name="model">The model at a point.</param>
    /// <param name="terms">Derivatives of its factors.</param>
    /// <param name="run">Patterns.</param>
    /// <param name="k">Class.</param>
    /// <param name="messages">Its messages; with their sums where missing information is wanted.</param>
    /// <param name="parallel">Threads.</param>
    /// <param name="missing">Receives the missing information within the class, lower triangle; null: it is not wanted. [free, free]</param>
    public ReducedGradients(ReducedModel model, GradientTerms terms, ReducedPatterns run, int k, ReducedMessages messages, ParallelOptions parallel, double[]? missing)
    {
        this.model = model;
        this.run = run;
        this.k = k;
        this.messages = messages;
        this.parallel = parallel;
        columns = Columns(model, terms, k);
        width = Widths(columns);
        means = [.. model.Steps.Select((step, index) => new AlignedBuffer((long)run.Count(index) * step.MessageLength * width[index]))];
        foreach (ReducedStep step in model.Steps)
        {
            for (int group = 0; group < columns.Length; group++)
                Fill(step, group, missing);
        }
    }

    /// <summary>Columns of every step in one class.</summary>
    /// <param name="model">Steps and sets.</param>
    /// <param name="terms">Derivatives of the factors.</param>
    /// <param name="k">Class.</param>
    /// <returns>[group][step]</returns>
    public static GradientColumns[][] Columns(ReducedModel model, GradientTerms terms, int k) =>
    [
        .. Enumerable.Range(0, model.Plan.GroupCount).Select(group =>
        {
            List<GradientColumns> ofGroup = [];
            foreach (ReducedStep step in model.Steps)
                ofGroup.Add(new GradientColumns(model, terms, step, model.Plan.Blocks[group * model.Plan.ClassCount + k], ofGroup));
            return ofGroup.ToArray();
        }),
    ];

    /// <summary>Numbers that a mean has at each step, padded to eights.</summary>
    /// <param name="columns">[group][step]</param>
    public static int[] Widths(GradientColumns[][] columns) =>
        [.. Enumerable.Range(0, columns[0].Length).Select(step => (Math.Max(1, columns.Max(ofGroup => ofGroup[step].Free.Length)) + 7) / 8 * 8)];

    /// <summary>Adds w times a pattern's gradient given the class, but for what the proportions of classes have.</summary>
    /// <param name="pattern">Pattern of the run.</param>
    /// <param name="group">Its group.</param>
    /// <param name="weight">w.</param>
    /// <param name="gradient">Added to. [free]</param>
    public void AddTo(int pattern, int group, double weight, Span<double> gradient)
    {
        int root = 0;
        foreach (ReducedStep step in model.Steps)
        {
            int index = step.Source.Index;
            if (step.Source.Parent >= 0)
                continue;
            double* mean = means[index].Pointer + (long)run.Roots[root++][pattern] * width[index];
            int[] free = columns[group][index].Free;
            for (int column = 0; column < free.Length; column++)
                gradient[free[column]] += weight * mean[column];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AlignedBuffer buffer in means)
            buffer.Dispose();
    }

    /// <summary>The parts of one group at a step, in tiles of rows.</summary>
    private void Fill(ReducedStep step, int group, double[]? missing)
    {
        int index = step.Source.Index;
        int[] parts = [.. Enumerable.Range(0, run.Count(index)).Where(part => Key(index, part)[0] == group)];
        GradientColumns own = columns[group][index];
        if (parts.Length == 0 || own.Free.Length == 0)
            return;
        using GramSum sum = new(own.Free.Length, step.NodeCount, parallel);
        int rowsPerTile = sum.Capacity / step.NodeCount;
        long rowCount = (long)parts.Length * step.RowCount;
        for (long begin = 0; begin < rowCount; begin += rowsPerTile)
        {
            int count = (int)Math.Min(rowsPerTile, rowCount - begin);
            Parallel.For(0, count, parallel, () => new Work(model, step, k, messages.Values), (row, _, work) =>
            {
                work.Take(step, run, parts[(begin + row) / step.RowCount]);
                FillRow(step, own, work, (int)((begin + row) % step.RowCount), sum.Tile + (long)row * step.NodeCount * sum.Width, sum.Width, missing is not null);
                return work;
            }, work => work.Dispose());
            if (missing is not null)
                sum.Add(count * step.NodeCount);
        }
        if (missing is not null)
            sum.MoveTo(own.Free, 1, missing, model.Plan.Layout.FreeCount);
    }

    /// <summary>Mean of one row of a part; leaves the deviations, times the square roots of their weights, in the panel where they are wanted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FillRow(ReducedStep step, GradientColumns own, Work work, int row, double* panel, int panelWidth, bool withDeviations)
    {
        int index = step.Source.Index;
        int nodeCount = step.NodeCount;
        new Span<double>(panel, nodeCount * panelWidth).Clear();
        ref ReducedFactors factors = ref work.Parts.Factors;
        factors.Shift = step.IsLog ? messages.Shift[index][work.Part] : 0;
        double[] weight = work.Products;
        fixed (double* products = weight)
            ReducedKernels.Chosen.Products(factors, row, products);
        double total = FixedOrderSums.Sum(weight);
        if (!(total > 0))
            return;
        own.AddOwn(work.Responses, row, panel, panelWidth, nodeCount);
        for (int child = 0; child < step.Source.Children.Length; child++)
            AddChild(step, own.OfChild[child], child, work.Key(run, index)[1 + step.JointCount + child], row, panel, panelWidth);
        int length = own.Free.Length;
        double* mean = means[index].Pointer + ((long)work.Part * step.MessageLength + step.MessagePosition[row]) * width[index];
        for (int node = 0; node < nodeCount; node++)
        {
            double share = weight[node] / total;
            double* from = panel + (long)node * panelWidth;
            for (int column = 0; column < length; column++)
                mean[column] += share * from[column];
        }
        if (!withDeviations)
            return;
        double ofRow = messages.Sums[index].Pointer[(long)work.Part * step.MessageLength + step.MessagePosition[row]];
        for (int node = 0; node < nodeCount; node++)
        {
            double root = Math.Sqrt(ofRow * (weight[node] / total));
            double* to = panel + (long)node * panelWidth;
            for (int column = 0; column < length; column++)
                to[column] = root * (to[column] - mean[column]);
        }
    }

    private void AddChild(ReducedStep step, int[] places, int child, int part, int row, double* panel, int panelWidth)
    {
        int from = step.Source.Children[child];
        double* first = means[from].Pointer + ((long)part * model.Steps[from].MessageLength + step.ChildRow[child][row]) * width[from];
        for (int node = 0; node < step.NodeCount; node++)
        {
            double* mean = first + (long)node * width[from];
            double* to = panel + (long)node * panelWidth;
            for (int column = 0; column < places.Length; column++)
                to[places[column]] += mean[column];
        }
    }

    private ReadOnlySpan<int> Key(int step, int part) => run.Keys[step].AsSpan(part * run.KeyLength[step], run.KeyLength[step]);

    /// <summary>What one thread works with.</summary>
    private sealed class Work(ReducedModel model, ReducedStep step, int k, AlignedBuffer[] messages) : IDisposable
    {
        private readonly int[] responses = new int[step.Joint?.Items.Length ?? 0];

        public PartFactors Parts { get; } = new(model, step, k, messages);

        public double[] Products { get; } = new double[step.Width];

        public ReadOnlySpan<int> Responses => responses;

        /// <summary>The part taken last; −1 before.</summary>
        public int Part { get; private set; } = -1;

        public ReadOnlySpan<int> Key(ReducedPatterns run, int index) => run.Keys[index].AsSpan(Part * run.KeyLength[index], run.KeyLength[index]);

        /// <summary>Binds the factors of a part and finds its answers.</summary>
        public void Take(ReducedStep step, ReducedPatterns run, int part)
        {
            if (part == Part)
                return;
            Part = part;
            ReadOnlySpan<int> key = Key(run, step.Source.Index);
            Parts.Bind(key);
            for (int table = 0; table < step.JointCount; table++)
            {
                int code = key[1 + table] - step.Joint!.FirstRow[table];
                for (int position = step.Joint.FirstItem[table]; position < step.Joint.FirstItem[table + 1]; code /= step.Joint.Radix[position++])
                    responses[position] = code % step.Joint.Radix[position];
            }
        }

        public void Dispose() => Parts.Dispose();
    }
}
