using IrtGpu.Compute;
using IrtGpu.Estimation.Limits;
using IrtGpu.Foundation.Estimation.Convergence;

namespace IrtGpu.Estimation.Stochastic;

/// <summary>Where stochastic approximation ended.</summary>
internal sealed record StochasticOutcome
{
    /// <summary>The estimates.</summary>
    public required ModelPoint Point { get; init; }

    /// <summary>How it ended.</summary>
    public required Termination Termination { get; init; }

    /// <summary>One record a draw.</summary>
    public required IReadOnlyList<IterationRecord> History { get; init; }

    /// <summary>Estimates that the data give no limit.</summary>
    public required RunOffs RunOffs { get; init; }

    /// <summary>Monte-Carlo standard errors of the estimates; NaN where there is none. [free]</summary>
    public required double[] MonteCarloErrors { get; init; }

    /// <summary>Free parameters that <see cref="Information"/> is about, ascending: those that are neither at a bound nor run off.</summary>
    public required int[] Interior { get; init; }

    /// <summary>Complete-data information, priors included; null where the run ended before there was one. [interior, interior]</summary>
    public double[,]? Complete { get; init; }

    /// <summary>Observed information by Louis' identity, priors included; null where the run ended before there was one. [interior, interior]</summary>
    public double[,]? Information { get; init; }

    /// <summary>Cross-product of the persons' scores; null where it was not wanted. [interior, interior]</summary>
    public double[,]? CrossProduct { get; init; }

    /// <summary>Norm of the last mean gradient of the log-likelihood, priors included.</summary>
    public double GradientNorm { get; init; } = double.NaN;

    /// <summary>Share of proposals that chains accepted in the end.</summary>
    public double Acceptance { get; init; }
}
