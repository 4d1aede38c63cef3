using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using IrtGpu.Compute.Cpu;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Tables;
using IrtGpu.Data;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.ProductGrid;

/// <summary>
/// The E-step of tests whose likelihood is a product of one factor a dimension and a kernel that patterns share:
/// w(θ) = Π_j e_j(θ_j) · G(θ). Factors are computed on the nodes of one dimension, by weighted scores and tables; what runs over the
/// product grid are three matrix products: totals and marginals (factors by kernel) and expected node totals (factors by factors).
/// </summary>
/// <remarks>
/// <para>
/// Items of the exponential family contribute exp(t_j θ_j) to the factors and −A(θ) to G, one G for each set of answered items; the
/// M-step needs their moments only (see <see cref="HostExpectation.Moments"/>). Items of one attribute contribute their tables
/// to one factor, and their counts are collected on that dimension: they stand at the first nodes of the other dimensions.
/// </para>
/// <para>
/// Factors and G are scaled to a largest value of 1, so what underflows is below 1e-300 each. A pattern whose total is below
/// <see cref="SmallestTotal"/>, where that could matter, is computed again in logarithms.
/// </para>
/// <para>Shards and tiles depend on the data alone, so results have the same bits for any number of threads.</para>
/// </remarks>
internal sealed unsafe class ProductGridStep : ICpuStep
{
    private const double SmallestTotal = 1e-250;
    private const int PatternsPerShard = 1024;
    private const int LargestShardCount = 32;
    private const long LargestShardBytes = 1L << 30;

    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly ItemSplit items;
    private readonly ProductGridTables tables;
    private readonly int threads;
    private readonly HostSums sums;
    private readonly int classCount;
    private readonly int attributeCount;
    private readonly int[] order; // patterns by observed group and answered set
    private readonly ProductGridShard[] shards;

    /// <summary>Prepares codes and tables.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="items">How the test splits.</param>
    /// <param name="scoreItems">Codes of the items that go by scores; null without such items.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="sums">Sums over nodes, for what the E-steps find.</param>
    public ProductGridStep(CalibrationPlan plan, PatternTable patterns, ItemSplit items, JointItems? scoreItems, int threads, HostSums sums)
    {
        this.plan = plan;
        this.patterns = patterns;
        this.items = items;
        this.threads = threads;
        this.sums = sums;
        classCount = plan.ClassCount;
        attributeCount = plan.AttributeCount;
        tables = new ProductGridTables(plan, patterns, items, scoreItems, threads);
        order = CountingSort.Order(
            patterns.PatternCount, plan.GroupCount * tables.SetCount, pattern => patterns.Groups[pattern] * tables.SetCount + tables.SetOf(pattern));
        long affordable = LargestShardBytes / (sizeof(double) * (long)tables.OuterCount * tables.PaddedLineCount * plan.Blocks.Count);
        Shards cuts = Shards.Cut(patterns.PatternCount, PatternsPerShard, Math.Min(affordable, LargestShardCount));
        shards = [.. Enumerable.Range(0, cuts.Count).Select(index => new ProductGridShard(plan, tables, index, cuts.Begin(index), cuts.End(index)))];
    }

