namespace IrtGpu.Differential.Results;

/// <summary>One test of one item.</summary>
/// <param name="Item">The item.</param>
/// <param name="Method">
/// <c>lr</c>, <c>wald</c>; by sum scores <c>mantel-haenszel</c>, <c>mantel</c> or <c>generalized-mantel-haenszel</c>, and <c>logistic</c>, <c>logistic-uniform</c>,
/// <c>logistic-nonuniform</c>, of ordered items <c>ordinal…</c>.
/// </param>
/// <param name="Comparison"><c>focal - reference</c>, or <c>all</c> of more than two groups.</param>
public sealed record ItemDif(string Item, string Method, string Comparison)
{
    /// <summary>χ²; null where there is no test.</summary>
    public double? Statistic { get; init; }

    /// <summary>Its degrees of freedom.</summary>
    public int? Df { get; init; }

    /// <summary>Its p-value.</summary>
    public double? P { get; init; }

    /// <summary>The same by Benjamini and Hochberg among the items of this method and comparison.</summary>
    public double? AdjustedP { get; init; }

    /// <summary>
    /// Signed area between the expected scores, focal − reference; of sum scores Δ (two categories), the standardised mean difference in points (ordered items), or
    /// the gain in Nagelkerke's R² (logistic regression).
    /// </summary>
    public double? EffectSigned { get; init; }

    /// <summary>Unsigned area; of sum scores the magnitude of the signed effect.</summary>
    public double? EffectUnsigned { get; init; }

    /// <summary>A, B or C; empty where there is none.</summary>
    public string Class { get; init; } = "";

    /// <summary>Mean difference of expected points over the focal persons.</summary>
    public double? MeanDifference { get; init; }

    /// <summary>Mean magnitude of that difference.</summary>
    public double? MeanMagnitude { get; init; }

    /// <summary>Root mean square of it over the most points.</summary>
    public double? Rmsd { get; init; }

    /// <summary>Δ of ETS, 2.35 times log odds: above 0 the item is easier for the focal group.</summary>
    public double? Delta { get; init; }

    /// <summary>Its standard error.</summary>
    public double? DeltaError { get; init; }

    /// <summary>Whether the item was an anchor for the tests of the others.</summary>
    public bool IsAnchor { get; init; }

    /// <summary>Why there is no test; empty where there is one.</summary>
    public string Reason { get; init; } = "";
}
