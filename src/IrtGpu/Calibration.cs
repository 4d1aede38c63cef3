using System.Diagnostics;
using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Inference;
using IrtGpu.Inference.Rotation;
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
    /// <param name="cancellation">Ends the estimation after the running cycle; the result says so and keeps what was reached.</param>
    /// <exception cref="SpecificationException">The model cannot be estimated from these data.</exception>
    /// <exception cref="DeviceNotAvailableException">The device asked for is missing, or cannot hold the problem.</exception>
    public static CalibrationResult Run(
        ResponseData data, ModelSpecification specification, CalibrationOptions? options = null,
        IProgress<IterationRecord>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new CalibrationOptions();
        Stopwatch clock = Stopwatch.StartNew();
        CalibrationProblem problem = CalibrationProblem.Create(data, specification);
        using CalibrationSession session = problem.Open(options);
        double planSeconds = Lap(clock);
        CalibrationFit fit = session.Fit(options.Start, progress, cancellation);
        double estimateSeconds = Lap(clock);
        StandardErrors standardErrors = session.StandardErrors(fit);
        fit.Dispose();
        double standardErrorSeconds = Lap(clock);
        PatternScores? scores = options.Scores == ScoreMethod.None ? null : session.Score(fit.Point);
        double scoreSeconds = Lap(clock);
        return new CalibrationResult
        {
            Plan = problem.Plan,
            Data = data,
            Patterns = problem.Patterns,
            Options = options,
            Point = fit.Point,
            LogLikelihood = fit.LogLikelihood,
            LogPrior = problem.Plan.LogPrior(fit.Point.Parameters),
            GradientNorm = fit.GradientNorm,
            Termination = fit.Termination,
            History = fit.History,
            EStepCount = fit.EStepCount,
            Maxima = fit.Maxima,
            StandardErrors = standardErrors,
            Scores = scores,
            Rotations = SolutionRotator.Rotate(problem.Plan, fit.Point.Parameters, options.Rotation, options.Seed),
            Device = session.Device,
            EStep = session.EStep,
            EStepReason = session.EStepReason,
            InterpolationError = fit.InterpolationError,
            DeviceChoice = session.DeviceChoice,
            Threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount,
            Seconds = new CalibrationTimes(0, planSeconds, estimateSeconds, standardErrorSeconds, scoreSeconds),
            Warnings = [.. data.Warnings.Select(warning => warning.ToString()), .. problem.Plan.Warnings, .. fit.Warnings],
        };
    }

    private static double Lap(Stopwatch clock)
    {
        double seconds = clock.Elapsed.TotalSeconds;
        clock.Restart();
        return seconds;
    }
}
