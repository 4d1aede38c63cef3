using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Estimation.Starts;

namespace IrtGpu.Foundation.Tests.Estimation.Starts;

/// <summary>Two stages of starts on a likelihood with several maxima.</summary>
public sealed class StartSearchTests
{
    private static readonly double[] Values = [.. DirectMixture.Draw(120, seed: 3), .. DirectMixture.Draw(60, seed: 4).Select(value => 6 + value / 2)];

    [Fact]
    public void The_best_of_the_starts_is_found_and_the_maxima_are_counted()
    {
        double[][] starts = [.. Enumerable.Range(0, 12).Select(seed =>
        {
            Random random = new(seed);
            return new[] { 0, 0, 9 * random.NextDouble() - 1, 9 * random.NextDouble() - 1, 9 * random.NextDouble() - 1, 0, 0, 0 };
        })];
        EmOptions options = new() { MaxCycles = 5000, Tolerance = 1e-7 };
        NormalMixture mixture = new(Values, 3);
        (EmOutcome<NormalMixture.Moments> best, IReadOnlyList<StartOutcome> maxima) =
            new StartSearch<NormalMixture.Moments>(mixture, options).Run(starts, null, null, TestContext.Current.CancellationToken);
        Assert.Equal(mixture.ESteps, best.EStepCount);
        Assert.Same(best.Expectation, Assert.Single(mixture.Expectations, expectation => expectation is { IsDisposed: false }));
        Assert.Equal(3, maxima.Sum(maximum => maximum.Count)); // a quarter of the starts is run to the end
        Assert.Equal(best.Objective, maxima[0].LogLikelihood);
        Assert.Equal(maxima.OrderByDescending(maximum => maximum.LogLikelihood), maxima);

        double[] ends = [.. starts.Select(start => new EmAlgorithm<NormalMixture.Moments>(
            new NormalMixture(Values, 3), options, null, TestContext.Current.CancellationToken).Run(start).Objective)];
        Assert.True(ends.Max() - ends.Min() > 1, "The likelihood has one maximum: nothing is tested.");
        Assert.Equal(ends.Max(), best.Objective, 1e-4);
    }

    [Fact]
    public void A_single_start_is_run_to_the_end_and_a_cancelled_search_still_has_a_result()
    {
        StartSearch<NormalMixture.Moments> search = new(new NormalMixture(Values, 2), new EmOptions());
        double[] start = [0, 0, 5, 0, 0];
        (EmOutcome<NormalMixture.Moments> alone, IReadOnlyList<StartOutcome> none) = search.Run([start], null, null, TestContext.Current.CancellationToken);
        Assert.True(alone.Termination.IsConverged);
        Assert.Empty(none);
        (EmOutcome<NormalMixture.Moments> cancelled, _) = search.Run([start, start, start], null, null, new CancellationToken(true));
        Assert.Equal(TerminationKind.Interrupted, cancelled.Termination.Kind);
        Assert.Equal(4, cancelled.EStepCount); // a cycle and the E-step at its end, twice
    }

    [Fact]
    public void Runs_without_bound_are_counted_and_never_best_beside_a_maximum()
    {
        double[] tied = [.. DirectMixture.Draw(60, seed: 3), 9, 9, 9];
        NormalMixture mixture = new(tied, 2) { DegenerateBelow = 0.01 };
        EmOptions options = new() { MaxCycles = 5000, Tolerance = 1e-7 };
        double[][] starts = [[0, 0, 9, 0, -2], [0, 0, 0.5, 0, 0], [0, -0.5, 0.3, 0, 0]];
        (EmOutcome<NormalMixture.Moments> best, IReadOnlyList<StartOutcome> maxima) =
            new StartSearch<NormalMixture.Moments>(mixture, options).Run(starts, null, null, TestContext.Current.CancellationToken);
        Assert.NotEqual(TerminationKind.Degenerate, best.Termination.Kind);
        Assert.True(maxima[^1].IsDegenerate);
        Assert.InRange(maxima[^1].Count, 1, 2);
        (best, maxima) = new StartSearch<NormalMixture.Moments>(mixture, options).Run([starts[0], starts[0]], null, null, TestContext.Current.CancellationToken);
        Assert.Equal(TerminationKind.Degenerate, best.Termination.Kind);
        Assert.All(maxima, maximum => Assert.True(maximum.IsDegenerate));
    }
}
