using IrtGpu.Compute;
using IrtGpu.Compute.Adaptive;
using IrtGpu.Data;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Foundation.Sampling.Posterior;
using IrtGpu.Inference;
using IrtGpu.Inference.Rotation;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Planning.Grids;

namespace IrtGpu;

/// <summary>Everything a calibration yields; tables and files are made from it alone.</summary>
public sealed record CalibrationResult
{
    /// <summary>The plan: items, blocks, parameters.</summary>
    public required CalibrationPlan Plan { get; init; }

    /// <summary>The data.</summary>
    public required ResponseData Data { get; init; }

    /// <summary>The data, compressed.</summary>
    public required PatternTable Patterns { get; init; }

    /// <summary>How it was estimated.</summary>
    public required CalibrationOptions Options { get; init; }

    /// <summary>The estimates with their nodes and weights.</summary>
    public required ModelPoint Point { get; init; }

    /// <summary>Marginal log-likelihood at the estimates, without priors and multinomial constants.</summary>
    public required double LogLikelihood { get; init; }

    /// <summary>Monte-Carlo standard errors of the estimates by stochastic approximation, NaN where there is none; empty where attributes were integrated out. [free]</summary>
    public IReadOnlyList<double> MonteCarloErrors { get; init; } = [];

    /// <summary>Log prior density at the estimates; 0 without priors.</summary>
    public required double LogPrior { get; init; }

    /// <summary>Euclidean norm of the gradient of the (penalised) marginal log-likelihood at the estimates, working scale.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>How it ended.</summary>
    public required Termination Termination { get; init; }

    /// <summary>One record a cycle.</summary>
    public required IReadOnlyList<IterationRecord> History { get; init; }

    /// <summary>Number of E-steps, those of accelerators and starts included.</summary>
    public required int EStepCount { get; init; }

    /// <summary>The maxima that several starts ended in, best first; empty with one start.</summary>
    public required IReadOnlyList<StartOutcome> Maxima { get; init; }

    /// <summary>Covariance of the estimates.</summary>
    public required StandardErrors StandardErrors { get; init; }

    /// <summary>Posterior summaries; null when none were asked for.</summary>
    public required PatternScores? Scores { get; init; }

    /// <summary>Draws from the posterior distribution of the parameters; null when none were asked for.</summary>
    public PosteriorDraws? Draws { get; init; }

    /// <summary>How populations and posteriors lie on the nodes; null where an interruption left no time to look.</summary>
    public required GridLook? Grid { get; init; }

    /// <summary>Fits on nodes that were given up for those of the plan, in order; their cycles are not in <see cref="History"/>.</summary>
    public IReadOnlyList<GridRound> GridRounds { get; init; } = [];

    /// <summary>Rotated exploratory solutions, one for each set of linked blocks; empty for confirmatory models and without rotation.</summary>
    public IReadOnlyList<RotatedSolution> Rotations { get; init; } = [];

    /// <summary>What computed.</summary>
    public required string Device { get; init; }

    /// <summary>How E-steps were computed.</summary>
    public EStepForm EStep { get; init; }

    /// <summary>Why they were computed so.</summary>
    public required string EStepReason { get; init; }

    /// <summary>Largest error of a pattern's log-likelihood that interpolation in the weighted score made, sampled; 0 with tables.</summary>
    public double InterpolationError { get; init; }

    /// <summary>How far the log-likelihood is off by its integration; null where that is not measured.</summary>
    public IntegrationError? IntegrationError { get; init; }

    /// <summary>Why <c>auto</c> took that device; null where a device was named.</summary>
    public string? DeviceChoice { get; init; }

    /// <summary>Number of threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Where the time went.</summary>
    public required CalibrationTimes Seconds { get; init; }

    /// <summary>Sentences the user should read: data first, then specification, then results.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Number of free parameters.</summary>
    public int FreeParameterCount => Plan.Layout.FreeCount;

    /// <summary>Sum of the frequency weights; with sampling weights the number of persons whose weight is not 0.</summary>
    public double TotalWeight => Patterns.TotalWeight;

    /// <summary>−2 log-likelihood.</summary>
    public double Deviance => -2 * LogLikelihood;

    /// <summary>Whether weights are sampling weights, so that the log-likelihood is that of the population, scaled to the number of persons.</summary>
    public bool HasSamplingWeights => Patterns.AreSamplingWeights;

    /// <summary>
    /// Akaike's criterion; with sampling weights that of Lumley and Scott, in which the effective number of parameters takes the place of their
    /// number: NaN without standard errors.
    /// </summary>
    public double Aic => Deviance + 2 * (HasSamplingWeights ? StandardErrors.EffectiveParameterCount ?? double.NaN : FreeParameterCount);

    /// <summary>Schwarz's criterion, with the total weight as number of persons; NaN with sampling weights.</summary>
    public double Bic => HasSamplingWeights ? double.NaN : Deviance + FreeParameterCount * Math.Log(TotalWeight);

    /// <summary>Sample-size adjusted BIC: N replaced by (N + 2)/24; NaN with sampling weights.</summary>
    public double Sabic => HasSamplingWeights ? double.NaN : Deviance + FreeParameterCount * Math.Log((TotalWeight + 2) / 24);

    /// <summary>Integrated classification likelihood criterion: BIC plus twice the entropy of the class memberships; NaN without scores or with one class.</summary>
    public double Icl => Bic + 2 * ClassificationEntropy();

    /// <summary>Relative entropy, 1 when every person's class is certain, 0 when nothing is known; NaN without scores or with one class.</summary>
    public double Entropy => 1 - ClassificationEntropy() / (TotalWeight * Math.Log(Plan.ClassCount));

    private double ClassificationEntropy()
    {
        if (Scores is null || Plan.ClassCount == 1)
            return double.NaN;
        double sum = 0;
        for (int pattern = 0; pattern < Patterns.PatternCount; pattern++)
        {
            for (int k = 0; k < Plan.ClassCount; k++)
            {
                double probability = Scores.ClassProbability[pattern * Plan.ClassCount + k];
                sum -= probability > 0 ? Patterns.Frequency[pattern] * probability * Math.Log(probability) : 0;
            }
        }
        return sum;
    }
}

/// <summary>Seconds by phase.</summary>
/// <param name="Read">Reading and checking; 0 when the data came from memory.</param>
/// <param name="Plan">Compressing patterns and planning.</param>
/// <param name="Estimate">EM.</param>
/// <param name="StandardErrors">Information matrices.</param>
/// <param name="Score">Posterior summaries.</param>
/// <param name="Draw">Draws from the posterior.</param>
public sealed record CalibrationTimes(double Read, double Plan, double Estimate, double StandardErrors, double Score, double Draw = 0)
{
    /// <summary>All of them.</summary>
    public double Total => Read + Plan + Estimate + StandardErrors + Score + Draw;
}
