using IrtGpu.Linking.Methods;

namespace IrtGpu.Linking.Results;

/// <summary>A and B of a form by one method, to the scale of the base of all.</summary>
/// <param name="Method">The method.</param>
/// <param name="Transformation">A and B; null where the method does not apply.</param>
/// <param name="ErrorA">Standard error of A; null where there is none.</param>
/// <param name="ErrorB">Standard error of B; null where there is none.</param>
/// <param name="Criterion">What the method makes small, between the form and the one that it is linked to; null for moments.</param>
/// <param name="Reason">Why there are no A and B, or no standard errors; null where there are.</param>
public sealed record LinkEstimate(LinkMethod Method, MetricTransformation? Transformation, double? ErrorA, double? ErrorB, double? Criterion, string? Reason);
