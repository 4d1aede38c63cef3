using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Compute.Reduction.Loops;
using IrtGpu.Data;

namespace IrtGpu.Compute.Reduction;

/// <summary>Messages of a run of patterns up to the steps without parent, and posterior weights the way back down.</summary>
/// <remarks>
/// A part's message is computed once, whoever shows it. On the way back a part's weight by separator is the sum over all that show it, divided by
/// its message: that is what the rest of the patterns says of it. Work is cut into pieces that own what they write, sums run over parts in
/// order: the same bits for any number of threads.
/// </remarks>
/// <param name="model">The model at a point.</param>
/// <param name="patterns">The data.</param>
/// <param name="run">The run.</param>
/// <param name="threads">Number of threads.</param>
internal sealed unsafe class ReducedSweep(ReducedModel model, PatternTable patterns, ReducedPatterns run, int threads)
{
    private const int PartsPerPiece = 256;
    private const int MostRowPieces = 64;
    private const int CachedBytes = 1 << 18;
    private const int LanesPerPiece = 16; // fewer, and finding the factors of a part takes longer than multiplying them
    private const double SmallestMessage = 1e-280; // below which a cell has no weight that doubles could tell

    private readonly ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads };

    /// <summary>Messages of all parts in one class.</summary>
    /// <param name="k">Class.</param>
    /// <param name="messages">Receives them.</param>
    public void Up(int k, ReducedMessages messages)
    {
        foreach (ReducedStep[] level in Levels())
        {
            LeafSweep?[] leaves = Leaves(level, k, messages);
            (int Step, int Row)[] rows = Rows(level, leaves);
            Parallel.For(0, rows.Length, parallel, task => leaves[rows[task].Step]!.SumRow(rows[task].Row));
            (int Step, int Begin)[] pieces = [.. Enumerable.Range(0, level.Length).SelectMany(step => Pieces(level[step]).Select(begin => (step, begin)))];
            Parallel.For(0, pieces.Length, parallel, piece =>
            {
                (int step, int begin) = pieces[piece];
                if (leaves[step] is { } leaf)
                    Send(k, messages, level[step], leaf, begin);
                else
                    Up(k, messages, level[step], begin);
            });
        }
    }

    /// <summary>Log-likelihoods of the patterns of the run, and what their persons count for in each class.</summary>
    /// <param name="point">Proportions of classes.</param>
    /// <param name="messages">Messages. [class]</param>
    /// <param name="logLikelihood">Receives log-likelihoods. [pattern of the run]</param>
    /// <param name="probability">Receives posterior class probabilities. [pattern of the run, class]</param>
    public void Classify(ModelPoint point, ReducedMessages[] messages, Span<double> logLikelihood, Span<double> probability)
    {
        int classCount = messages.Length;
        for (int pattern = 0; pattern < run.End - run.Begin; pattern++)
        {
            int group = patterns.Groups[run.Begin + pattern];
            int known = patterns.KnownClasses[run.Begin + pattern];
            Span<double> ofPattern = probability.Slice(pattern * classCount, classCount);
            double largest = double.NegativeInfinity;
            for (int k = 0; k < classCount; k++)
            {
                double value = known < 0 || known == k ? point.LogProportion[group * classCount + k] : double.NegativeInfinity;
                for (int root = 0; root < run.Roots.Length; root++)
                    value += messages[k].LogScale[RootStep(root)][run.Roots[root][pattern]];
                ofPattern[k] = value;
                largest = Math.Max(largest, value);
            }
            if (double.IsNegativeInfinity(largest))
            {
                ofPattern.Clear();
                logLikelihood[pattern] = largest;
                continue;
            }
            double sum = 0;
            for (int k = 0; k < classCount; k++)
            {
                ofPattern[k] = classCount == 1 ? 1 : Math.Exp(ofPattern[k] - largest);
                sum += ofPattern[k];
            }
            for (int k = 0; k < classCount; k++)
                ofPattern[k] /= sum;
            logLikelihood[pattern] = largest + Math.Log(sum);
        }
    }

    /// <summary>Spreads weights of patterns over counts and totals.</summary>
    /// <param name="k">Class.</param>
    /// <param name="messages">Its messages.</param>
    /// <param name="weight">What each pattern counts for in the class. [pattern of the run]</param>
    /// <param name="totals">Added to. [block][step][cell]</param>
    public void Down(int k, ReducedMessages messages, ReadOnlySpan<double> weight, AlignedBuffer[][] totals)
    {
        foreach (AlignedBuffer sums in messages.Sums)
            sums.Clear();
        for (int root = 0; root < run.Roots.Length; root++)
        {
            double* sums = messages.Sums[RootStep(root)].Pointer;
            int[] parts = run.Roots[root];
            for (int pattern = 0; pattern < parts.Length; pattern++)
                sums[parts[pattern]] += weight[pattern];
        }
        foreach (ReducedStep[] level in Levels().Reverse())
        {
            LeafSweep?[] leaves = Leaves(level, k, messages);
            (int Step, int Begin)[] parts = [.. Enumerable.Range(0, level.Length).Where(step => leaves[step] is not null).SelectMany(step => Pieces(level[step]).Select(begin => (step, begin)))];
            Parallel.For(0, parts.Length, parallel, piece =>
            {
                (int step, int begin) = parts[piece];
                leaves[step]!.Divide(begin, Math.Min(begin + PartsPerPiece, run.Count(level[step].Source.Index)));
            });
            (int Step, int Row)[] rows = Rows(level, leaves);
            Parallel.For(0, rows.Length, parallel, task => leaves[rows[task].Step]!.ScatterRow(rows[task].Row, totals));
            (ReducedStep Step, int Begin, int End, int Lane, int EndLane)[] pieces = [.. level.Where((_, step) => leaves[step] is null).SelectMany(PiecesOfCells)];
            Parallel.For(0, pieces.Length, parallel, piece =>
            {
                (ReducedStep step, int begin, int end, int lane, int endLane) = pieces[piece];
                Down(k, messages, totals, step, begin, end, lane, endLane);
            });
        }
    }

    private int RootStep(int root)
    {
        for (int step = 0; ; step++)
        {
            if (model.Steps[step].Source.Parent < 0 && root-- == 0)
                return step;
        }
    }

    private IEnumerable<ReducedStep[]> Levels() => model.Steps.GroupBy(step => step.Level).OrderBy(level => level.Key).Select(level => level.ToArray());

    /// <summary>Pieces of the way back of one step: rows, or cells of all rows where rows meet in the sums of a child.</summary>
    private static IEnumerable<(ReducedStep Step, int Begin, int End, int Lane, int EndLane)> PiecesOfCells(ReducedStep step)
    {
        if (step.RowCount == 1 || step.HasNarrowChild)
        {
            for (int lane = 0; lane < step.Width; lane += LanesPerPiece)
                yield return (step, 0, step.RowCount, lane, Math.Min(step.Width, lane + LanesPerPiece));
            yield break;
        }
        int rows = RowsPerPiece(step);
        for (int begin = 0; begin < step.RowCount; begin += rows)
            yield return (step, begin, Math.Min(step.RowCount, begin + rows), 0, step.Width);
    }

    /// <summary>First parts of the pieces of a step.</summary>
    private IEnumerable<int> Pieces(ReducedStep step)
    {
        for (int begin = 0; begin < run.Count(step.Source.Index); begin += PartsPerPiece)
            yield return begin;
    }

    /// <summary>Steps of a level that are computed by runs of parts. [step of the level]</summary>
    private LeafSweep?[] Leaves(ReducedStep[] level, int k, ReducedMessages messages) =>
        [.. level.Select(step => PartRuns.IsFor(step) ? new LeafSweep(model, step, run, k, messages) : null)];

    private static (int Step, int Row)[] Rows(ReducedStep[] level, LeafSweep?[] leaves) =>
        [.. Enumerable.Range(0, level.Length).Where(step => leaves[step] is not null).SelectMany(step => Enumerable.Range(0, level[step].RowCount).Select(row => (step, row)))];

    private void Send(int k, ReducedMessages messages, ReducedStep step, LeafSweep leaf, int begin)
    {
        double[] sums = new double[step.RowCount];
        for (int position = begin; position < Math.Min(begin + PartsPerPiece, run.Count(step.Source.Index)); position++)
            Send(k, messages, step, leaf.Take(position, sums), sums);
    }

    private void Up(int k, ReducedMessages messages, ReducedStep step, int begin)
    {
        int index = step.Source.Index;
        int end = Math.Min(begin + PartsPerPiece, run.Count(index));
        using PartFactors parts = new(model, step, k, messages.Values);
        ref ReducedFactors factors = ref parts.Factors;
        double[] scratch = new double[PartsPerPiece * step.RowCount];
        fixed (double* sums = scratch)
        {
            for (int part = begin; step.IsLog && part < end; part++)
            {
                parts.Bind(Key(index, part));
                messages.Shift[index][part] = Math.Max(ReducedKernels.Chosen.LargestLog(factors, 0, step.RowCount), double.MinValue);
            }
            int rows = RowsPerPiece(step);
            for (int row = 0; row < step.RowCount; row += rows)
            {
                for (int part = begin; part < end; part++)
                {
                    parts.Bind(Key(index, part));
                    factors.Shift = step.IsLog ? messages.Shift[index][part] : 0;
                    ReducedKernels.Chosen.SumRows(factors, row, Math.Min(step.RowCount, row + rows), sums + (part - begin) * step.RowCount + row);
                }
            }
            for (int part = begin; part < end; part++)
                Send(k, messages, step, part, scratch.AsSpan((part - begin) * step.RowCount, step.RowCount));
        }
    }

    /// <summary>Makes a part's sums its message.</summary>
    private void Send(int k, ReducedMessages messages, ReducedStep step, int part, ReadOnlySpan<double> sums)
    {
        int index = step.Source.Index;
        double largest = 0;
        foreach (double sum in sums)
            largest = Math.Max(largest, sum);
        double scale = largest > 0 ? largest : 1;
        double* message = messages.Values[index].Pointer + (long)part * step.MessageLength;
        for (int row = 0; row < sums.Length; row++)
            message[step.MessagePosition[row]] = sums[row] / scale;
        messages.Scale[index][part] = scale;
        ReadOnlySpan<int> key = Key(index, part);
        double logScale = step.IsLog ? messages.Shift[index][part] : 0;
        for (int table = 0; table < step.JointCount; table++)
            logScale += model.Tables[index]!.LogLargest[model.Plan.Blocks[key[0] * model.Plan.ClassCount + k].Table][key[1 + table]];
        for (int child = 0; child < step.Source.Children.Length; child++)
            logScale += messages.LogScale[step.Source.Children[child]][key[1 + step.JointCount + child]];
        messages.LogScale[index][part] = largest > 0 ? logScale + Math.Log(largest) : double.NegativeInfinity;
    }

    /// <summary>Rows whose joint tables and counts stay in the second cache while parts go by.</summary>
    private static int RowsPerPiece(ReducedStep step)
    {
        long bytes = 2L * sizeof(double) * step.Width * (step.Joint?.TotalRows ?? 1);
        return (int)Math.Clamp(Math.Max(CachedBytes / bytes, step.RowCount / MostRowPieces), 1, step.RowCount);
    }

    private void Down(int k, ReducedMessages messages, AlignedBuffer[][] totals, ReducedStep step, int begin, int end, int lane, int endLane)
    {
        int index = step.Source.Index;
        using PartFactors parts = new(model, step, k, messages.Values, messages.Sums, totals);
        ref ReducedFactors factors = ref parts.Factors;
        double[] scratch = new double[step.RowCount];
        fixed (double* outside = scratch)
        {
            for (int part = 0; part < run.Count(index); part++)
            {
                double* sums = messages.Sums[index].Pointer + (long)part * step.MessageLength;
                double* message = messages.Values[index].Pointer + (long)part * step.MessageLength;
                double scale = messages.Scale[index][part];
                for (int row = begin; row < end; row++)
                {
                    int place = step.MessagePosition[row];
                    outside[row] = message[place] > SmallestMessage ? sums[place] / message[place] / scale : 0;
                }
                parts.BindSums(Key(index, part));
                factors.Shift = step.IsLog ? messages.Shift[index][part] : 0;
                ReducedKernels.Chosen.Scatter(factors, outside, begin, end, lane, endLane, parts.Counts, parts.Totals, parts.Sums);
            }
        }
    }

    private ReadOnlySpan<int> Key(int step, int part) => run.Keys[step].AsSpan(part * run.KeyLength[step], run.KeyLength[step]);
}
