using System.Numerics.Tensors;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Tables;
using IrtGpu.Compute.WeightedScore;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.ProductGrid;

/// <summary>Adds the shards of the separable E-step up to expected counts.</summary>
internal static unsafe class ProductGridAssembly
{
    public static ProductGridExpectation Assemble(
        ModelPoint point, ItemSplit items, ProductGridTables tables, ProductGridShard[] shards, PatternMeans? means, int threads, HostSums sums)
    {
        CalibrationPlan plan = point.Plan;
        ProductGridExpectation counts = new(point, sums, tables.ScoreItems is not null, items.IsOnLine) { Means = means };
        foreach (ProductGridShard shard in shards)
            counts.LogLikelihood += shard.LogLikelihood;
        double[]?[] totals = new double[]?[tables.Kernels.Length];
        Parallel.For(0, totals.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, index => totals[index] = NodeTotals(plan, tables, shards, index));
        for (int index = 0; index < totals.Length; index++)
        {
            if (totals[index] is not { } total)
                continue;
            PlannedBlock block = plan.Blocks[index / tables.SetCount];
            TensorPrimitives.Add(counts.NodeTotals[block.Index], total, counts.NodeTotals[block.Index]);
            if (items.Sets is { } sets)
                AddAnswered(items.ScoreItems, sets.IsAnswered[index % tables.SetCount], total, block.Table, counts);
        }
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            for (int attribute = 0; attribute < tables.AttributeCount; attribute++)
                AddLineCounts(tables, shards, table, attribute, counts, threads);
            if (counts.Moments is not null)
                AddMoments(plan, tables, shards, table, counts.Moments[table]);
        }
        return counts;
    }

    private static double[]? NodeTotals(CalibrationPlan plan, ProductGridTables tables, ProductGridShard[] shards, int index)
    {
        if (tables.Kernels[index] is not { } kernel)
            return null;
        int padded = tables.PaddedLineCount;
        double[] total = new double[plan.NodeCount];
        foreach (ProductGridShard shard in shards)
        {
            if (shard.FactorsOrNull(index) is { } factors)
            {
                for (int outer = 0; outer < tables.OuterCount; outer++)
                {
                    Span<double> row = total.AsSpan(outer * tables.LineCount, tables.LineCount);
                    TensorPrimitives.Add(row, new ReadOnlySpan<double>(factors.Pointer + (long)outer * padded, tables.LineCount), row);
                }
            }
        }
        for (int outer = 0; outer < tables.OuterCount; outer++)
        {
            Span<double> row = total.AsSpan(outer * tables.LineCount, tables.LineCount);
            TensorPrimitives.Multiply(row, new ReadOnlySpan<double>(kernel.ByOuter + (long)outer * padded, tables.LineCount), row);
        }
        foreach (ProductGridShard shard in shards)
        {
            if (shard.ExactOrNull(index) is { } exact)
                TensorPrimitives.Add(total, exact, total);
        }
        return total;
    }

    /// <summary>Node totals of those who answered, for every score item they answered.</summary>
    private static void AddAnswered(int[] scoreItems, bool[] isAnswered, double[] total, int table, ProductGridExpectation counts)
    {
        CalibrationPlan plan = counts.Plan;
        Dictionary<string, double[]> gathered = [];
        foreach (int item in scoreItems)
        {
            if (!isAnswered[item])
                continue;
            int[] attributes = plan.Items[item].Attributes;
            string key = string.Join(',', attributes);
            if (!gathered.TryGetValue(key, out double[]? sum))
                gathered[key] = sum = plan.Grid.Gather(total, attributes);
            counts.AddAnswered(table, item, sum);
        }
    }

    private static void AddLineCounts(
        ProductGridTables tables, ProductGridShard[] shards, int table, int attribute, ProductGridExpectation counts, int threads)
    {
        AlignedBuffer[] parts = [.. shards.Select(shard => shard.LineCountsOrNull(table, attribute)).OfType<AlignedBuffer>()];
        if (parts.Length == 0)
            return;
        JointItems joint = tables.LineItems[attribute]!;
        for (int part = 1; part < parts.Length; part++)
            PatternKernels.Chosen.Accumulate(parts[0].Pointer, parts[part].Pointer, parts[0].Length);
        double[] onLine = new double[counts.Plan.RowCount * tables.LineCount];
        JointTables.Collapse(counts.Plan, joint, tables.Tiling, tables.LineCount, parts[0], onLine, threads);
        foreach (int item in joint.Items)
            counts.SetOnLine(table, item, onLine);
    }

    private static void AddMoments(CalibrationPlan plan, ProductGridTables tables, ProductGridShard[] shards, int table, double[] moments)
    {
        AlignedBuffer[] parts = [.. shards.Select(shard => shard.MomentsOrNull(table)).OfType<AlignedBuffer>()];
        if (parts.Length == 0)
            return;
        for (int part = 1; part < parts.Length; part++)
        {
            for (int k = 0; k < parts[0].Length; k++)
                parts[0].Pointer[k] += parts[part].Pointer[k];
        }
        WeightedScoreRows.AddMoments(plan, tables.ScoreItems!, parts[0].Pointer, tables.ScoreWidth, moments);
    }
}
