using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Sampling.Diagnostics;
using IrtGpu.Foundation.Sampling.Nuts;

namespace IrtGpu.Foundation.Tests.Sampling;

public sealed class NoUTurnSamplerTests
{
    private static readonly SamplerOptions Options = new() { Draws = 2000, Warmup = 1000, Seed = 7 };

    [Fact]
    public void Moments_of_a_badly_scaled_Gaussian_are_found()
    {
        double[] scales = [1e-3, 1, 1e3, 30];
        double[] means = [5e-3, -2, 400, 0];
        Chain[] chains = NoUTurnSampler.Run(() => new IndependentNormals(means, scales), ChainStart.Around0(4), Options, cancellation: TestContext.Current.CancellationToken);
        Assert.All(chains, chain => Assert.Null(chain.Failure));
        for (int index = 0; index < scales.Length; index++)
        {
            DrawSummary summary = Summary(chains, index);
            Assert.InRange(Math.Abs(summary.Estimate - means[index]) / summary.MonteCarloError, 0, 4);
            Assert.InRange(summary.Error / scales[index], 0.95, 1.05);
            Assert.InRange(summary.RHat, 0.99, 1.01);
        }
        Assert.All(chains, chain => Assert.InRange(chain.MeanAcceptance, 0.7, 0.95));
    }

    [Fact]
    public void Moments_of_a_correlated_Gaussian_are_found()
    {
        Chain[] chains = NoUTurnSampler.Run(() => new CorrelatedNormals(0.95), ChainStart.Around0(2), Options, cancellation: TestContext.Current.CancellationToken);
        double[][] product = [.. chains.Select(chain => Enumerable.Range(0, chain.Count).Select(draw => chain.Position(draw)[0] * chain.Position(draw)[1]).ToArray())];
        DrawSummary correlation = DrawSummary.Of(new ChainValues(product));
        Assert.InRange(Math.Abs(correlation.Estimate - 0.95), 0, 4 * correlation.MonteCarloError);
        Assert.InRange(Summary(chains, 0).Error, 0.95, 1.05);
        Assert.DoesNotContain(chains, chain => chain.IsDivergent.Any(is1 => is1));
    }

