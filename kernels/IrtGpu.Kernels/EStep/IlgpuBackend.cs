using System.Globalization;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Estimation;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.Inference;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Memory;
using IrtGpu.Kernels.Scoring;
using IrtGpu.Planning;
using IrtGpu.Scoring;

namespace IrtGpu.Kernels.EStep;

/// <summary>The E-step on an accelerator, in double precision; owns every allocation.</summary>
/// <remarks>
/// Patterns go up once (or are streamed where the memory plan says so). Each E-step uploads parameters, log weights and
/// moving nodes, and downloads expected counts, node totals and the log-likelihood: nothing of the size of the patterns.
/// The same bits from run to run on one device; another memory plan adds in another order and agrees to rounding.
/// </remarks>
internal sealed class IlgpuBackend : IComputeBackend, IPatternScoringBackend, ICrossProductBackend, IItemDerivativesBackend, IBatchedBackend, IDeviceReport
{
    private const int VisitorCount = 16;

    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly DeviceSession session;
    private readonly bool ownsSession;
    private readonly DeviceBuffers buffers;
    private readonly PatternStore store;
    private readonly DeviceItemTables tables;
    private readonly EStepLauncher launcher;
    private readonly PatternScoreReducer? reducer;
    private readonly ArrayView<double> theta; // [node set, padded node, attribute]
    private readonly ArrayView<double> logWeight; // [block, padded node]; padding −∞
    private readonly ItemObjective[] objectives; // [parameter set]; none with tables
    private readonly double[] hostTheta;
    private readonly double[] hostLogWeight;
    private readonly DeviceItemDerivatives? derivatives;
    private readonly WeightedScoreLauncher? weightedScore; // null: tables
    private bool isThetaUploaded;
    private ExpectedCounts? held; // what the counts on the device are
    private double[][]? heldMoments; // of this backend's patterns alone, also where the caller adds others to those it was given

