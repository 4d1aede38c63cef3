using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.EStep.Fused;
using IrtGpu.Kernels.EStep.Populations;
using IrtGpu.Kernels.EStep.WeightedScore;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Kernels.Backend;

/// <summary>E-steps of several model points of one plan in the launches of one: points are a further dimension of every launch.</summary>
/// <remarks>
/// Shares patterns, tiles and slices with the backend, so that every sum of a point runs over the same terms in the same
/// order as alone. All nodes are in one tile; where they are not, launches are large and a batch would gain nothing.
/// </remarks>
internal sealed class PointBatch : IPointBatch
{
    private readonly DeviceSession session;
    private readonly CalibrationPlan plan;
    private readonly MemoryPlan memory;
    private readonly PatternStore store;
    private readonly DeviceBuffers buffers;
    private readonly DeviceItemTables tables;
    private readonly EStepLauncher launcher;
    private readonly DeviceCounts counts;
    private readonly DevicePopulations populations;
    private readonly FusedLauncher? fused; // null: a kernel a step
    private readonly WeightedScoreLauncher? weightedScore; // null: tables

    /// <summary>Allocates and compiles what the points need beside the patterns.</summary>
    /// <param name="session">The open device.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="memory">How the backend cut the problem; nodes in one tile.</param>
    /// <param name="store">The backend's patterns.</param>
    /// <param name="sums">Sums over nodes on the host.</param>
    /// <param name="capacity">Most points at once.</param>
    /// <param name="alone">By which the backend counts; null: by a kernel a step, or through weighted scores.</param>
    /// <param name="sets">Sets of answered items where E-steps go through weighted scores; null: through tables.</param>
    /// <exception cref="DeviceMemoryException">The device's memory does not suffice.</exception>
    public PointBatch(
        DeviceSession session, CalibrationPlan plan, MemoryPlan memory, PatternStore store, Lazy<HostSums> sums, int capacity, FusedLauncher? alone,
        AnsweredSets? sets = null)
    {
        this.session = session;
        this.plan = plan;
        this.memory = memory;
        this.store = store;
        Capacity = capacity;
        buffers = new DeviceBuffers(session);
        try
        {
            populations = new DevicePopulations(plan, memory.Size, buffers, capacity);
            tables = new DeviceItemTables(plan, buffers, capacity);
            launcher = new EStepLauncher(plan, memory, buffers, capacity);
            if (sets is not null)
                weightedScore = new WeightedScoreLauncher(plan, memory, buffers, launcher, store, sets, populations.Theta, populations.ThetaStride, capacity);
            counts = new DeviceCounts(session, plan, memory, buffers, launcher, tables, populations.Theta, weightedScore, sums, capacity);
            fused = alone?.ForPoints(buffers, launcher, capacity);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Capacity { get; }

    /// <summary>What was launched and copied so far.</summary>
    public DeviceTraffic Traffic => buffers.Traffic;

    /// <inheritdoc/>
    public Expectation[] ComputeExpectations(IReadOnlyList<ModelPoint> points)
    {
        ArgumentOutOfRangeException.ThrowIfZero(points.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(points.Count, Capacity);
        return DeviceFailure.Guard(session.Device, "in E-steps side by side", () => Evaluate(points));
    }

    /// <inheritdoc/>
    public void Evaluate(IReadOnlyList<ItemEvaluation?> evaluations) => counts.Evaluate(evaluations);

    /// <inheritdoc/>
    public void Dispose() => buffers.Dispose();

    private DeviceExpectation[] Evaluate(IReadOnlyList<ModelPoint> points)
    {
        counts.Release();
        int nodeCount = memory.Size.PaddedNodeCount;
        tables.UploadParameters([.. points.Select(point => point.Parameters.Slots)]);
        populations.Evaluate(points);
        tables.Fill(populations.Theta, populations.ThetaStride, 0, nodeCount, launcher.LogProbability, points.Count);
        if (weightedScore is not null)
        {
            weightedScore.Begin([.. points.Select(point => point.Parameters.Slots)]);
            weightedScore.Count(0, nodeCount, populations.LogWeight, points.Count);
            return counts.Take(points);
        }
        if (fused is not null)
        {
            fused.Count(populations.LogWeight, points.Count);
            return counts.Take(points);
        }
        launcher.Clear();
        for (int index = 0; index < store.Tiles.Count; index++)
        {
            PatternViews views = store.Acquire(index, out int first);
            TileShape shape = launcher.Shape(store.Tiles[index], first, 0, nodeCount, points.Count);
            launcher.ComputeTerms(shape, views, populations.LogWeight);
            launcher.MergeTerms(shape, isFirst: true);
            launcher.NormalizeTerms(shape, views, withFrequency: true);
            launcher.CollectCounts(shape, views);
            launcher.CollectLogLikelihood(shape, views);
            store.PrefetchAfter(index);
        }
        launcher.AddCountSlices(nodeCount, points.Count);
        return counts.Take(points);
    }
}
