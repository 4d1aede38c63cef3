using IrtGpu.Scoring;

namespace IrtGpu.Tests.Scoring;

/// <summary>Plausible values against dense integrals of the posterior, within Monte-Carlo error.</summary>
public sealed class PlausibleValuesTests
{
    private const int Draws = 4000;

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    public void Draws_of_one_attribute_have_the_distribution_of_the_posterior(double guessing)
    {
        double[] slopes = [1.5, 0.8, 2.2, 1];
        double[] intercepts = [-1, 0, 0.5, 1.2];
        FixedModel model = FixedModel.Create([.. slopes.Select(a => new[] { a })], intercepts, guessing);
        double[] values = PlausibleValues.Draw(model.Point, model.Patterns, model.Summaries, seed: 3, Draws, threads: 2, TestContext.Current.CancellationToken);
        Assert.Equal(values, PlausibleValues.Draw(model.Point, model.Patterns, model.Summaries, seed: 3, Draws, threads: 1, TestContext.Current.CancellationToken));
        for (int person = 0; person < 16; person++)
        {
            double Density(double theta) => Math.Exp(-0.5 * theta * theta) * Enumerable.Range(0, 4).Aggregate(1.0, (product, item) =>
            {
                double right = guessing + (1 - guessing) / (1 + Math.Exp(-(intercepts[item] + slopes[item] * theta)));
                return product * (((person >> item) & 1) == 1 ? right : 1 - right);
            });
            double[] nodes = [.. Enumerable.Range(-8000, 16001).Select(k => k * 0.001 + 0.0005)];
            double total = nodes.Sum(Density);
            double mean = nodes.Sum(theta => theta * Density(theta)) / total;
            double variance = nodes.Sum(theta => (theta - mean) * (theta - mean) * Density(theta)) / total;
            ReadOnlySpan<double> drawn = values.AsSpan(person * Draws, Draws);
            Assert.Equal(Draws, drawn.ToArray().Distinct().Count());
            AssertWithinNoise(mean, drawn.ToArray().Average(), Math.Sqrt(variance / Draws));
            double drawnVariance = drawn.ToArray().Sum(value => (value - mean) * (value - mean)) / Draws;
            AssertWithinNoise(variance, drawnVariance, variance * Math.Sqrt(2.5 / Draws));
            foreach (double cut in new[] { -0.5, 0, 0.2, 0.4, 1 })
            {
                double share = nodes.Where(theta => theta > cut).Sum(Density) / total;
                AssertWithinNoise(share, drawn.ToArray().Count(value => value > cut) / (double)Draws, Math.Sqrt(share * (1 - share) / Draws));
            }
        }
    }

    [Fact]
    public void Draws_of_two_attributes_have_the_moments_of_the_posterior()
    {
        double[][] slopes = [[1.5, 0], [0.8, 0.9], [0, 2], [0, 1.1]];
        double[] intercepts = [-1, 0, 0.5, 1.2];
        FixedModel model = FixedModel.Create(slopes, intercepts, correlation: 0.6);
        double[] values = PlausibleValues.Draw(model.Point, model.Patterns, model.Summaries, seed: 5, Draws, cancellation: TestContext.Current.CancellationToken);
        foreach (int person in new[] { 0, 3, 6, 15 })
        {
            double total = 0;
            double[] moments = new double[5]; // x, y, x², y², xy
            for (double x = -6; x <= 6; x += 0.05)
            {
                for (double y = -6; y <= 6; y += 0.05)
                {
                    double density = Math.Exp(-0.5 * (x * x - 1.2 * x * y + y * y) / 0.64);
                    for (int item = 0; item < 4; item++)
                    {
                        double right = 1 / (1 + Math.Exp(-(intercepts[item] + slopes[item][0] * x + slopes[item][1] * y)));
                        density *= ((person >> item) & 1) == 1 ? right : 1 - right;
                    }
                    total += density;
                    double[] terms = [x, y, x * x, y * y, x * y];
                    for (int k = 0; k < 5; k++)
                        moments[k] += density * terms[k];
                }
            }
            double[] drawn = new double[5];
            for (int draw = 0; draw < Draws; draw++)
            {
                double x = values[(person * Draws + draw) * 2];
                double y = values[(person * Draws + draw) * 2 + 1];
                double[] terms = [x, y, x * x, y * y, x * y];
                for (int k = 0; k < 5; k++)
                    drawn[k] += terms[k] / Draws;
            }
            for (int k = 0; k < 5; k++)
                AssertWithinNoise(moments[k] / total, drawn[k], (k < 2 ? 1 : 2.5) / Math.Sqrt(Draws));
        }
    }

    /// <summary>Some 120 comparisons with fixed seeds: 4.5 standard errors are never reached by chance.</summary>
    private static void AssertWithinNoise(double expected, double actual, double standardError) =>
        Assert.InRange(actual, expected - 4.5 * standardError, expected + 4.5 * standardError);
}
