namespace IrtGpu.Regression;

/// <summary>A fixed effect.</summary>
/// <param name="Term">Name of its column.</param>
/// <param name="Estimate">Best linear unbiased estimate.</param>
/// <param name="StandardError">Its standard error (Kenward and Roger's where their degrees of freedom are asked for).</param>
/// <param name="Df">Degrees of freedom; null where none were asked for or none can be had.</param>
/// <param name="Statistic">Estimate over standard error.</param>
/// <param name="P">Two-sided p-value.</param>
/// <param name="Lower">Lower limit of the 95 % interval.</param>
/// <param name="Upper">Upper limit.</param>
public sealed record FixedEffectRow(string Term, double Estimate, double StandardError, double? Df, double Statistic, double P, double? Lower, double? Upper);

/// <summary>A variance, standard deviation, covariance or correlation.</summary>
/// <param name="Group">Grouping factor, or <c>Residual</c>.</param>
/// <param name="Term">Effect.</param>
/// <param name="Term2">Second effect of covariances and correlations; else empty.</param>
/// <param name="Parameter"><c>sd</c>, <c>variance</c>, <c>covariance</c> or <c>correlation</c>.</param>
/// <param name="Estimate">The estimate; null for the correlation of an effect whose variance is 0.</param>
/// <param name="StandardError">From the observed information; null at a bound.</param>
/// <param name="Lower">Lower limit of the 95 % interval.</param>
/// <param name="Upper">Upper limit.</param>
public sealed record RandomEffectRow(string Group, string Term, string Term2, string Parameter, double? Estimate, double? StandardError, double? Lower, double? Upper);

/// <summary>Predictions of the effects of a term.</summary>
/// <param name="Group">Grouping factor.</param>
/// <param name="Effects">Effects. [effect]</param>
/// <param name="Levels">Levels. [level]</param>
/// <param name="Values">Best linear unbiased predictions. [level, effect]</param>
/// <param name="ConditionalDeviations">Their standard deviations given the fixed effects and the data, as lme4 has them. [level, effect]</param>
/// <param name="PredictionDeviations">Roots of their prediction error variances, from the inverse of Henderson's matrix. [level, effect]</param>
public sealed record PredictedEffects(string Group, IReadOnlyList<string> Effects, IReadOnlyList<string> Levels, double[] Values, double[] ConditionalDeviations, double[] PredictionDeviations);

/// <summary>A covariance matrix of a random-effect term.</summary>
/// <param name="Group">Grouping factor.</param>
/// <param name="Effects">Effects. [effect]</param>
/// <param name="Covariance">Covariances. [effect, effect]</param>
public sealed record TermCovariance(string Group, IReadOnlyList<string> Effects, double[] Covariance);

/// <summary>Where the time of a fit went, in seconds.</summary>
/// <param name="Read">Reading the data.</param>
/// <param name="Plan">Design matrices and cross-products.</param>
/// <param name="Estimate">Finding the covariance parameters.</param>
/// <param name="StandardErrors">Second derivatives, degrees of freedom, intervals.</param>
/// <param name="Score">Predicted effects.</param>
/// <param name="Draw">Draws from the posterior.</param>
public sealed record RegressionTimes(double Read, double Plan, double Estimate, double StandardErrors, double Score, double Draw = 0)
{
    /// <summary>All together.</summary>
    public double Total => Read + Plan + Estimate + StandardErrors + Score + Draw;
}
