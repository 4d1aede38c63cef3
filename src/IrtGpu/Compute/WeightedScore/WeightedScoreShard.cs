using System.Runtime.CompilerServices;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Compute.Loops;
using IrtGpu.Compute.WeightedScore.Interpolation;

namespace IrtGpu.Compute.WeightedScore;

/// <summary>The sums of one shard: moments of joint rows, weights at grid points, and with classes the log-likelihood.</summary>
internal sealed unsafe class WeightedScoreShard : IDisposable
{
    private readonly WeightedScoreLayout layout;
    private readonly AlignedBuffer moments; // [table, joint row, width]: Σ weight · EAP, and Σ weight

    public WeightedScoreShard(WeightedScoreLayout layout, WeightedScoreRun[] runs, int tableCount)
    {
        this.layout = layout;
        Runs = runs;
        Deposits = new double[runs.Length * layout.ClassCount][];
        moments = new AlignedBuffer((long)layout.Width * tableCount * layout.Joint.TotalRows);
    }

    public WeightedScoreRun[] Runs { get; }

    public AlignedBuffer Moments => moments;

    public double[][] Deposits { get; } // [run, class][grid point]

    public double LogLikelihood { get; private set; } // with one class what tilts take off: the rest follows from the other sums

    public void Dispose() => moments.Dispose();

    /// <summary>Goes through the shard's patterns.</summary>
    /// <param name="grids">Filled grids. [block, set]</param>
    /// <param name="scores">t of the joint rows, and Σ d with classes. [table, joint row, width]</param>
    /// <param name="point">Proportions of classes, tilts.</param>
    /// <param name="means">Receives weight and mean of each pattern; null: not wanted.</param>
    /// <param name="batch">The worker's.</param>
    public void Collect(WeightedScoreGrid?[] grids, double* scores, ModelPoint point, PatternMeans? means, WeightedScoreBatch batch)
    {
        LogLikelihood = 0;
        moments.Clear();
        int classCount = layout.ClassCount;
        WeightedScoreCells[] cells = new WeightedScoreCells[classCount];
        for (int r = 0; r < Runs.Length; r++)
        {
            WeightedScoreRun run = Runs[r];
            long cellCount = 0;
            for (int k = 0; k < classCount; k++)
            {
                WeightedScoreGrid grid = GridOf(grids, run, k);
                cells[k] = grid.Cells;
                cellCount += cells[k].Count;
                ref double[] deposit = ref Deposits[r * classCount + k];
                if (deposit?.Length != grid.PointCount)
                    deposit = new double[grid.PointCount];
            }
            double* slots = batch.Slots(cellCount);
            CollectRun(run, cells, scores, point, means, batch, slots);
            for (int k = 0; k < classCount; k++)
            {
                GridOf(grids, run, k).Fold(slots, Deposits[r * classCount + k]);
                slots += (long)LagrangeBasis.Points * cells[k].Count;
            }
        }
    }

    private WeightedScoreGrid GridOf(WeightedScoreGrid?[] grids, WeightedScoreRun run, int k) =>
        grids[(run.Group * layout.ClassCount + k) * layout.GroupsOfSet.Length + run.Set]!;

    private void CollectRun(WeightedScoreRun run, WeightedScoreCells[] cells, double* scores, ModelPoint point, PatternMeans? means, WeightedScoreBatch batch, double* slots)
    {
        bool isInPlace = layout.Strata.IsDataOrder && layout.GroupsOfSet[run.Set].Length == layout.Joint.GroupCount;
        for (int begin = run.Begin; begin < run.End;)
        {
            int count = Math.Min(WeightedScoreBatch.Size, run.End - begin);
            if (isInPlace)
            {
                ReadOnlySpan<byte> rows = layout.Joint.CodesFrom(begin, count);
                count = rows.Length / layout.Joint.GroupCount;
                fixed (byte* codes = rows)
                    CollectBatch(run, begin, count, codes, cells, scores, point, means, batch, slots);
            }
            else
            {
                GatherCodes(run, begin, count, batch.Codes);
                CollectBatch(run, begin, count, batch.Codes, cells, scores, point, means, batch, slots);
            }
            begin += count;
        }
    }

    /// <summary>Brings together the codes of the groups that the run's patterns answer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void GatherCodes(WeightedScoreRun run, int begin, int count, byte* codes)
    {
        int[] groups = layout.GroupsOfSet[run.Set];
        for (int k = 0; k < count; k++)
        {
            ReadOnlySpan<byte> row = layout.Joint.CodesOf(layout.Strata.PatternAt(begin + k));
            foreach (int group in groups)
                *codes++ = row[group];
        }
    }

