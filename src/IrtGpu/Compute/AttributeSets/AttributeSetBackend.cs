using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.AttributeSets;

/// <summary>The E-step on the host where groups measure different attributes: each integrates over the nodes of its own.</summary>
/// <remarks>
/// Nobody in a group answers an item of an attribute that it does not measure, and its population there is fixed and uncorrelated with the
/// others: the likelihood does not depend on that attribute, whose posterior is its population. So the sum over its nodes is known.
/// </remarks>
internal sealed class AttributeSetBackend : IComputeBackend
{
    private readonly AttributeSetPart[] parts; // each has patterns
    private readonly HostSums sums;

    /// <summary>Prepares the parts.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="asked">Which form of E-steps was asked for.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    /// <param name="choice">The form, chosen for plan and data as a whole.</param>
    public AttributeSetBackend(CalibrationPlan plan, PatternTable patterns, EStepForm asked, int threads, EStepChoice choice)
    {
        Form = choice.Form;
        sums = new HostSums(plan, threads > 0 ? threads : Environment.ProcessorCount);
        EStepForm ofParts = Form == EStepForm.Tables ? EStepForm.Tables : asked;
        parts = [.. GroupsByAttributes(plan, patterns).Select(groups => new AttributeSetPart(plan, patterns, groups, ofParts, threads))];
    }

    /// <inheritdoc/>
    public string Description => parts[0].Backend.Description;

    /// <inheritdoc/>
    public EStepForm Form { get; }

    /// <summary>Nodes that the patterns of each set of attributes are summed over. [part]</summary>
    public IEnumerable<int> NodeCounts => parts.Select(part => part.Measured.Plan.NodeCount);

    /// <summary>Whether some group measures fewer attributes than others, on nodes that are a product over attributes.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data; with covariates, which move the means of persons in all attributes, groups go over all nodes.</param>
    public static bool IsFor(CalibrationPlan plan, PatternTable patterns) =>
        patterns.CovariateRows.Length == 0
        && plan.Grid.Specification.PruneBelow <= 0
        && GroupsByAttributes(plan, patterns).Any(groups => plan.Measured.Of(groups[0]).Count < plan.AttributeCount);

    /// <inheritdoc/>
    public Expectation ComputeExpectation(ModelPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return new AttributeSetExpectation(point, sums, Form, parts, [.. parts.Select(part => part.Compute(point))]);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TVisitor> VisitPosteriors<TVisitor>(ModelPoint point, Func<TVisitor> createVisitor)
        where TVisitor : IPosteriorVisitor
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(createVisitor);
        return [.. parts.SelectMany(part => part.Visit(point, createVisitor))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AttributeSetPart part in parts)
            part.Dispose();
    }

    /// <summary>Groups that have patterns, those of equal attributes together.</summary>
    private static IEnumerable<int[]> GroupsByAttributes(CalibrationPlan plan, PatternTable patterns) =>
        patterns.Groups.Distinct().Order().GroupBy(group => string.Join(' ', plan.Measured.Of(group))).Select(groups => groups.ToArray());
}
