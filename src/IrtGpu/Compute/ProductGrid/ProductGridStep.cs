using IrtGpu.Compute.Cpu;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Compute.Tables;
using IrtGpu.Data;
using IrtGpu.Foundation.Collections;
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
/// 1e-250, where that could matter, is computed again in logarithms.
/// </para>
/// <para>Shards and tiles depend on the data alone, so results have the same bits for any number of threads.</para>
/// </remarks>
internal sealed class ProductGridStep : ICpuStep
{
    private const int PatternsPerShard = 1024;
    private const int LargestShardCount = 32;
    private const long LargestShardBytes = 1L << 30;

    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly ItemSplit items;
    private readonly ProductGridTables tables;
    private readonly int threads;
    private readonly HostSums sums;
    private readonly ProductGridPosteriors posteriors;
    private readonly ProductGridCounts counts;
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
        tables = new ProductGridTables(plan, patterns, items, scoreItems, threads);
        order = CountingSort.Order(
            patterns.PatternCount, plan.GroupCount * tables.SetCount, pattern => patterns.Groups[pattern] * tables.SetCount + tables.SetOf(pattern));
        posteriors = new ProductGridPosteriors(plan, patterns, tables, order);
        counts = new ProductGridCounts(plan, patterns, tables, order);
        long affordable = LargestShardBytes / (sizeof(double) * (long)tables.OuterCount * tables.PaddedLineCount * plan.Blocks.Count);
        Shards cuts = Shards.Cut(patterns.PatternCount, PatternsPerShard, Math.Min(affordable, LargestShardCount));
        shards = [.. Enumerable.Range(0, cuts.Count).Select(index => new ProductGridShard(plan, tables, index, cuts.Begin(index), cuts.End(index)))];
    }

    /// <inheritdoc/>
    public Expectation Compute(ModelPoint point)
    {
        tables.Fill(point);
        PatternMeans? means = PatternMeans.For(point, patterns);
        ForEachTile(point, static shard => shard.Clear(), (first, count, tile, shard) => counts.Collect(first, count, means, tile, shard));
        return ProductGridAssembly.Assemble(point, items, tables, shards, means, threads, sums);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor
    {
        tables.Fill(point);
        TVisitor[] visitors = [.. shards.Select(_ => createVisitor())];
        using ThreadLocal<double[]> rooms = new(() => new double[plan.ClassCount * plan.NodeCount]);
        ForEachTile(point, static _ => { }, (first, count, tile, shard) =>
        {
            double[] posterior = rooms.Value!;
            for (int k = 0; k < count; k++)
            {
                for (int c = 0; c < plan.ClassCount; c++)
                    posteriors.Write(order[first + k], k, c, tile, posterior.AsSpan(c * plan.NodeCount, plan.NodeCount));
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
            0, shards.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => new ProductGridTile(tables, plan.ClassCount),
            (index, _, tile) =>
            {
                ProductGridShard shard = shards[index];
                begin(shard);
                int count;
                for (int first = shard.Begin; first < shard.End; first += count)
                {
                    count = TileLength(first, Math.Min(first + tile.PatternCount, shard.End));
                    posteriors.Compute(point, first, count, tile);
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
}
