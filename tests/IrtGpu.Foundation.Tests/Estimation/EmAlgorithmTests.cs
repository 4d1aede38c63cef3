using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;

namespace IrtGpu.Foundation.Tests.Estimation;

/// <summary>EM of a family that knows no item, against the textbook recursion and a maximiser that is no EM.</summary>
public sealed class EmAlgorithmTests
{
    private static readonly double[] Values = DirectMixture.Draw(400, seed: 7);
    private static readonly double[] Start = [0, -0.5, 1.5, 0, 0];

    public static TheoryData<Acceleration> Accelerations => [.. Enum.GetValues<Acceleration>()];

    [Fact]
    public void One_component_has_mean_and_standard_deviation_after_one_cycle()
    {
        EmOutcome<NormalMixture.Moments> outcome = Run(new NormalMixture(Values, 1), [10, 2], new EmOptions());
        double mean = Values.Average();
        double deviation = Math.Sqrt(Values.Average(value => (value - mean) * (value - mean)));
        Assert.Equal(mean, outcome.Parameters[0], 1e-12);
        Assert.Equal(Math.Log(deviation), outcome.Parameters[1], 1e-12);
        Assert.Equal(-Values.Length * (0.5 * Math.Log(2 * Math.PI) + Math.Log(deviation) + 0.5), outcome.Expectation.LogLikelihood, 1e-9);
        Assert.True(outcome.Termination.IsConverged, outcome.Termination.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(40)]
    public void Plain_em_is_the_recursion_of_the_textbook(int cycles)
    {
        EmOptions options = new() { Acceleration = Acceleration.None, MaxCycles = cycles, Tolerance = 1e-15 };
        double[] actual = Run(new NormalMixture(Values, 2), Start, options).Parameters;
        (double share, double mean1, double mean2, double deviation1, double deviation2) = DirectMixture.Em(Values, (0.5, -0.5, 1.5, 1, 1), cycles);
        double[] expected = [Math.Log(share / (1 - share)), mean1, mean2, Math.Log(deviation1), Math.Log(deviation2)];
        for (int k = 0; k < expected.Length; k++)
            Assert.Equal(expected[k], actual[k], 1e-10);
    }

    [Theory]
    [MemberData(nameof(Accelerations))]
    public void Every_acceleration_ends_at_the_maximum(Acceleration acceleration)
    {
        NormalMixture mixture = new(Values, 2);
        EmOutcome<NormalMixture.Moments> outcome = Run(mixture, Start, new EmOptions { Acceleration = acceleration, MaxCycles = 20_000, Tolerance = 1e-9 });
        Assert.True(outcome.Termination.IsConverged, outcome.Termination.Message);
        Assert.Equal(mixture.ESteps, outcome.EStepCount);
        var optimum = DirectMixture.Maximize(Values, [.. outcome.Parameters.Select(value => value + 0.05)]);
        for (int k = 0; k < Start.Length; k++)
            Assert.Equal(optimum[k], outcome.Parameters[k], 1e-5);
        Assert.All(mixture.Gradient(outcome.Expectation), slope => Assert.Equal(0, slope, 1e-5));
        if (acceleration != Acceleration.None)
        {
            int plain = Run(mixture, Start, new EmOptions { Acceleration = Acceleration.None, MaxCycles = 20_000, Tolerance = 1e-9 }).EStepCount;
            Assert.True(2 * outcome.EStepCount < plain, $"{outcome.EStepCount} E-steps, plain EM {plain}");
        }
    }

    [Theory]
    [MemberData(nameof(Accelerations))]
    public void A_run_whose_steps_go_too_far_goes_back_and_takes_care(Acceleration acceleration)
    {
        EmOptions options = new() { Acceleration = acceleration, MaxCycles = 20_000, Tolerance = 1e-9 };
        NormalMixture careless = new(Values, 2) { Reach = 4 };
        EmOutcome<NormalMixture.Moments> outcome = Run(careless, Start, options);
        Assert.True(outcome.Termination.IsConverged, outcome.Termination.Message);
        Assert.True(careless.IsGuarded);
        Assert.Contains(outcome.History, record => record.Step == "rejected");
        double[] expected = Run(new NormalMixture(Values, 2), Start, options).Parameters;
        for (int k = 0; k < expected.Length; k++)
            Assert.Equal(expected[k], outcome.Parameters[k], 1e-5);
    }

    [Theory]
    [MemberData(nameof(Accelerations))]
    public void Accepted_cycles_never_lower_the_log_likelihood(Acceleration acceleration)
    {
        IReadOnlyList<IterationRecord> history = Run(
            new NormalMixture(Values, 2), [2, 0.9, 1.1, 0, -2], new EmOptions { Acceleration = acceleration, MaxCycles = 2000, Tolerance = 1e-9 }).History;
        IterationRecord[] accepted = [.. history.Where(record => record.Step != "rejected")];
        Assert.True(accepted.Length > 10);
        Assert.All(accepted.Skip(1), record => Assert.True(record.Change <= 1e-8, $"cycle {record.Cycle}: the deviance rose by {record.Change}"));
        Assert.Equal(Enumerable.Range(1, history.Count), history.Select(record => record.Cycle));
    }

    [Fact]
    public void Gradient_of_the_expectation_is_that_of_the_log_likelihood()
    {
        NormalMixture mixture = new(Values, 2);
        double[] at = [0.3, -0.2, 1.9, 0.2, -0.1];
        double[] gradient = mixture.Gradient(mixture.TryExpect(at)!);
        const double Step = 1e-5;
        double Direct(int parameter, double shift)
        {
            double[] moved = (double[])at.Clone();
            moved[parameter] += shift;
            return DirectMixture.LogLikelihood(Values, 1 / (1 + Math.Exp(-moved[0])), moved[1], moved[2], Math.Exp(moved[3]), Math.Exp(moved[4]));
        }
        for (int k = 0; k < at.Length; k++)
            Assert.Equal((Direct(k, Step) - Direct(k, -Step)) / (2 * Step), gradient[k], 1e-5);
    }

    [Fact]
    public void A_start_outside_the_domain_is_refused() => Assert.Contains(
        "Remedy of LeftDomain.",
        Assert.Throws<ArgumentException>(() => Run(new NormalMixture(Values, 2), [0, 0, 1, 0, -50], new EmOptions())).Message,
        StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Accelerations))]
    public void A_component_that_shrinks_to_a_point_fails_with_what_was_reached(Acceleration acceleration)
    {
        double[] values = [.. Enumerable.Repeat(5.0, 20), .. Values];
        EmOutcome<NormalMixture.Moments> outcome = Run(
            new NormalMixture(values, 2), [0, 1, 5, 0, -3], new EmOptions { Acceleration = acceleration, Tolerance = 1e-9 });
        Assert.Equal(TerminationKind.Failed, outcome.Termination.Kind);
        Assert.Contains("Remedy of LeftDomain.", outcome.Termination.Message, StringComparison.Ordinal);
        Assert.True(double.IsFinite(outcome.Expectation.LogLikelihood));
        Assert.Same(outcome.Parameters, outcome.Expectation.Parameters);
    }

    [Fact]
    public void Limits_and_interruptions_keep_what_was_reached()
    {
        EmOutcome<NormalMixture.Moments> limited = Run(new NormalMixture(Values, 2), Start, new EmOptions { MaxCycles = 3 });
        Assert.Equal(TerminationKind.CycleLimit, limited.Termination.Kind);
        Assert.Equal(3, limited.History.Count);
        Assert.Equal(4, limited.EStepCount);
        Assert.Contains("log odds 2", string.Join(' ', limited.History.Select(record => record.Parameter)), StringComparison.Ordinal);

        EmOutcome<NormalMixture.Moments> stopped = new EmAlgorithm<NormalMixture.Moments>(
            new NormalMixture(Values, 2), new EmOptions(), null, new CancellationToken(true)).Run(Start);
        Assert.Equal(TerminationKind.Interrupted, stopped.Termination.Kind);
        Assert.Single(stopped.History);
        Assert.True(stopped.Expectation.LogLikelihood > stopped.History[0].LogLikelihood);
    }

    private static EmOutcome<NormalMixture.Moments> Run(NormalMixture mixture, double[] start, EmOptions options) =>
        new EmAlgorithm<NormalMixture.Moments>(mixture, options, null, TestContext.Current.CancellationToken).Run(start);
}
