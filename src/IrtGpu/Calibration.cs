using System.Diagnostics;
using IrtGpu.Compute;
using IrtGpu.Compute.Cpu;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Estimation;
using IrtGpu.Foundation.Estimation;
using IrtGpu.Inference;
using IrtGpu.Inference.Rotation;
using IrtGpu.Planning;
using IrtGpu.Planning.Identification;
using IrtGpu.Planning.Layout;
using IrtGpu.Scoring;
using IrtGpu.Specification;

namespace IrtGpu;

/// <summary>Calibrates item response models.</summary>
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
        ArgumentNullException.ThrowIfNull(data);
        options ??= new CalibrationOptions();
        Stopwatch clock = Stopwatch.StartNew();
        PatternTable patterns = PatternTable.Compress(data);
        CalibrationPlan plan = CalibrationPlanner.Plan(specification, DataShape.Of(data, patterns));
        IdentificationCheck.Require(plan);
        (IComputeBackend chosen, string? choice) = BackendCatalog.CreateWithReason(options, plan, patterns);
        using IComputeBackend backend = chosen;
        double planSeconds = Lap(clock);

        (EmOutcome outcome, IReadOnlyList<StartOutcome> maxima) = new StartSearch(plan, patterns, backend, options).Run(progress, cancellation);
        outcome = AlignClasses(plan, backend, outcome);
        double[] gradient = new MStep(plan, options.MIterations, options.Threads).Derivatives(outcome.Point, outcome.Expectation);
        double estimateSeconds = Lap(clock);

        StandardErrors standardErrors = new StandardErrorEstimator(outcome.Point, outcome.Expectation, patterns, backend, options.Threads)
            .Estimate(options.StandardErrors);
        outcome.Expectation.Dispose();
        double standardErrorSeconds = Lap(clock);

        PatternScores? scores = options.Scores == ScoreMethod.None ? null : PatternScorer.Score(outcome.Point, patterns.Groups, backend);
        double scoreSeconds = Lap(clock);
        return new CalibrationResult
        {
            Plan = plan,
            Data = data,
            Patterns = patterns,
            Options = options,
            Point = outcome.Point,
            LogLikelihood = outcome.Expectation.LogLikelihood,
            LogPrior = plan.LogPrior(outcome.Point.Parameters),
            GradientNorm = Math.Sqrt(gradient.Sum(value => value * value)),
            Termination = outcome.Termination,
            History = outcome.History,
            EStepCount = outcome.EStepCount,
            Maxima = maxima,
            StandardErrors = standardErrors,
            Scores = scores,
            Rotations = SolutionRotator.Rotate(plan, outcome.Point.Parameters, options.Rotation, options.Seed),
            Device = backend.Description,
            EStep = backend.Form,
            InterpolationError = (backend as CpuBackend)?.InterpolationError ?? 0,
            DeviceChoice = choice,
            Threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount,
            Seconds = new CalibrationTimes(0, planSeconds, estimateSeconds, standardErrorSeconds, scoreSeconds),
            Warnings = [.. data.Warnings.Select(warning => warning.ToString()), .. plan.Warnings, .. ResultWarnings.Of(plan, outcome)],
        };
    }

    private static EmOutcome AlignClasses(CalibrationPlan plan, IComputeBackend backend, EmOutcome outcome)
    {
        ParameterVector aligned = ClassAlignment.Align(plan, outcome.Point.Parameters, outcome.Expectation);
        if (ReferenceEquals(aligned, outcome.Point.Parameters) || ModelPoint.TryCreate(plan, aligned) is not { } point)
            return outcome;
        outcome.Expectation.Dispose();
        return outcome with { Point = point, Expectation = backend.ComputeExpectation(point), EStepCount = outcome.EStepCount + 1 };
    }

    private static double Lap(Stopwatch clock)
    {
        double seconds = clock.Elapsed.TotalSeconds;
        clock.Restart();
        return seconds;
    }
}
