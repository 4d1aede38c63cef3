using ILGPU;
using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.EStep.Populations;
using IrtGpu.Kernels.EStep.WeightedScore;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.EStep;

/// <summary>The counts of the last E-step, of one model point or of several, which stay on the device and are reduced there.</summary>
/// <remarks>
/// In a cycle no more goes down than log-likelihood, moments of populations and responses, and sums by item parameter. Expectations that
/// are still in use when the next E-step overwrites the counts are brought home first.
/// </remarks>
internal sealed class DeviceCounts
{
    private readonly DeviceSession session;
    private readonly CalibrationPlan plan;
    private readonly MemoryPlan memory;
    private readonly DeviceBuffers buffers;
    private readonly ArrayView<double> gathered; // what comes down after an E-step
    private readonly EStepLauncher launcher;
    private readonly DeviceItemDerivatives derivatives;
    private readonly PopulationMomentLauncher populations;
    private readonly WeightedScoreLauncher? weightedScore; // null: tables
    private readonly ItemObjective[] objectives; // [parameter set]; none with tables
    private readonly Lazy<HostSums> sums; // of what is brought home
    private readonly List<DeviceExpectation> held = [];
    private int pointCount; // of the last E-step
    private double[][][] moments = []; // of the last E-step, as HostExpectation.Moments; none with tables [point]

    /// <summary>Compiles and allocates what reduces counts.</summary>
    /// <param name="session">The open device.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="memory">How the problem is cut; nodes in one tile.</param>
    /// <param name="buffers">Where to allocate.</param>
    /// <param name="launcher">Has the counts.</param>
    /// <param name="tables">Item parameters on the device.</param>
    /// <param name="theta">Nodes. [point where nodes move, node set, padded node, attribute]</param>
    /// <param name="weightedScore">Has the counts where E-steps go through weighted scores; null: tables.</param>
    /// <param name="sums">Sums over nodes on the host.</param>
    /// <param name="capacity">Model points side by side.</param>
    public DeviceCounts(
        DeviceSession session, CalibrationPlan plan, MemoryPlan memory, DeviceBuffers buffers, EStepLauncher launcher, DeviceItemTables tables,
        ArrayView<double> theta, WeightedScoreLauncher? weightedScore, Lazy<HostSums> sums, int capacity = 1)
    {
        this.session = session;
        this.plan = plan;
        this.memory = memory;
        this.buffers = buffers;
        this.launcher = launcher;
        this.weightedScore = weightedScore;
        this.sums = sums;
        objectives = weightedScore is null ? [] : [.. Enumerable.Range(0, plan.ParameterSets.Count).Select(set => new ItemObjective(plan, set))];
        long thetaStride = (long)NodeCount * plan.AttributeCount;
        long tableLength = (long)plan.RowCount * NodeCount;
        derivatives = new DeviceItemDerivatives(plan, buffers, tables.Parts.Select(part => new ItemCountSource(
            part.Sets, part.Block, part.Launcher, NodeCount, [.. part.Sets.Select(set => plan.Items[plan.ParameterSets[set].Item].Attributes)],
            DeviceItemTables.NodesFrom(theta, plan.Tables[part.Table].NodeSet * thetaStride), DeviceItemTables.NodesFrom(launcher.Counts, part.Table * tableLength))),
            memory.ReductionBytes, tables.UploadParameters, capacity);
        populations = new PopulationMomentLauncher(plan, memory, buffers, launcher, theta, capacity);
        gathered = buffers.Allocate<double>((long)capacity * (1 + populations.Length + (weightedScore?.MomentLength ?? 0)));
    }

    private int NodeCount => memory.Size.PaddedNodeCount;

