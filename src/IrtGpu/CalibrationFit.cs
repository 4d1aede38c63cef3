using IrtGpu.Compute;
using IrtGpu.Compute.Adaptive;
using IrtGpu.Estimation;
using IrtGpu.Estimation.Limits;
using IrtGpu.Estimation.Stochastic;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;

namespace IrtGpu;

/// <summary>Where the estimation ended. Once standard errors are computed, dispose of it, so that its device forgets the E-step.</summary>
public sealed record CalibrationFit : IDisposable
{
    internal CalibrationFit(EvaluatedPoint expectation) => Expectation = expectation;

    /// <summary>The estimates with their nodes and weights.</summary>
    public ModelPoint Point => Expectation.Point;

    /// <summary>Marginal log-likelihood at the estimates, without priors and multinomial constants.</summary>
    public double LogLikelihood => Expectation.LogLikelihood;

    /// <summary>Largest error of a pattern's log-likelihood that interpolation in the weighted score made at the estimates, sampled; 0 with tables.</summary>
    public double InterpolationError => Expectation.Found.InterpolationError;

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

    /// <summary>Sentences about the start and the estimates that the user should read.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>How far the log-likelihood is off by its integration; null where that is not measured.</summary>
    public IntegrationError? IntegrationError { get; init; }

    /// <summary>Estimates that the data give no limit.</summary>
    internal RunOffs RunOffs { get; init; } = RunOffs.None;

    /// <summary>What stochastic approximation left besides; null where attributes were integrated out.</summary>
    internal StochasticOutcome? Stochastic { get; init; }

    /// <summary>The E-step at the estimates.</summary>
    internal EvaluatedPoint Expectation { get; }

    /// <inheritdoc/>
    public void Dispose() => Expectation.Dispose();
}
