using System.Globalization;
using ILGPU;
using ILGPU.Runtime.Cuda;
using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Data;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.EStep.Fused;
using IrtGpu.Kernels.EStep.Populations;
using IrtGpu.Kernels.EStep.WeightedScore;
using IrtGpu.Kernels.Inference;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Memory;
using IrtGpu.Kernels.Scoring;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Kernels.Backend;

/// <summary>The E-step on an accelerator, in double precision; owns every allocation.</summary>
/// <remarks>
/// Patterns and grid go up once (or patterns are streamed where the memory plan says so). Each E-step uploads parameters, from which
/// tables, log weights and moving nodes are computed here, and downloads the log-likelihood and moments: counts stay on the device, where
/// the M-step asks for their sums.
/// The same bits from run to run on one device; another memory plan adds in another order and agrees to rounding.
/// </remarks>
internal sealed class IlgpuBackend : IComputeBackend
{
    private const int VisitorCount = 16;

    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly DeviceSession session;
    private readonly IDisposable? lease;
    private readonly DeviceBuffers buffers;
    private readonly PatternStore store;
    private readonly DeviceItemTables tables;
    private readonly EStepLauncher launcher;
    private readonly PatternScoreReducer? reducer;
    private readonly DevicePopulations populations;
    private readonly ArrayView<double> theta; // of the populations [node set, padded node, attribute]
    private readonly ArrayView<double> logWeight; // of the populations [block, padded node]; padding −∞
    private readonly Lazy<HostSums> sums;
    private readonly DeviceCounts? counts; // null where nodes are tiled: what an E-step finds is put together on the host
    private readonly WeightedScoreLauncher? weightedScore; // null: tables
    private readonly AnsweredSets? sets; // of weighted scores
    private readonly FusedLauncher? fused; // null: tables by one kernel a step

