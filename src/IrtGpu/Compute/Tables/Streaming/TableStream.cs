using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Compute.Loops;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Compute.Tables.Streaming;

/// <summary>
/// The E-step by tables over many nodes, where one pattern's posterior fills a cache: all patterns go by a tile of nodes, whose tables stay in
/// the cache, once to find what their posteriors sum to, and once more for the counts. Posteriors are computed twice and never stored.
/// </summary>
/// <remarks>
/// The sums of the first pass are a pattern's own, tile after tile; the counts of the second are a tile's own, pattern after pattern. So
/// results have the same bits for any number of threads, and there is one set of counts instead of one a shard. Tiles where a pattern's posterior is below
/// e^−50 of its largest value are left out: all of them together weigh less than a rounding of the sum.
/// </remarks>
/// <param name="inputs">Filled.</param>
/// <param name="threads">Number of threads.</param>
internal sealed unsafe class TableStream(TableInputs inputs, int threads) : IDisposable
{
    private const int FewestNodes = 2048; // of all classes: below, posteriors of some patterns are kept in the L2 cache at less cost
    private const double Negligible = 50; // in logarithms
    private const int PatternsPerChunk = 1024; // of the first pass: they share one way through the tables
    private const int PatternsPerBatch = 256; // of the second: their joint rows are looked up once for some tiles
    private const int TilesPerTask = 4;
    private const int MostTasks = 32; // where there are enough tiles
    private const long MostFlags = 1L << 27; // in bytes

    private readonly int classCount = inputs.Plan.ClassCount;
    private readonly NodeTiling tiling = inputs.Tiling;
    private readonly JointItems joint = inputs.Joint;
    private readonly int patternCount = inputs.Patterns.PatternCount;
    private readonly double[] largest = new double[inputs.Patterns.PatternCount]; // log-likelihood at a node [position]
    private readonly double[] total = new double[inputs.Patterns.PatternCount]; // Σ exp(log-likelihood − largest) [position]
    private readonly int flagWords = (inputs.Tiling.TileCount + 63) / 64;
    private readonly ulong[]? flags = FlagsOf(inputs); // tiles that are not negligible [position, word]; null where that takes too much memory

    private readonly TableShard sums = new(
        0, 0, inputs.Patterns.PatternCount, new AlignedBuffer?[inputs.Plan.Tables.Count], new AlignedBuffer((long)inputs.Plan.Blocks.Count * inputs.Tiling.PaddedCount));

    /// <summary>Whether there are so many nodes that patterns had better go by.</summary>
    public static bool IsFor(TableInputs inputs) => (long)inputs.Tiling.PaddedCount * inputs.Plan.ClassCount > FewestNodes;

