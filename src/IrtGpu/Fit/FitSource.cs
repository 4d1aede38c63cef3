using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Inference;
using IrtGpu.Scoring;

namespace IrtGpu.Fit;

/// <summary>A fitted model and the data that it is judged by.</summary>
/// <param name="Point">The estimates.</param>
/// <param name="Patterns">The data.</param>
/// <param name="Scores">Posterior summaries of the patterns; asked for at most once, where a statistic needs them.</param>
/// <param name="Errors">Covariance of the estimates; asked for at most once, where a statistic needs it.</param>
public sealed record FitSource(ModelPoint Point, PatternTable Patterns, Func<PatternScores> Scores, Func<StandardErrors> Errors)
{
    /// <summary>What a finished calibration has, and where it has no scores, a way to them.</summary>
    /// <param name="result">The calibration.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static FitSource Of(CalibrationResult result, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new FitSource(result.Point, result.Patterns, () => result.Scores ?? Score(result, cancellation), () => result.StandardErrors);
    }

    /// <summary>A model with data, computed by a backend.</summary>
    /// <param name="point">The estimates.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="backend">Computes posteriors; must live as long as the source is used.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static FitSource Of(ModelPoint point, PatternTable patterns, IComputeBackend backend, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentNullException.ThrowIfNull(backend);
        return new FitSource(point, patterns, () => PatternScorer.Score(point, patterns.Groups, backend, cancellation), Errors);

        StandardErrors Errors()
        {
            if (point.Plan.Layout.FreeCount == 0)
                return new StandardErrors(StandardErrorMethod.None, null, double.NaN, "No parameter is free.");
            using Expectation expectation = backend.ComputeExpectation(point);
            return new StandardErrorEstimator(point, expectation, patterns, backend, threads, cancellation: cancellation).Estimate(StandardErrorMethod.Auto);
        }
    }

    private static PatternScores Score(CalibrationResult result, CancellationToken cancellation)
    {
        CalibrationOptions options = new() { Device = DeviceName.Cpu, Threads = result.Threads };
        using IComputeBackend backend = BackendCatalog.Create(options, result.Plan, result.Patterns);
        return PatternScorer.Score(result.Point, result.Patterns.Groups, backend, cancellation);
    }
}
