using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Compute.Loops;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Tables;

/// <summary>From the sums of the shards to the expectation.</summary>
internal static unsafe class TableAssembly
{
    /// <summary>Adds the shards in their order; their joint counts are used up.</summary>
    /// <param name="point">Where they were collected.</param>
    /// <param name="joint">How items are combined.</param>
    /// <param name="tiling">How nodes are cut.</param>
    /// <param name="shards">The sums.</param>
    /// <param name="means">What was found of each pattern, where means differ within blocks.</param>
    /// <param name="threads">Number of threads; the result does not depend on it.</param>
    /// <param name="sums">Sums over nodes.</param>
    public static TableExpectation Assemble(ModelPoint point, JointItems joint, NodeTiling tiling, TableShard[] shards, PatternMeans? means, int threads, HostSums sums)
    {
        CalibrationPlan plan = point.Plan;
        TableExpectation counts = new(point, sums) { Means = means };
        foreach (TableShard shard in shards)
            counts.LogLikelihood += shard.LogLikelihood;
        for (int block = 0; block < plan.Blocks.Count; block++)
        {
            foreach (TableShard shard in shards)
            {
                double* totals = shard.NodeTotals.Pointer + (long)block * tiling.PaddedCount;
                for (int node = 0; node < plan.NodeCount; node++)
                    counts.NodeTotals[block][node] += totals[node];
            }
        }
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            AlignedBuffer[] parts = [.. shards.Select(shard => shard.JointCounts[table]).OfType<AlignedBuffer>()];
            if (parts.Length == 0)
                continue;
            Parallel.For(0, joint.TotalRows, new ParallelOptions { MaxDegreeOfParallelism = threads }, row =>
            {
                long offset = (long)row * tiling.PaddedCount;
                for (int part = 1; part < parts.Length; part++)
                    PatternKernels.Chosen.Accumulate(parts[0].Pointer + offset, parts[part].Pointer + offset, tiling.PaddedCount);
            });
            JointTables.Collapse(plan, joint, tiling, plan.NodeCount, parts[0], counts.AtNodes[table], threads);
        }
        return counts;
    }
}