    /// <summary>Collects counts and log-likelihood.</summary>
    /// <param name="tilts">Of populations; null: none.</param>
    /// <param name="means">Receives weight and mean of each pattern, where means differ within blocks.</param>
    /// <returns>The sums, overwritten the next time.</returns>
    public TableShard Collect(PopulationTilts? tilts, PatternMeans? means)
    {
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads };
        Shards chunks = new(patternCount, Math.Max(1, (patternCount + PatternsPerChunk - 1) / PatternsPerChunk));
        Parallel.For(0, chunks.Count, parallel, chunk => SumChunk(chunks.Begin(chunk), chunks.End(chunk), tilts, means));
        sums.LogLikelihood = 0;
        for (int position = 0; position < patternCount; position++)
        {
            double logLikelihood = largest[position] + Math.Log(total[position]);
            sums.LogLikelihood += inputs.Patterns.Frequency[inputs.Order[position]] * logLikelihood;
        }
        MakeRoom();
        int tilesPerTask = Math.Clamp(tiling.TileCount / MostTasks, 1, TilesPerTask);
        int tasks = (tiling.TileCount + tilesPerTask - 1) / tilesPerTask;
        Parallel.For(0, tasks, parallel, task => CountTiles(task * tilesPerTask, Math.Min((task + 1) * tilesPerTask, tiling.TileCount), tilts));
        return sums;
    }

    /// <inheritdoc/>
    public void Dispose() => sums.Dispose();

    private static ulong[]? FlagsOf(TableInputs inputs)
    {
        long words = (long)inputs.Patterns.PatternCount * ((inputs.Tiling.TileCount + 63) / 64);
        return words * sizeof(ulong) <= MostFlags ? new ulong[words] : null;
    }

    private void MakeRoom()
    {
        for (int block = 0; block < inputs.Plan.Blocks.Count; block++)
            sums.JointCounts[inputs.TableOf(block)] ??= new AlignedBuffer((long)joint.TotalRows * tiling.PaddedCount);
    }

    /// <summary>First pass: what the posteriors of some patterns sum to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SumChunk(int begin, int end, PopulationTilts? tilts, PatternMeans? means)
    {
        using TileBatch batch = new(inputs, end - begin);
        batch.FindRows(begin, end - begin);
        largest.AsSpan(begin, end - begin).Fill(double.NegativeInfinity);
        total.AsSpan(begin, end - begin).Clear();
        flags?.AsSpan(begin * flagWords, (end - begin) * flagWords).Clear();
        for (int position = begin; position < end && means is not null; position++)
        {
            for (int c = 0; c < classCount; c++)
                means.Of(inputs.Order[position], c).Clear();
        }
        for (int step = 0; step < tiling.TileCount; step++)
        {
            int tile = (step + tiling.TileCount / 2) % tiling.TileCount; // the middle of the grid first, where most posteriors are largest
            for (int position = begin; position < end; position++)
            {
                for (int c = 0; c < classCount; c++)
                {
                    int pattern = inputs.Order[position];
                    double top = batch.LogPosterior(position - begin, pattern, c, tile, tilts);
                    if (!(top > largest[position] - Negligible))
                        continue;
                    if (top > largest[position])
                        Raise(position, pattern, top, means);
                    total[position] += PatternKernels.Chosen.ExpAndSum(batch.Values(c), largest[position], tiling.Width);
                    if (flags is not null)
                        flags[position * flagWords + tile / 64] |= 1UL << (tile % 64);
                    if (means is not null)
                        AddMean(inputs.FirstBlock(pattern) + c, tile, batch.Values(c), means.Of(pattern, c));
                }
            }
        }
        for (int position = begin; position < end && means is not null; position++)
        {
            int pattern = inputs.Order[position];
            for (int c = 0; c < classCount; c++)
                Scale(means.Of(pattern, c), inputs.Patterns.Frequency[pattern] / total[position]);
        }
    }

    /// <summary>Sets a larger largest value; sums so far become smaller by the difference.</summary>
    private void Raise(int position, int pattern, double top, PatternMeans? means)
    {
        double factor = Math.Exp(largest[position] - top);
        largest[position] = top;
        total[position] *= factor;
        for (int c = 0; c < classCount && means is not null; c++)
            Scale(means.Of(pattern, c), factor);
    }

    /// <summary>Second pass: counts of some tiles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CountTiles(int firstTile, int endTile, PopulationTilts? tilts)
    {
        using TileBatch batch = new(inputs, PatternsPerBatch);
        for (int tile = firstTile; tile < endTile; tile++)
            ClearTile(tile);
        for (int begin = 0; begin < patternCount; begin += PatternsPerBatch)
        {
            int count = Math.Min(PatternsPerBatch, patternCount - begin);
            batch.FindRows(begin, count);
            for (int tile = firstTile; tile < endTile; tile++)
            {
                for (int k = 0; k < count; k++)
                {
                    if (flags is null || (flags[(begin + k) * flagWords + tile / 64] >> (tile % 64) & 1) != 0)
                        CountPattern(batch, k, begin + k, tile, tilts);
                }
            }
        }
    }

    private void ClearTile(int tile)
    {
        int width = tiling.Width;
        foreach (AlignedBuffer? counts in sums.JointCounts)
        {
            if (counts is not null)
                new Span<double>(counts.Pointer + (long)tile * joint.TotalRows * width, joint.TotalRows * width).Clear();
        }
        for (int block = 0; block < inputs.Plan.Blocks.Count; block++)
            new Span<double>(TotalsOf(block, tile), width).Clear();
    }

    private double* TotalsOf(int block, int tile) => sums.NodeTotals.Pointer + (long)block * tiling.PaddedCount + tile * tiling.Width;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CountPattern(TileBatch batch, int k, int position, int tile, PopulationTilts? tilts)
    {
        int width = tiling.Width;
        int pattern = inputs.Order[position];
        int firstBlock = inputs.FirstBlock(pattern);
        double scale = inputs.Patterns.Frequency[pattern] / total[position];
        for (int c = 0; c < classCount; c++)
        {
            batch.IsEmpty[c] = true;
            double top = batch.LogPosterior(k, pattern, c, tile, tilts);
            if (!(top > largest[position] - Negligible))
                continue;
            double* values = batch.Values(c);
            PatternKernels.Chosen.ExpAndSum(values, largest[position], width);
            PatternKernels.Chosen.ScaleAndAccumulate(values, scale, TotalsOf(firstBlock + c, tile), width);
            int leader = inputs.LeadingClass(firstBlock + c);
            if (leader < c && !batch.IsEmpty[leader])
                PatternKernels.Chosen.Accumulate(batch.Values(leader), values, width);
            else if (leader < c)
                new Span<double>(values, width).CopyTo(new Span<double>(batch.Values(leader), width));
            batch.IsEmpty[leader] = false;
        }
        for (int c = 0; c < classCount; c++)
        {
            if (batch.IsEmpty[c])
                continue;
            double* counts = sums.JointCounts[inputs.TableOf(firstBlock + c)]!.Pointer + (long)tile * joint.TotalRows * width;
            PatternKernels.Chosen.ScatterRows(counts, batch.Rows(k), batch.RowCount(k), width, batch.Values(c));
        }
    }

    /// <summary>Adds the weights of a tile's nodes, alone and times θ_j.</summary>
    private void AddMean(int block, int tile, double* values, Span<double> mean)
    {
        int width = tiling.Width;
        ReadOnlySpan<double> weights = new(values, width);
        mean[0] += FixedOrderSums.Sum(weights);
        for (int j = 1; j < mean.Length; j++)
            mean[j] += FixedOrderSums.Dot(weights, new ReadOnlySpan<double>(inputs.ColumnsOf(block) + (long)(j - 1) * tiling.PaddedCount + tile * width, width));
    }

    private static void Scale(Span<double> values, double factor) => TensorPrimitives.Multiply(values, factor, values);
}
