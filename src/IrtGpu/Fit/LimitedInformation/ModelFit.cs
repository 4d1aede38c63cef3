namespace IrtGpu.Fit.LimitedInformation;

/// <summary>Fit of a whole model to the first and second moments of responses.</summary>
/// <remarks>
/// Numbers are NaN where they are not defined; <see cref="Reason"/> says why there is no statistic, and then there are no indices but SRMSR.
/// RMSEA = √(max(M2 − df, 0)/(df (N − 1))), with limits √(λ/(df N)), λ the noncentralities at which M2 is the 95th and the 5th
/// percentile; CFI and TLI against the model in which items are unrelated. SRMSR is the root mean square difference of observed and model
/// correlations of items.
/// </remarks>
/// <param name="Name"><c>M2</c>, <c>M2*</c> or <c>C2</c>.</param>
/// <param name="Group">Observed group; −1 for all together.</param>
/// <param name="Persons">N, the sum of weights.</param>
/// <param name="Moments">Number of moments compared.</param>
/// <param name="Statistic">M2 = N eᵀ C e.</param>
/// <param name="Df">Moments less the rank of their derivatives by the free parameters; 0 where <see cref="IsRankDetermined"/> is not.</param>
/// <param name="Srmsr">Standardised root mean square residual.</param>
/// <param name="IndependenceStatistic">M2 of unrelated items.</param>
/// <param name="IndependenceDf">Its degrees of freedom: the pairs of items.</param>
/// <param name="Reason">Why there is no statistic; null where there is one.</param>
/// <param name="Note">What must be known to read it; null: nothing.</param>
public sealed record ModelFit(
    string Name, int Group, double Persons, int Moments, double Statistic, int Df, double Srmsr, double IndependenceStatistic, int IndependenceDf,
    string? Reason, string? Note)
{
    /// <summary>Whether the rank of the derivatives could be told from rounding; where not there are no degrees of freedom, and no statistic.</summary>
    public bool IsRankDetermined { get; init; } = true;

    /// <summary>P(χ²_df &gt; M2).</summary>
    public double P => Reason is null ? ChiSquareTail.Of(Statistic, Df) : double.NaN;

    /// <summary>Root mean square error of approximation.</summary>
    public double Rmsea => Reason is null ? Math.Sqrt(Math.Max(Statistic - Df, 0) / (Df * (Persons - 1))) : double.NaN;

    /// <summary>Lower limit of its 90 % interval.</summary>
    public double RmseaLower => Limit(0.95);

    /// <summary>Upper limit of its 90 % interval.</summary>
    public double RmseaUpper => Limit(0.05);

    /// <summary>Comparative fit index, from 0 to 1.</summary>
    public double Cfi => HasIndices ? Math.Clamp(1 - (Statistic - Df) / (IndependenceStatistic - IndependenceDf), 0, 1) : double.NaN;

    /// <summary>Tucker–Lewis index; may exceed 1.</summary>
    public double Tli => HasIndices
        ? (IndependenceStatistic / IndependenceDf - Statistic / Df) / (IndependenceStatistic / IndependenceDf - 1)
        : double.NaN;

    /// <summary>Why there are no CFI and TLI; null where there are.</summary>
    public string? IndexReason => HasIndices ? null
        : Reason ?? "The model of unrelated items fits as well as chance would have it, so that there is nothing to compare with.";

    private bool HasIndices => Reason is null && IndependenceStatistic > IndependenceDf;

    private double Limit(double probability) => Reason is null
        ? Math.Sqrt(NoncentralChiSquare.Noncentrality(Statistic, Df, probability) / (Df * Persons))
        : double.NaN;
}

/// <summary>Upper tail probabilities.</summary>
internal static class ChiSquareTail
{
    /// <summary>P(χ²_df &gt; x); NaN where there are no degrees of freedom.</summary>
    /// <param name="x">Where.</param>
    /// <param name="df">Degrees of freedom.</param>
    public static double Of(double x, double df) =>
        !(df > 0) || double.IsNaN(x) ? double.NaN : x <= 0 ? 1 : MathNet.Numerics.SpecialFunctions.GammaUpperRegularized(df / 2, x / 2);
}
