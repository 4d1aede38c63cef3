using IrtGpu.Compute.Reference;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Items;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Estimation.Runs;

/// <summary>How a run ends, and what it keeps.</summary>
public sealed class TerminationTests
{
    private static readonly ModelSpecification Model = new() { Functions = [new("*", ItemFunction.TwoParameter)] };

    [Fact]
    public void Cycle_limit_keeps_the_last_estimates_and_says_what_is_left()
    {
        CalibrationResult result = AssertFit.Run(SimulatedData.Dichotomous(300, 8).Draw(), Model, new CalibrationOptions { MaxCycles = 3 });
        Assert.Equal(TerminationKind.CycleLimit, result.Termination.Kind);
        Assert.Contains("--max-cycles", result.Termination.Message, StringComparison.Ordinal);
        Assert.Equal(3, result.History.Count);
        Assert.True(result.LogLikelihood > result.History[0].LogLikelihood);
    }

    [Fact]
    public void What_one_cycle_cannot_tell_is_left_out_of_the_message()
    {
        CalibrationResult result = AssertFit.Run(SimulatedData.Dichotomous(300, 8).Draw(), Model, new CalibrationOptions { MaxCycles = 1 });
        Assert.StartsWith("Not converged: 1 cycle, largest change", result.Termination.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", result.Termination.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("below", -1e308)]
    [InlineData("above", 1e308)]
    public void Without_a_likelihood_there_is_no_result(string name, double value)
    {
        ModelSpecification model = Model with { Constraints = [new("q0001", "a1", ConstraintKind.Fixed, value), new("q0002", "a1", ConstraintKind.Fixed, -value)] };
        SpecificationException refused = Assert.Throws<SpecificationException>(() => { AssertFit.Run(SimulatedData.Dichotomous(300, 8).Draw(), model, new CalibrationOptions()); });
        Assert.True(refused.Message.Contains("log-likelihood", StringComparison.Ordinal), $"{name}: {refused.Message}");
        Assert.DoesNotContain("NaN", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Interruption_keeps_what_was_reached(int classes)
    {
        using CancellationTokenSource source = new();
        Progress progress = new(record =>
        {
            if (record.Cycle == 4)
                source.Cancel();
        });
        CalibrationResult result = Calibration.Run(
            SimulatedData.Dichotomous(300, 8).Draw(), Model with { ClassCount = classes }, new CalibrationOptions { StandardErrors = StandardErrorMethod.None, Tolerance = 1e-8 }, progress, source.Token);
        Assert.Equal(TerminationKind.Interrupted, result.Termination.Kind);
        Assert.Equal(4, result.History.Count);
        Assert.True(double.IsFinite(result.LogLikelihood));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Interruption_before_the_start_still_gives_a_result(int classes)
    {
        CalibrationResult result = Calibration.Run(
            SimulatedData.Dichotomous(300, 8).Draw(), Model with { ClassCount = classes }, new CalibrationOptions { StandardErrors = StandardErrorMethod.None }, null, new CancellationToken(true));
        Assert.Equal(TerminationKind.Interrupted, result.Termination.Kind);
        Assert.True(double.IsFinite(result.LogLikelihood));
    }

    [Fact]
    public void Log_likelihood_of_the_result_is_that_of_its_estimates()
    {
        ModelCase model = Catalogue.Get("mixed");
        CalibrationResult result = AssertFit.Run(model.Data(), model.Specification, new CalibrationOptions { MaxCycles = 7 });
        using ReferenceBackend reference = new(result.Plan, result.Patterns);
        Assert.Equal(reference.ComputeExpectation(result.Point).LogLikelihood, result.LogLikelihood, 1e-8);
        Assert.Equal(result.Plan.LogPrior(result.Point.Parameters), result.LogPrior);
    }

    // System.Progress reports on other threads, too late for a deterministic test.
    private sealed class Progress(Action<IterationRecord> report) : IProgress<IterationRecord>
    {
        public void Report(IterationRecord value) => report(value);
    }
}
