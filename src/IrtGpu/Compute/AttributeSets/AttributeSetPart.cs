using IrtGpu.Compute.Cpu;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.AttributeSets;

/// <summary>The groups that measure one set of attributes, with their patterns, on a backend over the nodes of these attributes alone.</summary>
internal sealed class AttributeSetPart : IDisposable
{
    private readonly MeasuredPlan measured;
    private readonly PatternTable data;
    private readonly int[] patterns; // [pattern of the part]
    private readonly int[] reducedNode;
    private readonly CpuBackend backend;

    /// <summary>Prepares the backend.</summary>
    /// <param name="plan">The whole plan.</param>
    /// <param name="all">All patterns.</param>
    /// <param name="groups">Groups of the set, ascending.</param>
    /// <param name="asked">Which form of E-steps was asked for.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    public AttributeSetPart(CalibrationPlan plan, PatternTable all, int[] groups, EStepForm asked, int threads)
    {
        measured = new MeasuredPlan(plan, groups);
        patterns = [.. Enumerable.Range(0, all.PatternCount).Where(pattern => groups.Contains(all.Groups[pattern]))];
        data = all.Select(patterns, groups);
        reducedNode = measured.ReduceNodes();
        HasAllAttributes = measured.Attributes.Count == plan.AttributeCount;
        backend = new CpuBackend(measured.Plan, data, threads, EStepChoice.ForHostPart(measured.Plan, data, asked));
    }

    /// <summary>Whether the groups measure all attributes, so that nodes are those of the whole plan.</summary>
    public bool HasAllAttributes { get; }

    /// <summary>Plan, blocks, tables and attributes of the part.</summary>
    public MeasuredPlan Measured => measured;

    /// <summary>What computes it.</summary>
    public IComputeBackend Backend => backend;

    /// <summary>A pattern of the part among all.</summary>
    /// <param name="pattern">Pattern of the part.</param>
    public int PatternOf(int pattern) => patterns[pattern];

    /// <summary>The part's block of a pattern's first class.</summary>
    /// <param name="pattern">Pattern of the part.</param>
    public int FirstBlock(int pattern) => data.Groups[pattern] * measured.Plan.ClassCount;

    /// <summary>The E-step.</summary>
    /// <param name="point">Of the whole plan.</param>
    public (Expectation Expectation, NodeSpread Spread) Compute(ModelPoint point)
    {
        ModelPoint reduced = measured.PointOf(point);
        return (backend.ComputeExpectation(reduced), SpreadOf(point, reduced));
    }

    /// <summary>Shows the posteriors of the part's patterns, over the nodes of all attributes.</summary>
    /// <param name="point">Of the whole plan.</param>
    /// <param name="createVisitor">Makes the visitor of a shard.</param>
    public IEnumerable<TVisitor> Visit<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor
    {
        ModelPoint reduced = measured.PointOf(point);
        NodeSpread spread = SpreadOf(point, reduced);
        spread.Prepare();
        return backend.VisitPosteriors(reduced, () => new SpreadVisitor<TVisitor>(createVisitor(), this, spread)).Select(visitor => visitor.Inner);
    }

    /// <inheritdoc/>
    public void Dispose() => backend.Dispose();

    private NodeSpread SpreadOf(ModelPoint point, ModelPoint reduced) => new(point, reduced, measured.Blocks, reducedNode);
}
