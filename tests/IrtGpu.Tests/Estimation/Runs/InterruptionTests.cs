using IrtGpu.Data;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Inference;
using IrtGpu.Scoring;
using IrtGpu.Simulation;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Estimation.Runs;

/// <summary>A request to end is heard in every step, and what was estimated before it is kept.</summary>
public sealed class InterruptionTests
{
    private static readonly CancellationToken Interrupted = new(true);

    [Theory]
    [InlineData(StandardErrorMethod.Complete)]
    [InlineData(StandardErrorMethod.CrossProduct)]
    [InlineData(StandardErrorMethod.Louis)]
    [InlineData(StandardErrorMethod.Oakes)]
    [InlineData(StandardErrorMethod.Sandwich)]
    public void Standard_errors_end_with_the_reason(StandardErrorMethod method)
    {
        CalibrationProblem problem = CalibrationProblem.Create(SimulatedData.Dichotomous(200, 6).Draw(), new ModelSpecification());
        using CalibrationSession session = problem.Open(new CalibrationOptions { StandardErrors = method });
        using CalibrationFit fit = session.Fit(cancellation: TestContext.Current.CancellationToken);
        StandardErrors errors = session.StandardErrors(fit, cancellation: Interrupted);
        Assert.True(errors.IsInterrupted);
        Assert.Null(errors.Covariance);
        Assert.Contains("interrupted", errors.Reason, StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(() => session.Score(fit.Point, Interrupted));
    }

    [Fact]
    public void A_calibration_interrupted_in_its_standard_errors_keeps_estimates_and_scores()
    {
        using CancellationTokenSource source = new();
        CalibrationOptions options = new() { Threads = 1 };
        ResponseData data = SimulatedData.Dichotomous(300, 6).Draw();
        int cycles = Calibration.Run(data, new ModelSpecification(), options, cancellation: TestContext.Current.CancellationToken).History.Count;
        CalibrationResult result = Calibration.Run(data, new ModelSpecification(), options with { MaxCycles = cycles - 1 }, new AtCycle(cycles - 1, source), source.Token);
        Assert.NotNull(result.Scores);
        Assert.True(result.StandardErrors.IsInterrupted);
        Assert.Contains(result.Warnings, warning => warning.Contains("interrupted", StringComparison.Ordinal));
    }

    [Fact]
    public void Scores_of_persons_draws_and_files_end()
    {
        CalibrationResult fit = AssertFit.Run(SimulatedData.Dichotomous(200, 6).Draw(), new ModelSpecification(), new CalibrationOptions());
        Assert.Throws<OperationCanceledException>(() => PersonEstimators.Estimate(fit.Point, fit.Patterns, fit.Scores!, PointEstimator.PosteriorMode, 1, Interrupted));
        Assert.Throws<OperationCanceledException>(() => PlausibleValues.Draw(fit.Point, fit.Patterns, fit.Scores!, 1, threads: 1, cancellation: Interrupted));
        Assert.Throws<OperationCanceledException>(() => ResponseSimulator.Draw(fit.Plan, fit.Point.Parameters, 100, 1, cancellation: Interrupted));
        DirectoryInfo folder = Directory.CreateTempSubdirectory("irtgpu-");
        try
        {
            Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(Path.Combine(folder.FullName, "a.csv"), stream => stream.Write("text"u8), Interrupted));
            Assert.Empty(folder.GetFiles());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void More_parameters_than_persons_determine_are_named_soon()
    {
        SimulatedData simulated = SimulatedData.Dichotomous(20, 300);
        CalibrationResult result = Calibration.Run(
            simulated.Draw(), new ModelSpecification { Functions = ModelParser.Parse("3pl") }, new CalibrationOptions { MaxCycles = 3 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Null(result.StandardErrors.Covariance);
        Assert.Contains("not positive definite (at ", result.StandardErrors.Reason, StringComparison.Ordinal);
        Assert.True(result.Seconds.StandardErrors < 10, $"{result.Seconds.StandardErrors} s");
    }

    private sealed class AtCycle(int cycle, CancellationTokenSource source) : IProgress<IterationRecord>
    {
        public void Report(IterationRecord value)
        {
            if (value.Cycle == cycle)
                source.Cancel();
        }
    }
}