    /// <summary>Takes over the counts of an E-step that has run.</summary>
    /// <param name="points">Where it was made.</param>
    /// <returns>[point]</returns>
    public DeviceExpectation[] Take(IReadOnlyList<ModelPoint> points)
    {
        pointCount = points.Count;
        ArrayView<double> byResponse = ArrayView<double>.Empty;
        if (weightedScore is not null)
        {
            weightedScore.SpreadTotals(NodeCount, pointCount);
            byResponse = weightedScore.AddMoments(pointCount);
        }
        ArrayView<double> powers = populations.Sum(pointCount);
        ArrayView<double> logLikelihoods = launcher.AddLogLikelihoods(pointCount);
        double[] found = weightedScore is null
            ? buffers.Download(gathered, logLikelihoods, powers)
            : buffers.Download(gathered, logLikelihoods, powers, byResponse);
        ReadOnlySpan<double> rest = found.AsSpan(pointCount);
        PopulationMoments[][] populationsOfPoint = new PopulationMoments[pointCount][];
        foreach (ref PopulationMoments[] ofPoint in populationsOfPoint.AsSpan())
        {
            ofPoint = populations.ByBlock(rest);
            rest = rest[populations.Length..];
        }
        moments = weightedScore is null ? [] : new double[pointCount][][];
        foreach (ref double[][] ofPoint in moments.AsSpan())
        {
            ofPoint = weightedScore!.ByTable(rest);
            rest = rest[weightedScore.MomentLength..];
        }
        held.AddRange(points.Select((point, position) =>
            new DeviceExpectation(this, position, point, found[position], populationsOfPoint[position], moments.ElementAtOrDefault(position))));
        return [.. held];
    }

    /// <summary>Lets the device go on: what is still in use is brought home.</summary>
    public void Release()
    {
        foreach (DeviceExpectation expectation in held)
            expectation.BringHome();
        held.Clear();
    }

    /// <summary>An expectation is no longer in use.</summary>
    /// <param name="expectation">One that <see cref="Take"/> made.</param>
    public void Forget(DeviceExpectation expectation) => held.Remove(expectation);

    /// <summary>Asks one expectation.</summary>
    /// <param name="expectation">Held.</param>
    /// <param name="evaluation">The question; receives the answer.</param>
    public void Evaluate(DeviceExpectation expectation, ItemEvaluation evaluation)
    {
        ItemEvaluation?[] evaluations = new ItemEvaluation?[pointCount];
        evaluations[expectation.Position] = evaluation;
        Evaluate(evaluations);
    }

    /// <summary>Asks several at once.</summary>
    /// <param name="evaluations">Questions to the points of the last E-step; null: none. [point]</param>
    public void Evaluate(IReadOnlyList<ItemEvaluation?> evaluations)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(evaluations.Count, pointCount);
        DeviceFailure.Guard(
            session.Device, "in reducing item derivatives",
            () => derivatives.Compute(evaluations));
        for (int point = 0; point < moments.Length; point++)
        {
            if (evaluations[point] is { } evaluation)
                AddMoments(moments[point], evaluation);
        }
    }

    /// <summary>Node totals of a block.</summary>
    /// <param name="position">Point of the last E-step.</param>
    /// <param name="block">Block.</param>
    /// <returns>[node]</returns>
    public double[] DownloadTotals(int position, int block) => DeviceFailure.Guard(session.Device, "in copying node totals", () =>
        launcher.DownloadTotals(NodeCount, pointCount).AsSpan((position * plan.Blocks.Count + block) * NodeCount, plan.NodeCount).ToArray());

    /// <summary>Copies what an E-step left.</summary>
    /// <param name="expectation">Held.</param>
    public HostExpectation Download(DeviceExpectation expectation) =>
        DeviceFailure.Guard<HostExpectation>(
            session.Device, "in copying counts", () => weightedScore is null ? CopyTables(expectation) : CopyScores(expectation, weightedScore));

    private TableExpectation CopyTables(DeviceExpectation expectation)
    {
        TableExpectation copy = new(expectation.Point, sums.Value) { LogLikelihood = expectation.LogLikelihood };
        launcher.DownloadCounts(0, NodeCount, copy, expectation.Position, pointCount);
        return copy;
    }

    private WeightedScoreExpectation CopyScores(DeviceExpectation expectation, WeightedScoreLauncher scores)
    {
        WeightedScoreExpectation copy = new(expectation.Point, sums.Value) { LogLikelihood = expectation.LogLikelihood };
        scores.DownloadTotals(0, NodeCount, copy, expectation.Position);
        for (int table = 0; table < plan.Tables.Count; table++)
            expectation.Moments![table].CopyTo(copy.Moments![table], 0);
        return copy;
    }

    private void AddMoments(double[][] ofPoint, ItemEvaluation evaluation)
    {
        foreach (int set in evaluation.Sets)
        {
            Span<double> own = evaluation.Slots.AsSpan(objectives[set].Set.FirstSlot, objectives[set].Set.SlotCount);
            evaluation.Value[set] += objectives[set].MomentValue(ofPoint, own);
            if (evaluation.WithDerivatives)
                objectives[set].AddMomentDerivatives(ofPoint, own, evaluation.Gradient[set], evaluation.Hessian[set]);
        }
    }
}