    /// <summary>Puts the data on the device and compiles the kernels.</summary>
    /// <param name="session">The open device.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="sets">Sets of answered items: E-steps go through weighted scores; null: through tables.</param>
    /// <param name="memory">How to cut the problem, planned with as many sets; null: planned from the device's free memory.</param>
    /// <param name="ownsSession">Whether the device is closed with the backend, also when this fails. An open device keeps compiled kernels.</param>
    /// <exception cref="DeviceMemoryException">The device's memory does not suffice.</exception>
    public IlgpuBackend(
        DeviceSession session, CalibrationPlan plan, PatternTable patterns, AnsweredSets? sets = null, MemoryPlan? memory = null, bool ownsSession = true)
    {
        this.session = session;
        this.ownsSession = ownsSession;
        this.plan = plan;
        this.patterns = patterns;
        objectives = sets is null ? [] : [.. Enumerable.Range(0, plan.ParameterSets.Count).Select(set => new ItemObjective(plan, set))];
        buffers = new DeviceBuffers(session);
        try
        {
            Memory = memory ?? MemoryPlan.Create(
                ProblemSize.Of(plan, patterns.PatternCount, sets?.IsAnswered.Count ?? 0), DeviceBuffers.FreeBytes(session.Accelerator), session.Accelerator.MaxNumThreads, session.Device.Name.ToString());
            int padded = Memory.Size.PaddedNodeCount;
            hostTheta = new double[(long)plan.NodeSetCount * padded * plan.AttributeCount];
            hostLogWeight = new double[(long)plan.Blocks.Count * padded];
            Array.Fill(hostLogWeight, double.NegativeInfinity);
            theta = buffers.Allocate<double>(hostTheta.Length);
            logWeight = buffers.Allocate<double>(hostLogWeight.Length);
            tables = new DeviceItemTables(plan, buffers);
            launcher = new EStepLauncher(plan, Memory, buffers);
            if (sets is not null)
                weightedScore = new WeightedScoreLauncher(plan, Memory, buffers, launcher, sets, theta, ThetaStride);
            store = new PatternStore(buffers, patterns, Memory, sets);
            if (Memory.NodeTileCount == 1)
            {
                reducer = new PatternScoreReducer(plan, Memory, buffers);
                derivatives = new DeviceItemDerivatives(plan, Memory, buffers, tables);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How the problem was cut.</summary>
    public MemoryPlan Memory { get; }

    /// <inheritdoc/>
    public string MemoryDescription => Memory.Describe();

    /// <inheritdoc/>
    public DeviceTraffic Traffic => buffers.Traffic;

    /// <inheritdoc/>
    public string Description => string.Create(
        CultureInfo.InvariantCulture, $"{session.Device.Name}, {session.Device.Description} ({session.Device.Driver}), {MemoryPlan.Bytes(Memory.TotalBytes)}, responses {(Memory.IsResident ? "resident" : "streamed")}");

    /// <inheritdoc/>
    public EStepForm Form => weightedScore is null ? EStepForm.Tables : EStepForm.WeightedScore;

    /// <inheritdoc/>
    public ExpectedCounts ComputeExpectedCounts(ModelPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return DeviceFailure.Guard(session.Device, "in an E-step", () => EvaluateCounts(point));
    }

    private ExpectedCounts EvaluateCounts(ModelPoint point)
    {
        Upload(point);
        held = weightedScore is null ? CountByTables() : CountByScores(weightedScore, point);
        heldMoments = held.ResponseMoments is { } moments ? [.. moments.Select(table => (double[])table.Clone())] : null;
        return held;
    }

    private ExpectedCounts CountByTables()
    {
        ExpectedCounts counts = new(plan);
        if (Memory.NodeTileCount > 1)
            FindNormalizers();
        ForEachNodeTile((firstNode, nodeCount) =>
        {
            launcher.Clear();
            ForEachPatternTile(firstNode, nodeCount, (tile, views, shape) =>
            {
                ComputePosterior(shape, views, withFrequency: true);
                launcher.CollectCounts(shape, views);
                launcher.CollectLogLikelihood(shape, views);
            });
            Scatter(launcher.DownloadCounts(nodeCount), firstNode, nodeCount, counts);
        });
        counts.LogLikelihood = launcher.DownloadLogLikelihoods()[0]; // the last node tile has it whole
        return counts;
    }

    private ExpectedCounts CountByScores(WeightedScoreLauncher scores, ModelPoint point)
    {
        ExpectedCounts counts = new(plan) { ResponseMoments = ExpectedCounts.CreateMoments(plan) };
        scores.Begin(point.Parameters.Slots);
        if (Memory.NodeTileCount > 1)
        {
            ForEachNodeTile((firstNode, nodeCount) =>
            {
                scores.BeginNodeTile(firstNode, nodeCount, logWeight);
                ForEachPatternTile(firstNode, nodeCount, (tile, views, shape) =>
                {
                    scores.ComputeTerms(tile, shape, views);
                    scores.MergeTerms(shape, isFirst: firstNode == 0);
                });
            });
        }
        ForEachNodeTile((firstNode, nodeCount) =>
        {
            launcher.ClearLogLikelihood();
            scores.BeginNodeTile(firstNode, nodeCount, logWeight);
            ForEachPatternTile(firstNode, nodeCount, (tile, views, shape) =>
            {
                scores.ComputeTerms(tile, shape, views);
                if (Memory.NodeTileCount == 1)
                    scores.MergeTerms(shape, isFirst: true);
                scores.Collect(tile, shape, views);
            });
            scores.DownloadTotals(firstNode, nodeCount, counts);
        });
        if (derivatives is not null)
            scores.SpreadTotals(Memory.Size.PaddedNodeCount);
        scores.DownloadMoments(counts.ResponseMoments);
        counts.LogLikelihood = launcher.DownloadLogLikelihoods()[0]; // the last node tile has it whole
        return counts;
    }

    /// <inheritdoc/>
    public bool Holds(ExpectedCounts counts) => derivatives is not null && ReferenceEquals(counts, held);

    /// <inheritdoc/>
    public ItemDerivatives ComputeItemDerivatives(double[] slots, bool withDerivatives)
    {
        ArgumentNullException.ThrowIfNull(slots);
        if (derivatives is null || held is null)
            throw new InvalidOperationException("The counts of the last E-step are not on the device: ask Holds first.");
        return DeviceFailure.Guard(session.Device, "in reducing item derivatives", () => ReduceItems(derivatives, slots, withDerivatives));
    }

    private ItemDerivatives ReduceItems(DeviceItemDerivatives derivatives, double[] slots, bool withDerivatives)
    {
        ItemDerivatives result = derivatives.Compute(slots, withDerivatives, theta, ThetaStride, launcher.Counts);
        for (int set = 0; heldMoments is not null && set < objectives.Length; set++)
        {
            Span<double> own = slots.AsSpan(objectives[set].Set.FirstSlot, objectives[set].Set.SlotCount);
            result.Value[set] += objectives[set].MomentValue(heldMoments, own);
            if (withDerivatives)
                objectives[set].AddMomentDerivatives(heldMoments, own, result.Gradient[set], result.Hessian[set]);
        }
        return result;
    }

    /// <inheritdoc/>
    public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(createVisitor);
        return DeviceFailure.Guard(session.Device, "in computing posteriors", () => ShowPosteriors(point, createVisitor));
    }

    private TVisitor[] ShowPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor
    {
        Upload(point);
        if (Memory.NodeTileCount > 1)
            FindNormalizers();
        else
            tables.Fill(theta, ThetaStride, 0, Memory.NodeTileWidth, launcher.LogProbability);
        TVisitor[] visitors = [.. Enumerable.Range(0, VisitorCount).Select(_ => createVisitor())];
        PosteriorTile host = new(plan, Memory);
        for (int index = 0; index < store.Tiles.Count; index++)
        {
            PatternTile tile = store.Tiles[index];
            PatternViews views = store.Acquire(index, out int first);
            for (int firstNode = 0; firstNode < Memory.Size.PaddedNodeCount; firstNode += Memory.NodeTileWidth)
            {
                int nodeCount = Math.Min(Memory.NodeTileWidth, Memory.Size.PaddedNodeCount - firstNode);
                if (Memory.NodeTileCount > 1)
                    tables.Fill(theta, ThetaStride, firstNode, nodeCount, launcher.LogProbability);
                TileShape shape = launcher.Shape(tile, first, firstNode, nodeCount);
                ComputePosterior(shape, views, withFrequency: false);
                host.Download(buffers, launcher, shape);
            }
            host.Visit(tile, store.Order, visitors);
        }
        return visitors;
    }

    /// <inheritdoc/>
    public PatternScores? TryComputeScores(ModelPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return reducer is null ? null : DeviceFailure.Guard(session.Device, "in scoring", () => Score(point, reducer));
    }

    private PatternScores Score(ModelPoint point, PatternScoreReducer reducer)
    {
        Upload(point);
        PatternScores scores = reducer.CreateScores(patterns.PatternCount);
        ForEachNodeTile((firstNode, nodeCount) => ForEachPatternTile(firstNode, nodeCount, (tile, views, shape) =>
        {
            ComputePosterior(shape, views, withFrequency: false);
            reducer.Reduce(launcher, theta, ThetaStride, tile, shape, point, store.Order, scores);
        }));
        return scores;
    }

    /// <inheritdoc/>
    public double[]? TryComputeCrossProduct(ModelPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return Memory.NodeTileCount > 1 ? null : DeviceFailure.Guard(session.Device, "in adding cross-products", () => AddCrossProducts(point));
    }

    private double[]? AddCrossProducts(ModelPoint point)
    {
        Upload(point);
        using CrossProductLauncher? products = CrossProductLauncher.TryCreate(session, point, Memory, buffers, tables, FreeBeside());
        if (products is null)
            return null;
        ForEachNodeTile((firstNode, nodeCount) =>
        {
            products.FillDerivatives(theta, launcher.LogProbability);
            ForEachPatternTile(firstNode, nodeCount, (tile, views, shape) =>
            {
                ComputePosterior(shape, views, withFrequency: false);
                products.AddTile(shape, views, launcher, theta);
            });
        });
        return products.Download();
    }

    /// <inheritdoc/>
    public IPointBatch? TryOpenBatch(int wanted)
    {
        if (Memory.NodeTileCount > 1 || weightedScore is not null)
            return null; // its launches are large already; a batch goes through tables, and would not have the bits of weighted scores
        int capacity = Memory.PointCapacity(wanted, FreeBeside());
        try
        {
            return capacity < 2 ? null : new PointBatch(session, plan, Memory, store, capacity);
        }
        catch (DeviceMemoryException)
        {
            return null; // one after the other then, which needs no more than there is
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        buffers.Dispose();
        if (ownsSession)
            session.Dispose();
    }

    /// <summary>What is free beside this backend, bytes.</summary>
    private long FreeBeside() => DeviceBuffers.FreeBytes(session.Accelerator) - (session.Accelerator is CudaAccelerator ? 0 : Memory.TotalBytes);

    private long ThetaStride => (long)Memory.Size.PaddedNodeCount * plan.AttributeCount;

    private void Upload(ModelPoint point)
    {
        held = null; // nodes may move
        tables.UploadParameters(point.Parameters.Slots);
        if (plan.Grid.Moves || !isThetaUploaded)
        {
            for (int set = 0; set < plan.NodeSetCount; set++)
                point.Theta[set].CopyTo(hostTheta, set * ThetaStride);
            buffers.Upload(theta, hostTheta);
            isThetaUploaded = true;
        }
        for (int block = 0; block < plan.Blocks.Count; block++)
        {
            Span<double> weights = hostLogWeight.AsSpan(block * Memory.Size.PaddedNodeCount, plan.NodeCount);
            for (int node = 0; node < weights.Length; node++)
                weights[node] = point.LogProportion[block] + point.LogWeight[block][node];
        }
        buffers.Upload(logWeight, hostLogWeight);
    }

    /// <summary>First pass where nodes are tiled: each pattern's largest term and sum over all nodes.</summary>
    private void FindNormalizers() =>
        ForEachNodeTile((firstNode, nodeCount) => ForEachPatternTile(firstNode, nodeCount, (tile, views, shape) =>
        {
            launcher.ComputeTerms(shape, views, logWeight);
            launcher.MergeTerms(shape, isFirst: firstNode == 0);
        }));

    private void ComputePosterior(TileShape shape, PatternViews views, bool withFrequency)
    {
        launcher.ComputeTerms(shape, views, logWeight);
        if (Memory.NodeTileCount == 1)
            launcher.MergeTerms(shape, isFirst: true);
        launcher.NormalizeTerms(shape, views, withFrequency);
    }

    private void ForEachNodeTile(Action<int, int> process)
    {
        for (int firstNode = 0; firstNode < Memory.Size.PaddedNodeCount; firstNode += Memory.NodeTileWidth)
        {
            int nodeCount = Math.Min(Memory.NodeTileWidth, Memory.Size.PaddedNodeCount - firstNode);
            tables.Fill(theta, ThetaStride, firstNode, nodeCount, launcher.LogProbability);
            process(firstNode, nodeCount);
        }
    }

    private void ForEachPatternTile(int firstNode, int nodeCount, Action<PatternTile, PatternViews, TileShape> process)
    {
        for (int index = 0; index < store.Tiles.Count; index++)
        {
            PatternViews views = store.Acquire(index, out int first);
            process(store.Tiles[index], views, launcher.Shape(store.Tiles[index], first, firstNode, nodeCount));
            store.PrefetchAfter(index);
        }
    }

    /// <summary>Copies the counts of a node tile to their columns, padding left out.</summary>
    private void Scatter((double[] Counts, double[] Totals) tile, int firstNode, int nodeCount, ExpectedCounts counts)
    {
        int length = Math.Min(nodeCount, plan.NodeCount - firstNode);
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            for (int row = 0; row < plan.RowCount; row++)
            {
                Array.Copy(
                    tile.Counts, ((long)table * plan.RowCount + row) * nodeCount, counts.RowCounts[table], (long)row * plan.NodeCount + firstNode, length);
            }
        }
        for (int block = 0; block < plan.Blocks.Count; block++)
            Array.Copy(tile.Totals, (long)block * nodeCount, counts.NodeTotals[block], firstNode, length);
    }
}
