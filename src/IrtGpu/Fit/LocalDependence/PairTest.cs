namespace IrtGpu.Fit.LocalDependence;

/// <summary>Whether two items go together more, or less, than the attributes make them.</summary>
/// <remarks>
/// X² = Σ (O − E)²/E over the categories of the two, G² = 2 Σ O log(O/E), with E under the model. Chen and Thissen (1997), Journal of Educational
/// and Behavioral Statistics 22, 265–289, compare them with χ² of (M₁ − 1)(M₂ − 1) degrees of freedom, which is too strict or too lenient as
/// parameters were estimated. The corrected test divides X² so that it has the mean and variance that follow from the covariance matrix of the
/// residuals, π's own less Δ Cov(η̂) Δᵀ: Satterthwaite's χ²; Liu and Maydeu-Olivares (2012), Educational and Psychological Measurement 73, 254–274.
/// </remarks>
/// <param name="Group">Observed group.</param>
/// <param name="First">The earlier item.</param>
/// <param name="Second">The later.</param>
public sealed record PairTest(int Group, int First, int Second)
{
    /// <summary>Summed weight of those who answered both.</summary>
    public double Persons { get; init; }

    /// <summary>Correlation of residuals at posterior means; NaN where there is none.</summary>
    public double Q3 { get; init; } = double.NaN;

    /// <summary>Q3 less its mean over the group's pairs.</summary>
    public double AdjustedQ3 { get; init; } = double.NaN;

    /// <summary>Correlation of residuals at weighted likelihood estimates; NaN where there is none.</summary>
    public double Q3AtWle { get; init; } = double.NaN;

    /// <summary>X²; NaN where there is none.</summary>
    public double X2 { get; init; } = double.NaN;

    /// <summary>G²; NaN where there is none.</summary>
    public double G2 { get; init; } = double.NaN;

    /// <summary>(M₁ − 1)(M₂ − 1).</summary>
    public int Df { get; init; }

    /// <summary>Signed and standardised: ±(X² − df)/√(2 df), positive where they correlate more than the model says.</summary>
    public double Standardized { get; init; } = double.NaN;

    /// <summary>Probability of a larger X² with estimated parameters; NaN where there is no covariance matrix of the estimates.</summary>
    public double CorrectedP { get; init; } = double.NaN;

    /// <summary>P(χ²_df &gt; X²).</summary>
    public double P => LimitedInformation.ChiSquareTail.Of(X2, Df);
}