    /// <inheritdoc/>
    public Expectation Compute(ModelPoint point)
    {
        tables.Fill(point);
        ForEachTile(point, static shard => shard.Clear(), (first, count, tile, shard) =>
        {
            CollectCounts(first, count, tile, shard);
        });
        return ProductGridAssembly.Assemble(point, items, tables, shards, threads, sums);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor
    {
        tables.Fill(point);
        TVisitor[] visitors = [.. shards.Select(_ => createVisitor())];
        using ThreadLocal<double[]> posteriors = new(() => new double[classCount * plan.NodeCount]);
        ForEachTile(point, static _ => { }, (first, count, tile, shard) =>
        {
            double[] posterior = posteriors.Value!;
            for (int k = 0; k < count; k++)
            {
                for (int c = 0; c < classCount; c++)
                    WritePosterior(order[first + k], k, c, tile, posterior.AsSpan(c * plan.NodeCount, plan.NodeCount));
                visitors[shard.Index].Visit(order[first + k], tile.LogLikelihood[k], posterior);
            }
        });
        return visitors;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        tables.Dispose();
        foreach (ProductGridShard shard in shards)
            shard.Dispose();
    }

    private void ForEachTile(ModelPoint point, Action<ProductGridShard> begin, Action<int, int, ProductGridTile, ProductGridShard> process) =>
        Parallel.For(
            0, shards.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => new ProductGridTile(tables, classCount),
            (index, _, tile) =>
            {
                ProductGridShard shard = shards[index];
                begin(shard);
                int count;
                for (int first = shard.Begin; first < shard.End; first += count)
                {
                    count = TileLength(first, Math.Min(first + tile.PatternCount, shard.End));
                    ComputePosteriors(point, first, count, tile);
                    process(first, count, tile, shard);
                }
                return tile;
            },
            tile => tile.Dispose());

    /// <summary>How many patterns from the first have its group and answered set.</summary>
    private int TileLength(int first, int end)
    {
        int pattern = order[first];
        int last = first + 1;
        while (last < end && patterns.Groups[order[last]] == patterns.Groups[pattern] && tables.SetOf(order[last]) == tables.SetOf(pattern))
            last++;
        return last - first;
    }

    private ProductGridLoops KernelOf(int pattern, int c) => tables.Kernels[(FirstBlock(pattern) + c) * tables.SetCount + tables.SetOf(pattern)]!;

    private int FirstBlock(int pattern) => patterns.Groups[pattern] * classCount;

    /// <summary>Leaves marginals, totals and class weights of a tile's patterns in the tile.</summary>
    private void ComputePosteriors(ModelPoint point, int first, int count, ProductGridTile tile)
    {
        tile.Exact.AsSpan().Clear();
        for (int c = 0; c < classCount; c++)
        {
            ProductGridLoops kernel = KernelOf(order[first], c);
            for (int k = 0; k < count; k++)
                ComputeFactors(order[first + k], k, c, kernel, point.Tilts, tile);
            ProductGridJoin.Apply(tables, kernel, tile, c, count);
            for (int k = 0; k < count; k++)
            {
                if (!(tile.Total[c * tile.PatternCount + k] >= SmallestTotal))
                    ComputeExactly(order[first + k], k, c, kernel, point.Tilts, tile);
            }
        }
        for (int k = 0; k < count; k++)
            WeighClasses(point, order[first + k], k, tile);
    }

    /// <summary>Logarithms of a pattern's factors; returns Σ d, less the normaliser of its tilt.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double LogFactors(int pattern, int k, int c, ProductGridLoops kernel, PopulationTilts? tilts, ProductGridTile tile)
    {
        int block = FirstBlock(pattern) + c;
        int table = plan.Blocks[block].Table;
        int padded = tables.PaddedLineCount;
        double intercept = 0;
        if (tables.ScoreItems is { } scored)
        {
            SumRows(scored, pattern, tables.Scores(table), tile.Sums);
            intercept = tile.Sums[attributeCount];
            for (int attribute = 0; attribute < attributeCount; attribute++)
                tile.Sums[attribute] -= kernel.Centre[attribute];
        }
        if (tilts is not null)
            intercept -= AddTilts(tilts, pattern, block, tile.Sums);
        double* line = tables.LineOf(block);
        for (int attribute = 0; attribute < attributeCount; attribute++)
        {
            double* factor = tile.Factor(c, attribute, k);
            if (tables.LineItems[attribute] is { } joint)
                AddTables(joint, pattern, tables.LineTable(table, attribute), factor, tile);
            else
                new Span<double>(factor, padded).Clear();
            if (tables.ScoreItems is not null || tilts is not null)
            {
                Vector512<double> score = Vector512.Create(tile.Sums[attribute]);
                for (int lane = 0; lane < padded; lane += 8)
                    Vector512.FusedMultiplyAdd(score, Vector512.Load(line + lane), Vector512.Load(factor + lane)).Store(factor + lane);
            }
            for (int lane = tables.LineCount; lane < padded; lane++)
                factor[lane] = double.NegativeInfinity;
        }
        return intercept;
    }

    /// <summary>Adds the tilt of a pattern's log weights to its weighted scores, which act alike; returns the tilt's log normaliser.</summary>
    private double AddTilts(PopulationTilts tilts, int pattern, int block, double[] scores)
    {
        int row = patterns.CovariateRows[pattern];
        ReadOnlySpan<double> tilt = tilts.Tilt(block, row);
        for (int attribute = 0; attribute < attributeCount; attribute++)
            scores[attribute] = (tables.ScoreItems is null ? 0 : scores[attribute]) + tilt[attribute];
        return tilts.LogNormalizer(block, row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ComputeFactors(int pattern, int k, int c, ProductGridLoops kernel, PopulationTilts? tilts, ProductGridTile tile)
    {
        double scale = LogFactors(pattern, k, c, kernel, tilts, tile) + kernel.Shift;
        for (int attribute = 0; attribute < attributeCount; attribute++)
        {
            double* factor = tile.Factor(c, attribute, k);
            Vector512<double> largest = Vector512.Load(factor);
            for (int lane = 8; lane < tables.PaddedLineCount; lane += 8)
                largest = Vector512.Max(largest, Vector512.Load(factor + lane));
            double shift = largest[0];
            for (int lane = 1; lane < 8; lane++)
                shift = Math.Max(shift, largest[lane]);
            PatternKernels.ExpAndSum(factor, shift, tables.PaddedLineCount);
            scale += shift;
        }
        tile.LogScale[c * tile.PatternCount + k] = scale;
    }

    /// <summary>Sums the joint rows of a pattern's responses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SumRows(JointItems joint, int pattern, double* rows, double[] sums)
    {
        int width = tables.ScoreWidth;
        fixed (byte* codes = joint.CodesOf(pattern))
        {
            if (width == 4)
            {
                Vector256<double> sum = Vector256<double>.Zero;
                for (int group = 0; group < joint.GroupCount; group++)
                    sum += Vector256.Load(rows + 4L * (joint.FirstRow[group] + codes[group]));
                sum.CopyTo(sums);
                return;
            }
            for (int lane = 0; lane < width; lane += 8)
            {
                Vector512<double> sum = Vector512<double>.Zero;
                for (int group = 0; group < joint.GroupCount; group++)
                    sum += Vector512.Load(rows + (long)width * (joint.FirstRow[group] + codes[group]) + lane);
                sum.CopyTo(sums, lane);
            }
        }
    }

    private void AddTables(JointItems joint, int pattern, double* table, double* sum, ProductGridTile tile)
    {
        int width = tables.Tiling.Width;
        int count = joint.FindRows(pattern, width, tile.Offsets);
        for (int part = 0; part < tables.Tiling.TileCount; part++)
            PatternKernels.AddRows(table + (long)part * joint.TotalRows * width, tile.Offsets, count, width, sum + part * width);
    }

    /// <summary>A pattern in logarithms, over all nodes; leaves its factors without effect.</summary>
    private void ComputeExactly(int pattern, int k, int c, ProductGridLoops kernel, PopulationTilts? tilts, ProductGridTile tile)
    {
        double scale = LogFactors(pattern, k, c, kernel, tilts, tile);
        double[] posterior = (double[])kernel.Log.Clone();
        int lineCount = tables.LineCount;
        int stride = plan.NodeCount;
        for (int attribute = 0; attribute < attributeCount; attribute++)
        {
            stride /= lineCount;
            double* factor = tile.Factor(c, attribute, k);
            for (int node = 0; node < posterior.Length; node++)
                posterior[node] += factor[node / stride % lineCount];
        }
        double largest = posterior.Max();
        double total = 0;
        for (int node = 0; node < posterior.Length; node++)
            total += posterior[node] = Math.Exp(posterior[node] - largest);
        stride = plan.NodeCount;
        for (int node = 0; node < posterior.Length; node++)
            posterior[node] /= total;
        for (int attribute = 0; attribute < attributeCount; attribute++)
        {
            stride /= lineCount;
            double* marginal = tile.Marginal(c, attribute, k);
            new Span<double>(marginal, tables.PaddedLineCount).Clear();
            for (int node = 0; node < posterior.Length; node++)
                marginal[node / stride % lineCount] += posterior[node];
            new Span<double>(tile.Factor(c, attribute, k), tables.PaddedLineCount).Clear();
        }
        new Span<double>(tile.Outer(c, k), tables.PaddedOuterCount).Clear();
        int index = c * tile.PatternCount + k;
        tile.Total[index] = 1;
        tile.LogScale[index] = scale + largest + Math.Log(total);
        tile.Exact[index] = posterior;
    }

    /// <summary>Marginal log-likelihood of a pattern and posterior probabilities of its classes.</summary>
    private void WeighClasses(ModelPoint point, int pattern, int k, ProductGridTile tile)
    {
        int firstBlock = FirstBlock(pattern);
        int known = patterns.KnownClasses[pattern];
        double largest = double.NegativeInfinity;
        for (int c = 0; c < classCount; c++)
        {
            int index = c * tile.PatternCount + k;
            bool isPossible = known < 0 || known == c;
            tile.Weight[index] = isPossible ? point.LogProportion[firstBlock + c] + tile.LogScale[index] + Math.Log(tile.Total[index]) : double.NegativeInfinity;
            largest = Math.Max(largest, tile.Weight[index]);
        }
        double total = 0;
        for (int c = 0; c < classCount; c++)
            total += tile.Weight[c * tile.PatternCount + k] = Math.Exp(tile.Weight[c * tile.PatternCount + k] - largest);
        for (int c = 0; c < classCount; c++)
            tile.Weight[c * tile.PatternCount + k] /= total * tile.Total[c * tile.PatternCount + k];
        tile.LogLikelihood[k] = largest + Math.Log(total);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CollectCounts(int first, int count, ProductGridTile tile, ProductGridShard shard)
    {
        for (int k = 0; k < count; k++)
            shard.LogLikelihood += patterns.Frequency[order[first + k]] * tile.LogLikelihood[k];
        int last = attributeCount - 1;
        for (int c = 0; c < classCount; c++)
        {
            int block = FirstBlock(order[first]) + c;
            int table = plan.Blocks[block].Table;
            int index = block * tables.SetCount + tables.SetOf(order[first]);
            for (int k = 0; k < count; k++)
            {
                int pattern = order[first + k];
                double weight = patterns.Frequency[pattern] * tile.Weight[c * tile.PatternCount + k];
                CollectOnLines(pattern, k, c, block, weight, tile, shard);
                if (tile.Exact[c * tile.PatternCount + k] is { } posterior)
                    System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(posterior, weight, shard.Exact(index), shard.Exact(index));
                double* scaled = attributeCount == 1 ? tile.Factor(c, 0, k) : tile.Outer(c, k);
                int length = attributeCount == 1 ? tables.PaddedLineCount : tables.PaddedOuterCount;
                for (int lane = 0; lane < length; lane += 8)
                    (Vector512.Load(scaled + lane) * Vector512.Create(weight)).Store(scaled + lane);
            }
            double* sums = shard.Factors(index);
            if (attributeCount == 1)
            {
                for (int k = 0; k < count; k++)
                    PatternKernels.Accumulate(sums, tile.Factor(c, 0, k), tables.PaddedLineCount);
            }
            else
            {
                MatrixKernels.MultiplyAdd(
                    tile.Outer(c, 0), 1, tables.PaddedOuterCount, tile.Factor(c, last, 0), tables.PaddedLineCount,
                    sums, tables.PaddedLineCount, tables.OuterCount, count, tables.PaddedLineCount);
            }
        }
    }

    /// <summary>Adds a pattern's marginal posteriors to the counts of its responses and to their moments.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CollectOnLines(int pattern, int k, int c, int block, double weight, ProductGridTile tile, ProductGridShard shard)
    {
        int table = plan.Blocks[block].Table;
        double* line = tables.LineOf(block);
        int width = tables.Tiling.Width;
        for (int attribute = 0; attribute < attributeCount; attribute++)
        {
            double* marginal = tile.Marginal(c, attribute, k);
            Vector512<double> moment = Vector512<double>.Zero;
            for (int lane = 0; lane < tables.PaddedLineCount; lane += 8)
            {
                Vector512<double> scaled = Vector512.Load(marginal + lane) * Vector512.Create(weight);
                scaled.Store(marginal + lane);
                moment = Vector512.FusedMultiplyAdd(scaled, Vector512.Load(line + lane), moment);
            }
            double sum = 0;
            for (int lane = 0; lane < 8; lane++)
                sum += moment[lane];
            tile.Sums[attribute] = sum;
            if (tables.LineItems[attribute] is not { } joint)
                continue;
            int rows = joint.FindRows(pattern, width, tile.Offsets);
            double* counts = shard.LineCounts(table, attribute);
            for (int part = 0; part < tables.Tiling.TileCount; part++)
                PatternKernels.ScatterRows(counts + (long)part * joint.TotalRows * width, tile.Offsets, rows, width, marginal + part * width);
        }
        if (tables.ScoreItems is not { } scored)
            return;
        tile.Sums[attributeCount] = weight * tile.Total[c * tile.PatternCount + k];
        tile.Sums.AsSpan(attributeCount + 1).Clear();
        double* moments = shard.Moments(table);
        fixed (byte* codes = scored.CodesOf(pattern))
        {
            if (tables.ScoreWidth == 4)
            {
                Vector256<double> sums = Vector256.Create(tile.Sums.AsSpan(0, 4));
                for (int group = 0; group < scored.GroupCount; group++)
                {
                    double* row = moments + 4L * (scored.FirstRow[group] + codes[group]);
                    (Vector256.Load(row) + sums).Store(row);
                }
                return;
            }
            for (int lane = 0; lane < tables.ScoreWidth; lane += 8)
            {
                Vector512<double> sums = Vector512.Create(tile.Sums.AsSpan(lane, 8));
                for (int group = 0; group < scored.GroupCount; group++)
                {
                    double* row = moments + (long)tables.ScoreWidth * (scored.FirstRow[group] + codes[group]) + lane;
                    (Vector512.Load(row) + sums).Store(row);
                }
            }
        }
    }

    private void WritePosterior(int pattern, int k, int c, ProductGridTile tile, Span<double> posterior)
    {
        double weight = tile.Weight[c * tile.PatternCount + k];
        if (tile.Exact[c * tile.PatternCount + k] is { } exact)
        {
            System.Numerics.Tensors.TensorPrimitives.Multiply(exact, weight, posterior);
            return;
        }
        double* kernel = KernelOf(pattern, c).ByOuter;
        ReadOnlySpan<double> factor = new(tile.Factor(c, attributeCount - 1, k), tables.LineCount);
        for (int outer = 0; outer < tables.OuterCount; outer++)
        {
            Span<double> to = posterior.Slice(outer * tables.LineCount, tables.LineCount);
            System.Numerics.Tensors.TensorPrimitives.Multiply(factor, new ReadOnlySpan<double>(kernel + (long)outer * tables.PaddedLineCount, tables.LineCount), to);
            System.Numerics.Tensors.TensorPrimitives.Multiply(to, attributeCount == 1 ? weight : weight * tile.Outer(c, k)[outer], to);
        }
    }
}
