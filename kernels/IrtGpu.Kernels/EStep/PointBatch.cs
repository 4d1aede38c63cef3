using ILGPU;
using IrtGpu.Compute;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.EStep;

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
    private readonly DeviceItemDerivatives derivatives;
    private readonly ArrayView<double> theta; // [point where nodes move, node set, padded node, attribute]
    private readonly ArrayView<double> logWeight; // [point, block, padded node]; padding −∞
    private bool isThetaUploaded;
    private int heldPoints; // points of the last E-step

    /// <summary>Allocates and compiles what the points need beside the patterns.</summary>
    /// <param name="session">The open device.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="memory">How the backend cut the problem; nodes in one tile.</param>
    /// <param name="store">The backend's patterns.</param>
    /// <param name="capacity">Most points at once.</param>
    /// <exception cref="DeviceMemoryException">The device's memory does not suffice.</exception>
    public PointBatch(DeviceSession session, CalibrationPlan plan, MemoryPlan memory, PatternStore store, int capacity)
    {
        this.session = session;
        this.plan = plan;
        this.memory = memory;
        this.store = store;
        Capacity = capacity;
        buffers = new DeviceBuffers(session);
        try
        {
            theta = buffers.Allocate<double>((plan.Grid.Moves ? capacity : 1) * plan.NodeSetCount * ThetaStride);
            logWeight = buffers.Allocate<double>((long)capacity * plan.Blocks.Count * memory.Size.PaddedNodeCount);
            tables = new DeviceItemTables(plan, buffers, capacity);
            launcher = new EStepLauncher(plan, memory, buffers, capacity);
            derivatives = new DeviceItemDerivatives(plan, memory, buffers, tables, capacity);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Capacity { get; }

    /// <inheritdoc/>
    public bool HoldsCounts => true;

    /// <summary>What was launched and copied so far.</summary>
    public DeviceTraffic Traffic => buffers.Traffic;

    private long ThetaStride => (long)memory.Size.PaddedNodeCount * plan.AttributeCount;

    /// <inheritdoc/>
    public ExpectedCounts[] ComputeExpectedCounts(IReadOnlyList<ModelPoint> points)
    {
        ArgumentOutOfRangeException.ThrowIfZero(points.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(points.Count, Capacity);
        return DeviceFailure.Guard(session.Device, "in E-steps side by side", () => EvaluateCounts(points));
    }

    /// <inheritdoc/>
    public ItemDerivatives?[] ComputeItemDerivatives(IReadOnlyList<double[]?> slotsOfPoint, bool withDerivatives)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(slotsOfPoint.Count, heldPoints);
        return DeviceFailure.Guard(
            session.Device, "in reducing item derivatives side by side",
            () => derivatives.Compute(slotsOfPoint, withDerivatives, theta, ThetaStride, launcher.Counts));
    }

    /// <inheritdoc/>
    public void Dispose() => buffers.Dispose();

    private ExpectedCounts[] EvaluateCounts(IReadOnlyList<ModelPoint> points)
    {
        heldPoints = 0;
        int nodeCount = memory.Size.PaddedNodeCount;
        Upload(points);
        tables.Fill(theta, ThetaStride, 0, nodeCount, launcher.LogProbability, points.Count);
        launcher.Clear();
        for (int index = 0; index < store.Tiles.Count; index++)
        {
            PatternViews views = store.Acquire(index, out int first);
            TileShape shape = launcher.Shape(store.Tiles[index], first, 0, nodeCount, points.Count);
            launcher.ComputeTerms(shape, views, logWeight);
            launcher.MergeTerms(shape, isFirst: true);
            launcher.NormalizeTerms(shape, views, withFrequency: true);
            launcher.CollectCounts(shape, views);
            launcher.CollectLogLikelihood(shape, views);
            store.PrefetchAfter(index);
        }
        ExpectedCounts[] counts = Scatter(points.Count);
        heldPoints = points.Count;
        return counts;
    }

    private void Upload(IReadOnlyList<ModelPoint> points)
    {
        int padded = memory.Size.PaddedNodeCount;
        tables.UploadParameters([.. points.Select(point => point.Parameters.Slots)]);
        if (plan.Grid.Moves || !isThetaUploaded)
        {
            int copies = plan.Grid.Moves ? points.Count : 1;
            double[] nodes = new double[copies * plan.NodeSetCount * ThetaStride];
            for (int copy = 0; copy < copies; copy++)
            {
                for (int set = 0; set < plan.NodeSetCount; set++)
                    points[copy].Theta[set].CopyTo(nodes, (copy * plan.NodeSetCount + set) * ThetaStride);
            }
            buffers.Upload(theta, nodes);
            isThetaUploaded = true;
        }
        double[] weights = new double[(long)points.Count * plan.Blocks.Count * padded];
        Array.Fill(weights, double.NegativeInfinity);
        for (int index = 0; index < points.Count; index++)
        {
            for (int block = 0; block < plan.Blocks.Count; block++)
            {
                Span<double> row = weights.AsSpan((index * plan.Blocks.Count + block) * padded, plan.NodeCount);
                for (int node = 0; node < row.Length; node++)
                    row[node] = points[index].LogProportion[block] + points[index].LogWeight[block][node];
            }
        }
        buffers.Upload(logWeight, weights);
    }

    /// <summary>Brings the counts home, padding left out.</summary>
    private ExpectedCounts[] Scatter(int pointCount)
    {
        int nodeCount = memory.Size.PaddedNodeCount;
        (double[] rows, double[] totals) = launcher.DownloadCounts(nodeCount, pointCount);
        double[] logLikelihoods = launcher.DownloadLogLikelihoods(pointCount);
        ExpectedCounts[] counts = new ExpectedCounts[pointCount];
        for (int point = 0; point < pointCount; point++)
        {
            counts[point] = new ExpectedCounts(plan) { LogLikelihood = logLikelihoods[point] };
            for (int table = 0; table < plan.Tables.Count; table++)
            {
                long firstRow = ((long)point * plan.Tables.Count + table) * plan.RowCount;
                for (int row = 0; row < plan.RowCount; row++)
                    Array.Copy(rows, (firstRow + row) * nodeCount, counts[point].RowCounts[table], (long)row * plan.NodeCount, plan.NodeCount);
            }
            for (int block = 0; block < plan.Blocks.Count; block++)
                Array.Copy(totals, ((long)point * plan.Blocks.Count + block) * nodeCount, counts[point].NodeTotals[block], 0, plan.NodeCount);
        }
        return counts;
    }
}