    private void CollectBatch(
        WeightedScoreRun run, int begin, int count, byte* codes, WeightedScoreCells[] cells, double* scores, ModelPoint point, PatternMeans? means, WeightedScoreBatch batch, double* slots)
    {
        int groupCount = layout.GroupsOfSet[run.Set].Length;
        fixed (int* firstRow = layout.FirstRows[run.Set])
        {
            GatherFrequencies(begin, count, batch.Frequency);
            if (layout.ClassCount == 1)
            {
                long table = layout.TableOfBlock[run.Group] * (long)layout.Joint.TotalRows;
                WeightedScoreLoops.SumScores(codes, groupCount, firstRow, count, scores + table, batch.Scores);
                if (point.Tilts is { } tilts)
                    LogLikelihood -= AddTilts(tilts, run.Group, begin, count, batch.Scores, batch.Frequency);
                WeightedScoreLoops.Interpolate(cells[0], batch.Scores, batch.Frequency, count, slots, batch.Moments);
                if (means is not null)
                    WriteMeans(means, 0, begin, count, batch.Frequency, batch.Moments);
                WeightedScoreLoops.Scatter(codes, groupCount, firstRow, count, batch.Moments, moments.Pointer + table);
                return;
            }
            WeighClasses(run, begin, count, codes, firstRow, groupCount, cells, scores, point, batch);
            for (int k = 0; k < layout.ClassCount; k++)
            {
                double* weights = batch.Weights + k * WeightedScoreBatch.Size;
                WeightedScoreLoops.Interpolate(cells[k], batch.Scores + k * WeightedScoreBatch.Size, weights, count, slots, batch.Moments);
                if (means is not null)
                    WriteMeans(means, k, begin, count, weights, batch.Moments);
                WeightedScoreLoops.ScatterPairs(codes, groupCount, firstRow, count, batch.Moments, weights, moments.Pointer + FirstPair(run.Group, k));
                slots += (long)LagrangeBasis.Points * cells[k].Count;
            }
        }
    }

    private void WeighClasses(
        WeightedScoreRun run, int begin, int count, byte* codes, int* firstRow, int groupCount, WeightedScoreCells[] cells, double* scores, ModelPoint point, WeightedScoreBatch batch)
    {
        for (int k = 0; k < layout.ClassCount; k++)
        {
            double* weights = batch.Weights + k * WeightedScoreBatch.Size;
            double* t = batch.Scores + k * WeightedScoreBatch.Size;
            WeightedScoreLoops.SumScoresAndConstants(codes, groupCount, firstRow, count, scores + FirstPair(run.Group, k), t, weights);
            if (point.Tilts is { } tilts)
                AddClassTilts(tilts, run.Group * layout.ClassCount + k, begin, count, t, weights);
            WeightedScoreLoops.AddLogZ(cells[k], t, count, point.LogProportion[run.Group * layout.ClassCount + k], weights);
        }
        if (layout.HasKnownClasses)
            KeepKnownClasses(begin, count, batch.Weights);
        WeightedScoreLoops.WeighClasses(batch.Weights, layout.ClassCount, WeightedScoreBatch.Size, count, batch.Frequency, batch.Largest, batch.Total);
        LogLikelihood += WeightedScoreLoops.SumLogLikelihoods(batch.Largest, batch.Total, batch.Frequency, count);
    }

    /// <summary>Adds tilts to weighted scores, which act alike.</summary>
    /// <returns>Σ frequency · log normaliser</returns>
    private double AddTilts(PopulationTilts tilts, int block, int begin, int count, double* scores, double* frequency)
    {
        double taken = 0;
        for (int k = 0; k < count; k++)
        {
            int row = layout.Patterns.CovariateRows[layout.Strata.PatternAt(begin + k)];
            scores[k] += tilts.Tilt(block, row)[0];
            taken += frequency[k] * tilts.LogNormalizer(block, row);
        }
        return taken;
    }

    /// <summary>Adds tilts to the weighted scores of a class, and takes their normalisers off its constants.</summary>
    private void AddClassTilts(PopulationTilts tilts, int block, int begin, int count, double* scores, double* constants)
    {
        for (int k = 0; k < count; k++)
        {
            int row = layout.Patterns.CovariateRows[layout.Strata.PatternAt(begin + k)];
            scores[k] += tilts.Tilt(block, row)[0];
            constants[k] -= tilts.LogNormalizer(block, row);
        }
    }

    private void WriteMeans(PatternMeans means, int k, int begin, int count, double* weights, double* moments)
    {
        for (int pattern = 0; pattern < count; pattern++)
        {
            Span<double> mean = means.Of(layout.Strata.PatternAt(begin + pattern), k);
            (mean[0], mean[1]) = (weights[pattern], moments[pattern]);
        }
    }

    /// <summary>Makes the other classes impossible where the class is known.</summary>
    /// <param name="begin">First position.</param>
    /// <param name="count">Number of patterns.</param>
    /// <param name="logLikelihood">[class, pattern]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void KeepKnownClasses(int begin, int count, double* logLikelihood)
    {
        for (int pattern = 0; pattern < count; pattern++)
        {
            int known = layout.Patterns.KnownClasses[layout.Strata.PatternAt(begin + pattern)];
            for (int k = 0; known >= 0 && k < layout.ClassCount; k++)
            {
                if (k != known)
                    logLikelihood[k * WeightedScoreBatch.Size + pattern] = double.NegativeInfinity;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void GatherFrequencies(int begin, int count, double* frequency)
    {
        double[] all = layout.Patterns.Frequency;
        if (layout.Strata.IsDataOrder)
        {
            all.AsSpan(begin, count).CopyTo(new Span<double>(frequency, count));
            return;
        }
        for (int k = 0; k < count; k++)
            frequency[k] = all[layout.Strata.PatternAt(begin + k)];
    }

    /// <summary>Where the joint rows of a class begin, of two numbers each.</summary>
    private long FirstPair(int group, int k) => 2L * layout.TableOfBlock[group * layout.ClassCount + k] * layout.Joint.TotalRows;
}