    /// <summary>Puts the data on the device and compiles the kernels.</summary>
    /// <param name="session">The open device.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="sets">Sets of answered items: E-steps go through weighted scores; null: through tables.</param>
    /// <param name="memory">How to cut the problem, planned with as many sets; null: planned from the device's free memory.</param>
    /// <param name="lease">What ends with the backend, also when this fails: the session, or its loan. An open device keeps compiled kernels.</param>
    /// <param name="fuse">Whether E-steps through tables may go through products of matrices, where the device has them.</param>
    /// <exception cref="DeviceMemoryException">The device's memory does not suffice.</exception>
    public IlgpuBackend(
        DeviceSession session, CalibrationPlan plan, PatternTable patterns, AnsweredSets? sets = null, MemoryPlan? memory = null, IDisposable? lease = null,
        bool fuse = true)
    {
        this.session = session;
        this.lease = lease;
        this.plan = plan;
        this.patterns = patterns;
        this.sets = sets;
        sums = new Lazy<HostSums>(() => new HostSums(plan, Environment.ProcessorCount));
        buffers = new DeviceBuffers(session);
        try
        {
            Memory = memory ?? MemoryPlan.Create(
                ProblemSize.Of(plan, patterns.PatternCount, sets?.IsAnswered.Count ?? 0), DeviceBuffers.FreeBytes(session.Accelerator), session.Accelerator.MaxNumThreads, session.Device.Name.ToString());
            populations = new DevicePopulations(plan, Memory.Size, buffers);
            theta = populations.Theta;
            logWeight = populations.LogWeight;
            tables = new DeviceItemTables(plan, buffers);
            launcher = new EStepLauncher(plan, Memory, buffers);
            store = new PatternStore(buffers, patterns, Memory, sets);
            if (sets is not null)
                weightedScore = new WeightedScoreLauncher(plan, Memory, buffers, launcher, store, sets, theta, ThetaStride);
            if (Memory.NodeTileCount == 1)
            {
                reducer = new PatternScoreReducer(plan, Memory, buffers);
                counts = new DeviceCounts(session, plan, Memory, buffers, launcher, tables, theta, weightedScore, sums);
                fused = fuse && weightedScore is null ? FusedLauncher.TryCreate(session, plan, patterns, Memory, buffers, launcher, store, FreeBeside()) : null;
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

    /// <summary>What was launched and copied so far.</summary>
    public DeviceTraffic Traffic => buffers.Traffic;

    /// <inheritdoc/>
    public string Description => string.Create(
        CultureInfo.InvariantCulture, $"{session.Device.Name}, {session.Device.Description} ({session.Device.Driver}), {ByteCount.Show(Memory.TotalBytes)}, responses {(Memory.IsResident ? "resident" : "streamed")}{(fused is null ? "" : $", {fused.Description}")}");

    /// <inheritdoc/>
    public EStepForm Form => weightedScore is null ? EStepForm.Tables : EStepForm.WeightedScore;

    /// <inheritdoc/>
    public BackendCapabilities Capabilities => new()
    {
        ShiftRefusal = DevicePopulations.ShiftRefusal,
        TryScore = TryScore,
        TryCrossProduct = point => TryAddProducts(point, ofNodes: false),
        TrySumMissingInformation = point => TryAddProducts(point, ofNodes: true),
        TryOpenBatch = TryOpenBatch,
        Report = () => new DeviceReport(Traffic, fused is null ? Memory.Describe() : $"{Memory.Describe()}; {fused.Description}"),
    };

    /// <inheritdoc/>
    public Expectation ComputeExpectation(ModelPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return DeviceFailure.Guard(session.Device, "in an E-step", () => Evaluate(point));
    }

    private Expectation Evaluate(ModelPoint point)
    {
        counts?.Release();
        Upload(point);
        weightedScore?.Begin(point.Parameters.Slots);
        if (counts is null)
            return weightedScore is null ? CountTiles(point) : CountTilesByScores(point, weightedScore);
        ForEachNodeTile((firstNode, nodeCount) =>
        {
            if (weightedScore is null)
                CountByTables(firstNode, nodeCount);
            else
                weightedScore.Count(firstNode, nodeCount, logWeight);
        });
        return counts.Take([point])[0];
    }

    private void CountByTables(int firstNode, int nodeCount)
    {
        if (fused is not null)
        {
            fused.Count(logWeight);
            return;
        }
        launcher.Clear();
        ForEachPatternTile(firstNode, nodeCount, (tile, views, shape) =>
        {
            ComputePosterior(shape, views, withFrequency: true);
            launcher.CollectCounts(shape, views);
            launcher.CollectLogLikelihood(shape, views);
        });
        launcher.AddCountSlices(nodeCount);
    }

    private TableExpectation CountTiles(ModelPoint point)
    {
        TableExpectation expectation = new(point, sums.Value);
        FindNormalizers();
        ForEachNodeTile((firstNode, nodeCount) =>
        {
            CountByTables(firstNode, nodeCount);
            launcher.DownloadCounts(firstNode, nodeCount, expectation);
        });
        expectation.LogLikelihood = launcher.DownloadLogLikelihood(); // the last node tile has it whole
        return expectation;
    }

    private WeightedScoreExpectation CountTilesByScores(ModelPoint point, WeightedScoreLauncher scores)
    {
        WeightedScoreExpectation expectation = new(point, sums.Value);
        ForEachNodeTile((firstNode, nodeCount) => scores.MergeNodeTile(firstNode, nodeCount, logWeight));
        ForEachNodeTile((firstNode, nodeCount) =>
        {
            scores.Count(firstNode, nodeCount, logWeight);
            scores.DownloadTotals(firstNode, nodeCount, expectation);
        });
        double[][] moments = scores.DownloadMoments();
        for (int table = 0; table < moments.Length; table++)
            moments[table].CopyTo(expectation.Moments![table], 0);
        expectation.LogLikelihood = launcher.DownloadLogLikelihood(); // the last node tile has it whole
        return expectation;
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

    private PatternScores? TryScore(ModelPoint point) =>
        reducer is null ? null : DeviceFailure.Guard(session.Device, "in scoring", () => Score(point, reducer));

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

    private double[]? TryAddProducts(ModelPoint point, bool ofNodes) =>
        Memory.NodeTileCount > 1 ? null : DeviceFailure.Guard(session.Device, "in adding cross-products", () => AddProducts(point, ofNodes));

    private double[]? AddProducts(ModelPoint point, bool ofNodes)
    {
        Upload(point);
        using CrossProductLauncher? products = CrossProductLauncher.TryCreate(session, point, Memory, buffers, tables, FreeBeside(), ofNodes);
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
        return ofNodes ? products.DownloadCovariance() : products.Download();
    }

    private PointBatch? TryOpenBatch(int wanted)
    {
        if (Memory.NodeTileCount > 1)
            return null; // launches are large already
        int capacity = Math.Min(Memory.PointCapacity(wanted, FreeBeside(), fused?.BytesOfPoint ?? 0), fused?.MostPoints ?? wanted);
        try
        {
            return capacity < 2 ? null : new PointBatch(session, plan, Memory, store, sums, capacity, fused, sets);
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
        lease?.Dispose();
    }

    /// <summary>What is free beside this backend, bytes.</summary>
    private long FreeBeside() => DeviceBuffers.FreeBytes(session.Accelerator) - (session.Accelerator is CudaAccelerator ? 0 : Memory.TotalBytes);

    private long ThetaStride => populations.ThetaStride;

    private void Upload(ModelPoint point)
    {
        if (plan.Grid.Moves)
            counts?.Release();
        tables.UploadParameters(point.Parameters.Slots);
        populations.Evaluate(point);
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
}
