using System.Globalization;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Compute.ProductGrid;
using IrtGpu.Compute.Tables;
using IrtGpu.Compute.WeightedScore;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.Cpu;

/// <summary>The E-step on a machine without a GPU: vectors and threads, in the form that was chosen.</summary>
public sealed class CpuBackend : IComputeBackend
{
    private readonly int threads;
    private readonly Lazy<ICpuStep> step; // made when first needed: where interpolation applies, often never
    private readonly JointItems? scoreItems; // shared by both
    private readonly WeightedScoreStep? interpolation; // takes E-steps and scores where it applies; posteriors come from the step

    /// <summary>Prepares tables and codes.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    /// <param name="choice">How E-steps are computed, chosen for this plan and these data.</param>
    public CpuBackend(CalibrationPlan plan, PatternTable patterns, int threads, EStepChoice choice)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentNullException.ThrowIfNull(choice);
        this.threads = threads > 0 ? threads : Environment.ProcessorCount;
        Form = choice.Form;
        HostSums sums = new(plan, this.threads);
        if (choice.Split is not { } split)
        {
            TableStep tables = new(plan, patterns, this.threads, sums);
            step = new Lazy<ICpuStep>(tables);
            return;
        }
        scoreItems = ProductGridTables.JoinScoreItems(plan, patterns, split);
        step = new Lazy<ICpuStep>(() => new ProductGridStep(plan, patterns, split, scoreItems, this.threads, sums));
        if (split.CanInterpolate)
        {
            WeightedScoreStep weightedScore = new(plan, patterns, scoreItems!, split.Sets!, this.threads, sums);
            interpolation = weightedScore;
            Capabilities = new BackendCapabilities
            {
                TryScore = weightedScore.TryComputeScores,
                TryMissingInformation = weightedScore.TryComputeMissingInformation,
            };
        }
        else
        {
            _ = step.Value;
        }
    }

    /// <inheritdoc/>
    public string Description => string.Create(CultureInfo.InvariantCulture, $"cpu, {threads} {(threads == 1 ? "thread" : "threads")}");

    /// <inheritdoc/>
    public EStepForm Form { get; }

    /// <inheritdoc/>
    public BackendCapabilities Capabilities { get; } = BackendCapabilities.None;

    /// <inheritdoc/>
    public Expectation ComputeExpectation(ModelPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return (Expectation?)interpolation?.TryCompute(point) ?? step.Value.Compute(point);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(createVisitor);
        return step.Value.VisitPosteriors(point, createVisitor);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (step.IsValueCreated)
            step.Value.Dispose();
        interpolation?.Dispose();
        scoreItems?.Dispose();
    }
}
