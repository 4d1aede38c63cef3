using System.Globalization;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.ProductGrid;
using IrtGpu.Compute.Tables;
using IrtGpu.Compute.WeightedScore;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Scoring;
using IrtGpu.Specification;

namespace IrtGpu.Compute.Cpu;

/// <summary>The E-step on a machine without a GPU: vectors, threads, and the cheapest form that the plan and the data allow.</summary>
public sealed class CpuBackend : IComputeBackend, IMissingInformationBackend, IPatternScoringBackend
{
    private readonly int threads;
    private readonly Lazy<ICpuStep> step; // made when first needed: where interpolation applies, often never
    private readonly JointItems? scoreItems; // shared by both
    private readonly WeightedScoreStep? interpolation; // takes E-steps and scores where it applies; posteriors come from the step

    /// <summary>Prepares tables and codes.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    /// <param name="form">How E-steps are computed.</param>
    /// <exception cref="SpecificationException">The form asked for is not for this plan and these data.</exception>
    public CpuBackend(CalibrationPlan plan, PatternTable patterns, int threads = 0, EStepForm form = EStepForm.Tables)
        : this(plan, patterns, threads, form, Split(plan, patterns, form))
    {
    }

    /// <summary>Prepares tables and codes of a test that was split before.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    /// <param name="form">What was asked for.</param>
    /// <param name="separable">How the test splits, null where it does not, as <see cref="ProductGridItems.TryCreate"/> tells for the form.</param>
    internal CpuBackend(CalibrationPlan plan, PatternTable patterns, int threads, EStepForm form, ProductGridItems? separable)
    {
        this.threads = threads > 0 ? threads : Environment.ProcessorCount;
        if (separable is null && form is EStepForm.WeightedScore or EStepForm.DimensionTables)
            throw new SpecificationException(Refusal(form));
        HostSums sums = new(plan, this.threads);
        Form = separable?.Form ?? EStepForm.Tables;
        if (separable is null)
        {
            TableStep tables = new(plan, patterns, this.threads, sums);
            step = new Lazy<ICpuStep>(tables);
            return;
        }
        scoreItems = ProductGridTables.JoinScoreItems(plan, patterns, separable);
        if (separable.CanInterpolate)
            interpolation = new WeightedScoreStep(plan, patterns, scoreItems!, separable.Sets!, this.threads, sums);
        step = new Lazy<ICpuStep>(() => new ProductGridStep(plan, patterns, separable, scoreItems, this.threads, sums));
        if (interpolation is null)
            _ = step.Value;
    }

    /// <inheritdoc/>
    public string Description => string.Create(CultureInfo.InvariantCulture, $"cpu, {threads} {(threads == 1 ? "thread" : "threads")}");

    /// <inheritdoc/>
    public EStepForm Form { get; }

    /// <summary>Largest error of a pattern's log-likelihood from interpolation in the weighted score, sampled in the last E-step; 0 with tables.</summary>
    public double InterpolationError => interpolation?.InterpolationError ?? 0;

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
    public PatternScores? TryComputeScores(ModelPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return interpolation?.TryComputeScores(point, threads);
    }

    /// <inheritdoc/>
    double[]? IMissingInformationBackend.TryComputeMissingInformation(ModelPoint point) => interpolation?.TryComputeMissingInformation(point);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (step.IsValueCreated)
            step.Value.Dispose();
        interpolation?.Dispose();
        scoreItems?.Dispose();
    }

    private static ProductGridItems? Split(CalibrationPlan plan, PatternTable patterns, EStepForm form)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(patterns);
        return ProductGridItems.TryCreate(plan, patterns, form);
    }

    private static string Refusal(EStepForm form) => form == EStepForm.WeightedScore
        ? "The weighted-score E-step needs items of the exponential family (rasch, 1pl, 2pl, pcm, gpcm, rsm, nominal) and, for the others, one attribute an item; "
            + "in several dimensions also the rectangular rule. Use --e-step auto or tables."
        : "The E-step by tables of each dimension needs several dimensions, the rectangular rule and one attribute an item. Use --e-step auto or tables.";
}
