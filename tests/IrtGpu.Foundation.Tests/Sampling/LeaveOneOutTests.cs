using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Sampling.Diagnostics;

namespace IrtGpu.Foundation.Tests.Sampling;

public sealed class LeaveOneOutTests
{
    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void The_shape_of_a_Pareto_tail_is_found(double shape)
    {
        StreamRandom random = new(5, 1);
        double[] values = new double[5000];
        for (int index = 0; index < values.Length; index++)
            values[index] = new ParetoTail(shape, 2).Quantile(random.NextUniform());
        Array.Sort(values);
        ParetoTail found = ParetoTail.Fit(values);
        Assert.InRange(found.Shape, shape - 0.07, shape + 0.07);
        Assert.InRange(found.Scale, 1.8, 2.2);
    }

    [Fact]
    public void The_estimate_is_that_of_the_formulas_by_a_plain_sum()
    {
        // Zhang and Stephens (2009), written out once more, with m = 30 + ⌊√n⌋ points and the weak prior of ten values at ½.
        double[] x = [.. Enumerable.Range(1, 40).Select(index => new ParetoTail(0.4, 1).Quantile((index - 0.5) / 40))];
        int m = 30 + 6;
        double quartile = x[9];
        double[] theta = [.. Enumerable.Range(1, m).Select(j => 1 / x[39] + (1 - Math.Sqrt(m / (j - 0.5))) / (3 * quartile))];
        double[] logProfile = [.. theta.Select(t =>
        {
            double k = -x.Average(value => Math.Log(1 - t * value));
            return 40 * (Math.Log(t / k) + k - 1);
        })];
        double[] weights = [.. logProfile.Select(own => 1 / logProfile.Sum(other => Math.Exp(other - own)))];
        double mean = theta.Zip(weights, (t, weight) => t * weight).Sum();
        double shape = x.Average(value => Math.Log(1 - mean * value));
        Assert.Equal((40 * shape + 5) / 50, ParetoTail.Fit(x).Shape, 1e-10);
        Assert.Equal(-shape / mean, ParetoTail.Fit(x).Scale, 1e-10);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.6)]
    public void Weights_with_a_known_tail_have_its_shape(double shape)
    {
        double mean = 0;
        for (int set = 0; set < 20; set++)
        {
            StreamRandom random = new(9, set);
            double[] logRatios = new double[20000];
            for (int index = 0; index < logRatios.Length; index++)
                logRatios[index] = -shape * Math.Log(1 - random.NextUniform());
            mean += ParetoSmoothing.Smooth(logRatios, 1) / 20;
            Assert.Equal(1, logRatios.Sum(Math.Exp), 1e-10);
        }
        Assert.InRange(mean, shape - 0.05, shape + 0.05);
    }

    [Fact]
    public void Equal_weights_stay_equal_and_have_no_tail()
    {
        double[] equal = new double[100];
        Assert.Equal(double.PositiveInfinity, ParetoSmoothing.Smooth(equal, 1));
        Assert.All(equal, value => Assert.Equal(-Math.Log(100), value, 1e-12));
    }

    [Fact]
    public void A_conjugate_model_is_left_one_out_exactly()
    {
        // y ~ N(mu, 1), flat prior: given the others, y_i is normal about their mean with variance 1 + 1/(n − 1).
        double[] y = [-1.4, 0.2, 0.9, 1.1, -0.3, 0.4, 2.1, -0.8, 0.05, 0.6];
        int n = y.Length;
        const int chains = 4;
        const int draws = 5000;
        double[] mu = new double[chains * draws];
        StreamRandom random = new(3, 0);
        for (int draw = 0; draw < mu.Length; draw++)
            mu[draw] = y.Average() + random.NextNormal() / Math.Sqrt(n);
        LeaveOneOut result = LeaveOneOut.Of(n, chains, draws, threads: 1, (index, values) =>
        {
            for (int draw = 0; draw < values.Length; draw++)
                values[draw] = LogNormal(y[index], mu[draw], 1);
        });
        for (int index = 0; index < n; index++)
        {
            double others = (y.Sum() - y[index]) / (n - 1);
            Assert.Equal(LogNormal(y[index], others, 1 + 1.0 / (n - 1)), result.Elpd[index], 0.02);
        }
        Assert.Equal(0, result.UnreliableCount);
        Assert.InRange(result.EffectiveParameters, 0.5, 1.5);
    }

    private static double LogNormal(double y, double mean, double variance) => -0.5 * (Math.Log(2 * Math.PI * variance) + (y - mean) * (y - mean) / variance);
}
