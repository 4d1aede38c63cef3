using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;

namespace IrtGpu.Regression.Mixtures;

/// <summary>A fitted finite mixture of regressions.</summary>
public sealed record MixtureFit
{
    /// <summary>The formula as given.</summary>
    public required string Formula { get; init; }

    /// <summary>How it was fitted.</summary>
    public required MixtureOptions Options { get; init; }

    /// <summary>Marginal log-likelihood at the estimates, without the priors.</summary>
    public required double LogLikelihood { get; init; }

    /// <summary>Log density of the priors at the estimates, up to a constant; null where all are flat.</summary>
    public required double? LogPrior { get; init; }

    /// <summary>Number of free parameters.</summary>
    public required int FreeParameters { get; init; }

    /// <summary>All parameters, class after class, then proportions or class coefficients.</summary>
    public required IReadOnlyList<MixtureParameter> Parameters { get; init; }

    /// <summary>Fixed columns left out because earlier ones determine them.</summary>
    public required IReadOnlyList<string> Aliased { get; init; }

    /// <summary>Probabilities of the classes given the data. [unit, class]</summary>
    public required double[] Posterior { get; init; }

    /// <summary>Names of the units where they are levels; null: they are rows.</summary>
    public required IReadOnlyList<string>? UnitNames { get; init; }

    /// <summary>Relative entropy, 1 − Σ −p log p/(n log K): 1 where all classes are certain; null for one class.</summary>
    public required double? Entropy { get; init; }

    /// <summary>Known classes by the class that the response alone makes likeliest; empty where none is known.</summary>
    public required IReadOnlyList<ClassificationRow> Classification { get; init; }

    /// <summary>Grouping factor of the effects; empty where there are none.</summary>
    public required string EffectGroup { get; init; }

    /// <summary>Predicted effects of the levels by class; empty where there are none.</summary>
    public required IReadOnlyList<ClassEffectPredictions> Predicted { get; init; }

    /// <summary>How effects were integrated; null where there was nothing to integrate, or in closed form.</summary>
    public required Integration? Integration { get; init; }

    /// <summary>Rows used.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows left out because a value is missing.</summary>
    public required int RowsDropped { get; init; }

    /// <summary>1-based rows of the data that were used. [row]</summary>
    public required int[] RowNumbers { get; init; }

    /// <summary>Mean of the mixture in each row, Σ π_k xᵀβ_k, and response less it. [row]</summary>
    public required double[] Fitted { get; init; }

    /// <summary>Response less fitted value. [row]</summary>
    public required double[] Residuals { get; init; }

    /// <summary>The maxima that starts found, best first, last those that grew without bound; empty for a single start.</summary>
    public required IReadOnlyList<StartOutcome> Maxima { get; init; }

    /// <summary>Why the estimation ended.</summary>
    public required Termination Termination { get; init; }

    /// <summary>One record a cycle of the run that was best.</summary>
    public required IReadOnlyList<IterationRecord> History { get; init; }

    /// <summary>Evaluations of the likelihood of all starts.</summary>
    public required int Evaluations { get; init; }

    /// <summary>Smallest eigenvalue of the information in the working parameters; null where it was not computed.</summary>
    public required double? SmallestCurvature { get; init; }

    /// <summary>Sentences the user should read.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Draws from the posterior distribution; null when none were asked for.</summary>
    public RegressionDraws? Draws { get; init; }

    /// <summary>Where the time went.</summary>
    public required RegressionTimes Seconds { get; init; }

    /// <summary>The model as computed.</summary>
    internal MixtureProblem Problem { get; init; } = null!;

    /// <summary>Its data as evaluated.</summary>
    internal IMixtureLikelihood Likelihood { get; init; } = null!;

    /// <summary>Working numbers, classes in order. [slot]</summary>
    internal double[] Full { get; init; } = [];

    /// <summary>Covariance matrix of the free working parameters; empty where there is none. [free, free]</summary>
    internal double[] Covariance { get; init; } = [];

    /// <summary>Number of classes.</summary>
    public int Classes => Options.Classes;

    /// <summary>Whether the estimates are a solution; where every start grew without bound they are none.</summary>
    public bool IsSolution => Termination.Kind != TerminationKind.Degenerate;

    /// <summary>−2 log-likelihood.</summary>
    public double Deviance => -2 * LogLikelihood;

    /// <summary>Akaike's criterion.</summary>
    public double Aic => Deviance + 2 * FreeParameters;

    /// <summary>Schwarz's criterion; n are the rows.</summary>
    public double Bic => Deviance + Math.Log(Rows) * FreeParameters;

    /// <summary>0-based class of largest probability of each unit. [unit]</summary>
    public int[] LikeliestClasses() => Likeliest(Posterior, Classes);

    internal static int[] Likeliest(double[] posterior, int classes)
    {
        int[] likeliest = new int[posterior.Length / classes];
        for (int unit = 0; unit < likeliest.Length; unit++)
        {
            for (int k = 1; k < classes; k++)
            {
                if (posterior[unit * classes + k] > posterior[unit * classes + likeliest[unit]])
                    likeliest[unit] = k;
            }
        }
        return likeliest;
    }
}

/// <summary>Predictions of the effects of the levels in one class.</summary>
/// <param name="Class">1-based class; 0 where there is one, where all share one set of effects, and for the average over the classes of a level.</param>
/// <param name="Effects">The predictions given that class.</param>
public sealed record ClassEffectPredictions(int Class, PredictedEffects Effects);
