using System.Globalization;
using IrtGpu.Compute.Adaptive.Gradients;
using IrtGpu.Compute.Adaptive.Persons;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Foundation.Integration;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Planning.Integration;

namespace IrtGpu.Compute.Adaptive;

/// <summary>Integration about every pattern's own mode, on the host.</summary>
/// <remarks>
/// Nodes are placed at the point of the first E-step and stay there until <see cref="BackendCapabilities.PlaceNodes"/> moves them, so that
/// E-steps between two moves are those of one function of the parameters, which EM does not lower.
/// </remarks>
internal sealed class AdaptiveBackend : IComputeBackend
{
    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly PersonRule rule;
    private readonly int threads;
    private readonly AdaptiveStep step;
    private Placements? placements;

    /// <summary>Prepares the rule.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="rule">The rule about each mode.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    public AdaptiveBackend(CalibrationPlan plan, PatternTable patterns, PersonRule rule, int threads)
    {
        this.plan = plan;
        this.patterns = patterns;
        this.rule = rule;
        this.threads = threads > 0 ? threads : Environment.ProcessorCount;
        PersonNodes[] variants = [.. rule.Create().Select(one => new PersonNodes(one))];
        step = new AdaptiveStep(plan, patterns, variants, this.threads);
        AdaptiveMatrices matrices = new(plan, patterns, variants, this.threads);
        Capabilities = new BackendCapabilities
        {
            ShiftRefusal = "Nodes about the modes of persons do not take means that differ within a block by covariates. Use --integration grid.",
            PlaceNodes = point => placements = PlaceAbout(point),
            TryScore = point => step.Score(point, PlaceAbout(point)),
            TryCrossProduct = point => matrices.CrossProduct(point, PlacedAt(point), patterns.Frequency),
            TryCrossProductOf = (point, weights) => matrices.CrossProduct(point, PlacedAt(point), weights),
            TryMissingInformation = point => matrices.MissingInformation(point, PlacedAt(point)),
            TryMeasureIntegration = Measure,
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
        point.RequireNoShifts("Nodes about the modes of persons");
        return step.Compute(point, PlacedAt(point));
    }

    /// <inheritdoc/>
    public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor =>
        throw new NotSupportedException("Posteriors at nodes of each person's own cannot be shown at nodes that all share. Use --integration grid for what needs these.");

    /// <inheritdoc/>
    public void Dispose() => step.Dispose();

    /// <summary>Log-likelihoods of single patterns at nodes as they lie.</summary>
    /// <param name="point">Parameters.</param>
    /// <returns>[pattern]</returns>
    public double[] LogLikelihoods(ModelPoint point) => step.LogLikelihoods(point, PlacedAt(point), [.. Enumerable.Range(0, patterns.PatternCount)]);

    /// <summary>The error of the log-likelihood, against richer rules at the same placements.</summary>
    private IntegrationError Measure(ModelPoint point)
    {
        Placements at = PlacedAt(point);
        int[] chosen = IntegrationError.Choose(patterns);
        double[] own = step.LogLikelihoods(point, at, chosen);
        List<double[]> richer = [];
        NormalRule[] rules = rule.CreateRicher();
        foreach (NormalRule one in rules)
        {
            using AdaptiveStep other = new(plan, patterns, [new PersonNodes(one)], threads);
            richer.Add(other.LogLikelihoods(point, at, chosen));
        }
        return IntegrationError.Of(patterns, chosen, own, richer, rules[0].NodeCount);
    }

    /// <summary>Where nodes lie, placed at a point where they have not been yet.</summary>
    public Placements PlacedAt(ModelPoint point) => placements ??= step.Place(point, null);

    /// <summary>Where nodes would lie about the modes at a point.</summary>
    public Placements PlaceAbout(ModelPoint point) => step.Place(point, placements);
}
