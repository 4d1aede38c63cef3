using System.Runtime.ExceptionServices;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute;

/// <summary>One calibration spread over several backends: each has a run of patterns, what they find is added in order.</summary>
/// <remarks>
/// The counts of shards are added in the order of the shards, whichever ends first: the same bits from run to run. Another
/// number of shards adds in another order and agrees to rounding.
/// </remarks>
public sealed class ShardedBackend : IComputeBackend
{
    private readonly CalibrationPlan plan;
    private readonly int patternCount;
    private readonly IComputeBackend[] backends; // [shard]
    private readonly int[] firstPattern; // [shard]

    /// <summary>Cuts the patterns into runs of nearly equal length and makes a backend for each.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="shardCount">Number of backends wanted; fewer are made where there are fewer patterns.</param>
    /// <param name="create">Makes the backend of a shard.</param>
    public ShardedBackend(CalibrationPlan plan, PatternTable patterns, int shardCount, Func<int, PatternTable, IComputeBackend> create)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentNullException.ThrowIfNull(create);
        ArgumentOutOfRangeException.ThrowIfLessThan(shardCount, 1);
        this.plan = plan;
        patternCount = patterns.PatternCount;
        Shards shards = Shards.Cut(patternCount, 1, shardCount);
        backends = new IComputeBackend[shards.Count];
        firstPattern = new int[shards.Count];
        try
        {
            for (int shard = 0; shard < shards.Count; shard++)
            {
                firstPattern[shard] = shards.Begin(shard);
                backends[shard] = create(shard, patterns.Slice(firstPattern[shard], shards.End(shard) - firstPattern[shard]));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Description => string.Join(" + ", backends.Select(backend => backend.Description));

    /// <inheritdoc/>
    public EStepForm Form => backends[0].Form;

    /// <inheritdoc/>
    public BackendCapabilities Capabilities => new()
    {
        ShiftRefusal = backends.Select(backend => backend.Capabilities.ShiftRefusal).FirstOrDefault(reason => reason is not null),
        TryScore = TryScore,
        TryCrossProduct = point => TrySum(shard => shard.TryCrossProduct(point)),
        TryMissingInformation = point => TrySum(shard => shard.TryMissingInformation(point)),
        TrySumMissingInformation = point => TrySum(shard => shard.TrySumMissingInformation(point)),
        Report = Report,
    };

    /// <inheritdoc/>
    public Expectation ComputeExpectation(ModelPoint point)
    {
        Expectation[] parts = new Expectation[backends.Length];
        ForEachShard(parts.Length, shard => parts[shard] = backends[shard].ComputeExpectation(point));
        return new SumOfExpectations(plan, parts);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor
    {
        ArgumentNullException.ThrowIfNull(createVisitor);
        List<TVisitor> visitors = [];
        for (int shard = 0; shard < backends.Length; shard++)
        {
            int first = firstPattern[shard];
            visitors.AddRange(backends[shard].VisitPosteriors(point, () => new ShiftedVisitor<TVisitor>(createVisitor(), first)).Select(shifted => shifted.Inner));
        }
        return visitors;
    }

    private PatternScores? TryScore(ModelPoint point)
    {
        PatternScores?[] parts = Ask(shard => shard.TryScore(point));
        if (parts.Contains(null))
            return null;
        return new PatternScores(
            plan.AttributeCount, plan.ClassCount, Join(parts, scores => scores.Mean), Join(parts, scores => scores.Covariance),
            Join(parts, scores => scores.MapTheta), Join(parts, scores => scores.ClassProbability), Join(parts, scores => scores.LogLikelihood));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IComputeBackend? backend in backends)
            backend?.Dispose();
    }

    /// <summary>All shards at once; what the first of them in order throws is thrown as it is.</summary>
    /// <param name="count">Number of shards.</param>
    /// <param name="process">Takes a shard.</param>
    internal static void ForEachShard(int count, Action<int> process)
    {
        Exception?[] failures = new Exception?[count];
        Parallel.For(0, count, shard =>
        {
            try
            {
                process(shard);
            }
            catch (Exception exception)
            {
                failures[shard] = exception;
            }
        });
        if (Array.Find(failures, failure => failure is not null) is { } first)
            ExceptionDispatchInfo.Throw(first);
    }

    /// <summary>The answers of all shards.</summary>
    private T[] Ask<T>(Func<BackendCapabilities, T> ask)
    {
        T[] answers = new T[backends.Length];
        ForEachShard(backends.Length, shard => answers[shard] = ask(backends[shard].Capabilities));
        return answers;
    }

    /// <summary>Σ over shards, in their order; null where one of them cannot.</summary>
    private double[]? TrySum(Func<BackendCapabilities, double[]?> ask)
    {
        double[]?[] parts = Ask(ask);
        if (parts.Contains(null))
            return null;
        double[] sum = parts[0]!;
        for (int shard = 1; shard < parts.Length; shard++)
            System.Numerics.Tensors.TensorPrimitives.Add(sum, parts[shard]!, sum);
        return sum;
    }

    private DeviceReport? Report()
    {
        DeviceReport?[] parts = Ask(shard => shard.Report());
        return parts.Contains(null) ? null : new DeviceReport(
            parts.Aggregate(default(DeviceTraffic), (sum, part) => sum + part!.Traffic), string.Join(" + ", parts.Select(part => part!.Memory)));
    }

    private static double[] Join(PatternScores?[] parts, Func<PatternScores, double[]> select) => [.. parts.SelectMany(part => select(part!))];

    private sealed class ShiftedVisitor<TVisitor>(TVisitor inner, int first) : IPosteriorVisitor
        where TVisitor : IPosteriorVisitor
    {
        public TVisitor Inner => inner;

        public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior) => inner.Visit(first + pattern, logLikelihood, posterior);
    }
}
