using System.Diagnostics;
using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Progress;
using IrtGpu.Foundation.Sampling.Nuts;
using IrtGpu.Foundation.Sampling.Posterior;
using IrtGpu.Inference;
using IrtGpu.Inference.Rotation;
using IrtGpu.Planning;
using IrtGpu.Posterior;
using IrtGpu.Specification;

namespace IrtGpu;

/// <summary>Calibrates item response models: the steps of <see cref="CalibrationProblem"/> and <see cref="CalibrationSession"/> in a row.</summary>
public static class Calibration
{
    /// <summary>Estimates a model by marginal maximum likelihood.</summary>
    /// <param name="data">Coded responses.</param>
    /// <param name="specification">The model.</param>
    /// <param name="options">How to estimate.</param>
    /// <param name="progress">Hears of every cycle.</param>
    /// <param name="cancellation">
    /// Ends the estimation after the running cycle, and what follows it at once; the result says so and keeps what was reached.
    /// </param>
    /// <exception cref="SpecificationException">The model cannot be estimated from these data.</exception>
    /// <exception cref="DeviceNotAvailableException">The device asked for is missing, or cannot hold the problem.</exception>
    public static CalibrationResult Run(
        ResponseData data, ModelSpecification specification, CalibrationOptions? options = null,
        IProgress<IterationRecord>? progress = null, CancellationToken cancellation = default) =>
        Run(CalibrationProblem.Create(data, specification), options, progress, cancellation: cancellation);

    /// <summary>Estimates a model that was planned for its data; what the plan warns of can be said before.</summary>
    /// <param name="problem">Data and plan.</param>
    /// <param name="options">How to estimate.</param>
    /// <param name="progress">Hears of every cycle.</param>
    /// <param name="chains">Hears of the chains of draws, from several threads.</param>
    /// <param name="work">Hears of what is done besides cycles and draws.</param>
    /// <param name="cancellation">
    /// Ends the estimation after the running cycle, and what follows it at once; the result says so and keeps what was reached.
    /// </param>
    /// <exception cref="SpecificationException">There is no likelihood where the estimation begins, or what is asked of the draws cannot be.</exception>
    /// <exception cref="DeviceNotAvailableException">The device asked for is missing, or cannot hold the problem.</exception>
    public static CalibrationResult Run(
        CalibrationProblem problem, CalibrationOptions? options = null, IProgress<IterationRecord>? progress = null, IProgress<ChainProgress>? chains = null,
        IProgress<WorkProgress>? work = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        options ??= new CalibrationOptions();
        PosteriorSampling.Require(problem, options);
        SolutionRotator.RequireTarget(problem.Plan, options.Rotation, options.RotationTarget);
        Stopwatch clock = Stopwatch.StartNew();
        using CalibrationRounds rounds = new(problem, options);
        double planSeconds = problem.Seconds + Lap(clock);
        CalibrationFit fit = rounds.Fit(progress, work, cancellation);
        double estimateSeconds = Lap(clock) - rounds.ScoreSeconds;
        CalibrationSession session = rounds.Session;
        CalibrationPlan plan = session.Problem.Plan;
        work?.Report(new WorkProgress("standard errors"));
        StandardErrors standardErrors = session.StandardErrors(fit, work, cancellation);
        fit.Dispose();
        double standardErrorSeconds = Lap(clock);
        if (options.Sampler is not null)
            work?.Report(new WorkProgress("draws"));
        (PosteriorDraws? draws, string? noDraws) = PosteriorSampling.TryDraw(plan, problem.Patterns, options, fit.Point.Parameters, standardErrors, chains, cancellation);
        double drawSeconds = Lap(clock);
        return new CalibrationResult
        {
            Plan = plan,
            Data = problem.Data,
            Patterns = problem.Patterns,
            Options = options,
            Point = fit.Point,
            LogLikelihood = fit.LogLikelihood,
            LogPrior = plan.LogPrior(fit.Point.Parameters),
            MonteCarloErrors = fit.Stochastic?.MonteCarloErrors ?? [],
            GradientNorm = fit.GradientNorm,
            Termination = fit.Termination,
            History = fit.History,
            EStepCount = fit.EStepCount,
            Maxima = fit.Maxima,
            StandardErrors = standardErrors,
            Scores = options.Scores == ScoreMethod.None ? null : rounds.Scores,
            Draws = draws,
            Grid = rounds.Look,
            GridRounds = rounds.GivenUp,
            Rotations = SolutionRotator.Rotate(plan, fit.Point.Parameters, options.Rotation, options.Seed, options.RotationTarget, standardErrors),
            Device = session.Device,
            EStep = session.EStep,
            EStepReason = session.EStepReason,
            InterpolationError = fit.InterpolationError,
            IntegrationError = fit.IntegrationError,
            DeviceChoice = session.DeviceChoice,
            Threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount,
            Seconds = new CalibrationTimes(0, planSeconds, estimateSeconds, standardErrorSeconds, rounds.ScoreSeconds, drawSeconds),
            Warnings = [.. problem.Warnings, .. plan.Warnings.Except(problem.Plan.Warnings), .. fit.Warnings, .. Interruption(rounds, standardErrors), .. draws?.Warnings ?? [], .. noDraws is null ? Array.Empty<string>() : [noDraws]],
        };
    }

    /// <summary>What an interruption after the estimation left out.</summary>
    private static IEnumerable<string> Interruption(CalibrationRounds rounds, StandardErrors errors)
    {
        if (errors.IsInterrupted)
            yield return "The run was interrupted before there were standard errors.";
        if (rounds.Scores is null)
            yield return "The run was interrupted before there were scores, and before the nodes were looked at.";
    }

    private static double Lap(Stopwatch clock)
    {
        double seconds = clock.Elapsed.TotalSeconds;
        clock.Restart();
        return seconds;
    }
}
