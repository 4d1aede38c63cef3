namespace IrtGpu.Linking.Drift;

/// <summary>How far an anchor's parameters in two forms lie apart once the forms are on one scale.</summary>
/// <param name="Item">The item.</param>
/// <param name="Difficulty">Mean of b in the form, on the scale of the base, minus b in the base; null for nominal items.</param>
/// <param name="DifficultyZ">Robust z of it among the anchors: (difference − median)/(0.74 IQR); null with fewer than four anchors.</param>
/// <param name="LogSlope">Log of the ratio of slopes, form on the scale of the base over base; null where they have different signs.</param>
/// <param name="SlopeZ">Robust z of it.</param>
/// <param name="Rmsd">Root mean square of the difference of expected scores over the persons of the base, in points.</param>
/// <param name="Wald">χ² of all parameters of the item, with the errors of both forms and of A and B; null without covariances.</param>
/// <param name="Df">Parameters.</param>
/// <param name="P">Its p-value.</param>
/// <param name="AdjustedP">The same by Benjamini and Hochberg among the anchors.</param>
/// <param name="IsUsed">Whether the item is among those that A and B are from.</param>
public sealed record AnchorDrift(
    string Item, double? Difficulty, double? DifficultyZ, double? LogSlope, double? SlopeZ, double? Rmsd, double? Wald, int? Df, double? P, double? AdjustedP, bool IsUsed)
{
    /// <summary>Above this a robust z is flagged: 5 % in each tail of a normal distribution (Huynh &amp; Meyer 2010).</summary>
    public const double LargestZ = 1.645;

    /// <summary>At this level an adjusted p-value is flagged.</summary>
    public const double Level = 0.05;

    /// <summary>Whether the item is out of line with the other anchors.</summary>
    public bool IsOutlying => Math.Abs(DifficultyZ ?? 0) > LargestZ || Math.Abs(SlopeZ ?? 0) > LargestZ;

    /// <summary>Whether its difference is more than chance.</summary>
    public bool IsSignificant => AdjustedP < Level;

    /// <summary>
    /// Whether the item is taken to have drifted: out of line and more than chance; where there is no test, out of line; where there are too few
    /// anchors for a robust z, more than chance.
    /// </summary>
    public bool HasDrifted => AdjustedP is null ? IsOutlying : IsSignificant && (IsOutlying || (DifficultyZ is null && SlopeZ is null));
}