    [Fact]
    public void A_funnel_diverges()
    {
        Chain[] chains = NoUTurnSampler.Run(() => new Funnel(), ChainStart.Around0(10), Options, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains(chains, chain => chain.IsDivergent.Any(is1 => is1));
    }

    [Fact]
    public void Draws_do_not_depend_on_threads()
    {
        Chain[] one = NoUTurnSampler.Run(() => new CorrelatedNormals(0.5), ChainStart.Around0(2), Options with { Threads = 1, Draws = 200, Warmup = 200 }, cancellation: TestContext.Current.CancellationToken);
        Chain[] two = NoUTurnSampler.Run(() => new CorrelatedNormals(0.5), ChainStart.Around0(2), Options with { Threads = 2, Draws = 200, Warmup = 200 }, cancellation: TestContext.Current.CancellationToken);
        for (int chain = 0; chain < one.Length; chain++)
            Assert.Equal(one[chain].Positions, two[chain].Positions);
        Assert.NotEqual(one[0].Positions, one[1].Positions);
    }

    [Fact]
    public void A_conjugate_posterior_is_calibrated()
    {
        // mu ~ N(0, 1), y | mu ~ N(mu, 1), five values: ranks of the true mu among 99 thinned draws are uniform.
        const int sets = 200;
        const int bins = 10;
        int[] counts = new int[bins];
        for (int set = 0; set < sets; set++)
        {
            StreamRandom random = new(2024, set);
            double truth = random.NextNormal();
            double sum = 0;
            for (int row = 0; row < 5; row++)
                sum += truth + random.NextNormal();
            Chain chain = NoUTurnSampler.Run(() => new IndependentNormals([sum / 6], [1 / Math.Sqrt(6)]), ChainStart.Around0(1),
                new SamplerOptions { Chains = 1, Draws = 396, Warmup = 200, Seed = set, Threads = 1 }, cancellation: TestContext.Current.CancellationToken)[0];
            int rank = Enumerable.Range(0, 99).Count(draw => chain.Position(4 * draw)[0] < truth);
            counts[rank * bins / 100]++;
        }
        double expected = (double)sets / bins;
        double statistic = counts.Sum(count => (count - expected) * (count - expected) / expected);
        Assert.InRange(statistic, 0, 21.666); // 99 % of chi-squared with 9 degrees of freedom
    }

    [Fact]
    public void Cancelling_keeps_the_draws_until_then()
    {
        using CancellationTokenSource source = new();
        Chain[] chains = NoUTurnSampler.Run(() => new CorrelatedNormals(0), ChainStart.Around0(2), Options with { Chains = 1 }, new Cancel(source), source.Token);
        Assert.InRange(chains[0].Count, 1, Options.Draws - 1);
    }

    [Fact]
    public void What_cannot_be_drawn_from_is_told()
    {
        Chain flat = NoUTurnSampler.Run(() => new Flat(0), ChainStart.Around0(1), Options with { Chains = 1 }, cancellation: TestContext.Current.CancellationToken)[0];
        Assert.Contains("improper", flat.Failure, StringComparison.Ordinal);
        Chain nowhere = NoUTurnSampler.Run(() => new Flat(double.NaN), ChainStart.Around0(1), Options with { Chains = 1 }, cancellation: TestContext.Current.CancellationToken)[0];
        Assert.Contains("no point to start from", nowhere.Failure, StringComparison.Ordinal);
        Assert.Equal(0, nowhere.Count);
        Assert.Equal(5, new SamplerOptions { Draws = 1, Warmup = -1, Chains = 0, AdaptDelta = 1, MaxTreeDepth = 0 }.Problems().Count());
    }

    [Fact]
    public void Windows_are_those_of_a_warmup_of_1000()
    {
        AdaptationWindows windows = new(1000);
        Assert.Equal([99, 149, 249, 449, 949], Enumerable.Range(0, 1000).Where(windows.EndsAt));
        Assert.Equal(Enumerable.Range(75, 875), Enumerable.Range(0, 1000).Where(windows.Has));
        Assert.Equal([89], Enumerable.Range(0, 100).Where(new AdaptationWindows(100).EndsAt));
        Assert.DoesNotContain(Enumerable.Range(0, 19), new AdaptationWindows(19).Has);
    }

    private static DrawSummary Summary(Chain[] chains, int index) =>
        DrawSummary.Of(new ChainValues([.. chains.Select(chain => Enumerable.Range(0, chain.Count).Select(draw => chain.Position(draw)[index]).ToArray())]));

    private sealed class IndependentNormals(double[] means, double[] scales) : ILogDensity
    {
        public int Count => means.Length;

        public double Evaluate(ReadOnlySpan<double> x, Span<double> gradient)
        {
            double value = 0;
            for (int index = 0; index < means.Length; index++)
            {
                double z = (x[index] - means[index]) / scales[index];
                gradient[index] = -z / scales[index];
                value -= z * z / 2;
            }
            return value;
        }
    }

    private sealed class CorrelatedNormals(double correlation) : ILogDensity
    {
        public int Count => 2;

        public double Evaluate(ReadOnlySpan<double> x, Span<double> gradient)
        {
            double scale = 1 / (1 - correlation * correlation);
            gradient[0] = -scale * (x[0] - correlation * x[1]);
            gradient[1] = -scale * (x[1] - correlation * x[0]);
            return (x[0] * gradient[0] + x[1] * gradient[1]) / 2;
        }
    }

    /// <summary>Neal's (2003): v ~ N(0, 3²), x | v ~ N(0, exp v).</summary>
    private sealed class Funnel : ILogDensity
    {
        public int Count => 10;

        public double Evaluate(ReadOnlySpan<double> x, Span<double> gradient)
        {
            double precision = Math.Exp(-x[0]);
            double squares = 0;
            for (int index = 1; index < Count; index++)
            {
                squares += x[index] * x[index];
                gradient[index] = -precision * x[index];
            }
            gradient[0] = -x[0] / 9 - (Count - 1) / 2.0 + precision * squares / 2;
            return -x[0] * x[0] / 18 - (Count - 1) * x[0] / 2 - precision * squares / 2;
        }
    }

    private sealed class Flat(double value) : ILogDensity
    {
        public int Count => 1;

        public double Evaluate(ReadOnlySpan<double> x, Span<double> gradient)
        {
            gradient[0] = 0;
            return value;
        }
    }

    private sealed class Cancel(CancellationTokenSource source) : IProgress<ChainProgress>
    {
        public void Report(ChainProgress value)
        {
            if (!value.IsWarmup)
                source.Cancel();
        }
    }
}
