using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Regression.Mixed;

namespace IrtGpu.Regression;

/// <summary>A fitted linear mixed model, or a linear model where the formula has no bar.</summary>
public sealed record MixedModelFit
{
    /// <summary>The formula as given.</summary>
    public required string Formula { get; init; }

    /// <summary>How it was fitted.</summary>
    public required RegressionOptions Options { get; init; }

    /// <summary>Log-likelihood at the estimates; of residual contrasts where the criterion is REML.</summary>
    public required double LogLikelihood { get; init; }

    /// <summary>Fixed effects.</summary>
    public required IReadOnlyList<FixedEffectRow> FixedEffects { get; init; }

    /// <summary>Covariance matrix of the fixed effects. [p, p]</summary>
    public required double[] FixedCovariance { get; init; }

    /// <summary>Fixed columns left out because earlier ones determine them.</summary>
    public required IReadOnlyList<string> Aliased { get; init; }

    /// <summary>Standard deviations, correlations, variances, covariances.</summary>
    public required IReadOnlyList<RandomEffectRow> RandomEffects { get; init; }

    /// <summary>Covariance matrices of the terms, most levels first.</summary>
    public required IReadOnlyList<TermCovariance> Covariances { get; init; }

    /// <summary>Predicted effects of the terms, in the same order.</summary>
    public required IReadOnlyList<PredictedEffects> Predicted { get; init; }

    /// <summary>Residual standard deviation σ.</summary>
    public required double Sigma { get; init; }

    /// <summary>Whether a variance is 0 or a correlation matrix without full rank.</summary>
    public required bool IsSingular { get; init; }

    /// <summary>Rows used.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows left out because a value is missing.</summary>
    public required int RowsDropped { get; init; }

    /// <summary>Grouping factors and their numbers of levels.</summary>
    public required IReadOnlyList<(string Group, int Levels)> Levels { get; init; }

    /// <summary>Fitted values, in the order of the rows used; the random effects are in. [row]</summary>
    public required double[] Fitted { get; init; }

    /// <summary>Response less fitted value. [row]</summary>
    public required double[] Residuals { get; init; }

    /// <summary>1-based rows of the data that were used. [row]</summary>
    public required int[] RowNumbers { get; init; }

    /// <summary>Why the estimation ended.</summary>
    public required Termination Termination { get; init; }

    /// <summary>One record a step.</summary>
    public required IReadOnlyList<IterationRecord> History { get; init; }

    /// <summary>Evaluations of the criterion while estimating.</summary>
    public required int Evaluations { get; init; }

    /// <summary>Euclidean norm of the gradient of the criterion at the estimates, standardized scale.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Smallest eigenvalue of the second derivatives of the criterion there; null where there are no covariance parameters or it was not computed.</summary>
    public required double? SmallestCurvature { get; init; }

    /// <summary>Sentences the user should read.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Draws from the posterior distribution; null when none were asked for.</summary>
    public RegressionDraws? Draws { get; init; }

    /// <summary>Where the time went.</summary>
    public required RegressionTimes Seconds { get; init; }

    /// <summary>The model as computed.</summary>
    internal MixedProblem Problem { get; init; } = null!;

    /// <summary>Covariance parameters on the standardized scale. [ϑ]</summary>
    internal double[] Theta { get; init; } = [];

    /// <summary>Number of free parameters: fixed effects, covariance parameters, residual variance.</summary>
    public int FreeParameters => FixedEffects.Count + Covariances.Sum(term => term.Effects.Count * (term.Effects.Count + 1) / 2) + 1;

    /// <summary>−2 log-likelihood.</summary>
    public double Deviance => -2 * LogLikelihood;

    /// <summary>Akaike's criterion.</summary>
    public double Aic => Deviance + 2 * FreeParameters;

    /// <summary>Schwarz's criterion.</summary>
    public double Bic => Deviance + Math.Log(Rows) * FreeParameters;
}
