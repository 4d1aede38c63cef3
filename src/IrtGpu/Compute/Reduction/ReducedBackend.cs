using System.Globalization;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reduction.Gradients;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.Reduction;

/// <summary>The E-step on the host where attributes are summed out one after the other.</summary>
internal sealed class ReducedBackend : IComputeBackend
{
    private readonly ReducedEStep step;
    private readonly int threads;

    /// <summary>Prepares codes and rooms.</summary>
    /// <param name="plan">The plan, with an order of elimination.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    public ReducedBackend(CalibrationPlan plan, PatternTable patterns, int threads)
    {
        this.threads = threads > 0 ? threads : Environment.ProcessorCount;
        step = new ReducedEStep(plan, patterns, this.threads);
        ReducedMatrices matrices = new(step, patterns, this.threads);
        Capabilities = new BackendCapabilities
        {
            ShiftRefusal = "--integration reduced takes one population a block, but the means of persons differ within blocks here. Use --integration grid.",
            TryScore = step.Score,
            TryCrossProduct = point => matrices.CrossProduct(point, patterns.Frequency),
            TryCrossProductOf = matrices.CrossProduct,
            TryMissingInformation = matrices.TryMissingInformation,
            TrySumMissingInformation = matrices.MissingInformation,
        };
    }

    /// <inheritdoc/>
    public string Description => string.Create(CultureInfo.InvariantCulture, $"cpu, {threads} {(threads == 1 ? "thread" : "threads")}");

    /// <inheritdoc/>
    public EStepForm Form => EStepForm.OfMethod;

    /// <inheritdoc/>
    public BackendCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public Expectation ComputeExpectation(ModelPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        point.RequireNoShifts("E-steps by --integration reduced");
        return step.Compute(point);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor => throw new NotSupportedException(point?.Plan.Integration.RefusalOf("Visits of posteriors"));

    /// <inheritdoc/>
    public void Dispose() => step.Dispose();
}
