using System.Collections.Concurrent;
using IrtGpu.Compute.ClosedForm;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Compute.Tables;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.WeightedScore;

/// <summary>
/// The E-step of one-dimensional exponential-family items through each pattern's weighted score t = Σ a s: the likelihood is
/// exp(t θ + Σ d − A(θ)), so that posteriors depend on t alone and the M-step needs only sums of category memberships and EAPs.
/// </summary>
/// <remarks>
/// <para>
/// Instead of counts by category and node it leaves, for every item, the node totals of those who answered it (as counts of its
/// first category, whose log-probability is −A_i) and the moments Σ 1[x=m] and Σ 1[x=m] E θ of its categories. The cost does not depend on the
/// number of nodes. Shards and their order are those of the patterns, so results do not depend on the number of threads.
/// </para>
/// <para>
/// With one class Σ 1[x=m] is the same in every E-step, and the log-likelihood is Σ N Σ d + Σ N log Z(t), where the first term needs no
/// more than those counts and the second no more than the weights left at the grid points: a pattern then costs its t, its EAP, and the
/// sums that take them up.
/// </para>
/// </remarks>
internal sealed unsafe class WeightedScoreStep : IDisposable
{
    private const long LargestBytes = 1L << 26; // of the moments of all shards, unless one takes more

    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly AnsweredSets sets;
    private readonly ParallelOptions parallel;
    private readonly HostSums sums;
    private readonly WeightedScoreLayout layout;
    private readonly WeightedScoreTables tables;
    private readonly WeightedScoreShard[] shards;
    private readonly WeightedScoreAssembly assembly;
    private readonly ConcurrentBag<WeightedScoreBatch> batches = []; // one a worker

    /// <summary>Prepares codes and grids.</summary>
    /// <param name="plan">The plan: one dimension, items of the exponential family.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="joint">Codes of the responses to all items.</param>
    /// <param name="sets">Distinct sets of answered items.</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="sums">Sums over nodes, for what the E-steps find.</param>
    public WeightedScoreStep(CalibrationPlan plan, PatternTable patterns, JointItems joint, AnsweredSets sets, int threads, HostSums sums)
    {
        this.plan = plan;
        this.patterns = patterns;
        this.sets = sets;
        this.sums = sums;
        parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        long shardBytes = sizeof(double) * (plan.ClassCount == 1 ? 1L : 2L) * plan.Tables.Count * joint.TotalRows;
        WeightedScoreStrata strata = new(patterns, sets, plan.Blocks.Count / plan.ClassCount, Math.Max(1, LargestBytes / shardBytes));
        int[] tableOfBlock = new int[plan.Blocks.Count];
        foreach (PlannedBlock block in plan.Blocks)
            tableOfBlock[block.Index] = block.Table;
        layout = new WeightedScoreLayout(patterns, joint, strata, [.. sets.IsAnswered.Select(joint.GroupsWith)], tableOfBlock, plan.ClassCount);
        tables = new WeightedScoreTables(plan, sets, layout, parallel);
        shards = [.. strata.Shards.Select(runs => new WeightedScoreShard(layout, runs, plan.Tables.Count))];
        assembly = new WeightedScoreAssembly(plan, sets, layout, tables, shards, parallel);
    }

    public void Dispose()
    {
        tables.Dispose();
        foreach (WeightedScoreShard shard in shards)
            shard.Dispose();
        foreach (WeightedScoreBatch batch in batches)
            batch.Dispose();
    }

    /// <summary>The E-step; null where scores spread so widely, as when slopes run off, that the grids would not be small.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    public WeightedScoreExpectation? TryCompute(ModelPoint point)
    {
        if (!tables.TryFill(point))
            return null;
        PatternMeans? means = PatternMeans.For(point, patterns);
        Parallel.For(0, shards.Length, parallel, index =>
        {
            if (!batches.TryTake(out WeightedScoreBatch? batch))
                batch = new WeightedScoreBatch(plan.ClassCount, layout.Joint.GroupCount);
            shards[index].Collect(tables.Grids, tables.Scores, point, means, batch);
            batches.Add(batch);
        });
        return assembly.Assemble(point, means, sums);
    }

    /// <summary>Scores every pattern; null where scores spread too widely or interpolation is not exact enough.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    public PatternScores? TryComputeScores(ModelPoint point) =>
        tables.TryFill(point) ? new WeightedScoreScorer(plan, sets, layout, tables, parallel).TryScore(point) : null;

    /// <summary>Σ_p N_p Cov(s | pattern) in closed form; null where it is not for the plan, or scores spread too widely.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    /// <returns>Lower triangle. [free, free]</returns>
    public double[]? TryComputeMissingInformation(ModelPoint point)
    {
        if (!MissingInformation.IsFor(plan) || point.Tilts is not null || !tables.TryFill(point))
            return null;
        return MissingInformation.Sum(plan, patterns, sets, (block, set, members) =>
        {
            int index = block * sets.IsAnswered.Count + set;
            CellGradients gradients = new(point, plan.Blocks[block], sets.IsAnswered[set]);
            return new MissingInformationCell(gradients, tables.Grids[index]!, tables.ThetaOf(block), tables.PriorOf(index), tables.PaddedNodeCount, members);
        }, parallel.MaxDegreeOfParallelism);
    }
}
