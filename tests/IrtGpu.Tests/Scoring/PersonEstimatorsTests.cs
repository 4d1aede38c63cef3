using System.Numerics;
using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Population;
using IrtGpu.Scoring;

namespace IrtGpu.Tests.Scoring;

/// <summary>Estimates against roots found by bisection and maxima found by dense search.</summary>
public sealed class PersonEstimatorsTests
{
    private static readonly double[] Difficulties = [-2.5, -1.1, -0.4, 0.3, 0.9, 1.6, 2.2];

    [Theory]
    [InlineData(1)]
    [InlineData(0.04)] // estimates of ±50 and beyond are as finite as others
    public void Every_rasch_score_but_the_extremes_has_its_maximum_likelihood_estimate(double slope)
    {
        FixedModel model = FixedModel.Create([.. Difficulties.Select(_ => new[] { slope })], Difficulties);
        PersonEstimates ml = model.Estimate(PointEstimator.MaximumLikelihood);
        PersonEstimates wle = model.Estimate(PointEstimator.WeightedLikelihood);
        PersonEstimates map = model.Estimate(PointEstimator.PosteriorMode);
        for (int answers = 0; answers < 1 << Difficulties.Length; answers++)
        {
            int pattern = model.PatternOf(answers);
            int right = BitOperations.PopCount((uint)answers);
            bool isExtreme = right == 0 || right == Difficulties.Length;
            double[] Probabilities(double theta) => [.. Difficulties.Select(d => 1 / (1 + Math.Exp(-(d + slope * theta))))];
            double Information(double theta) => slope * slope * Probabilities(theta).Sum(p => p * (1 - p));

            Assert.Equal(isExtreme ? right == 0 ? "-infinite" : "+infinite" : "", ml.Notes[pattern]);
            if (!isExtreme)
            {
                double root = Bisect(theta => right - Probabilities(theta).Sum());
                Assert.Equal(root, ml.Theta[pattern], 1e-9 * (1 + Math.Abs(root)));
                Assert.Equal(1 / Math.Sqrt(Information(root)), ml.StandardErrors[pattern], 1e-8 / slope);
            }
            double mode = Bisect(theta => slope * (right - Probabilities(theta).Sum()) - theta);
            Assert.Equal("", map.Notes[pattern]);
            Assert.Equal(mode, map.Theta[pattern], 1e-9);
            Assert.Equal(1 / Math.Sqrt(1 + Information(mode)), map.StandardErrors[pattern], 1e-9);

            // Warm's equation; in the Rasch model J / 2I has the closed form Σ p q (1 − 2p) / 2 Σ p q.
            double warm = Bisect(theta =>
            {
                double[] p = Probabilities(theta);
                return right - p.Sum() + p.Sum(x => x * (1 - x) * (1 - 2 * x)) / (2 * p.Sum(x => x * (1 - x)));
            }, reach: 30 / slope);
            Assert.Equal("", wle.Notes[pattern]);
            Assert.Equal(warm, wle.Theta[pattern], 1e-8 * (1 + Math.Abs(warm)));
        }
    }

    [Fact]
    public void With_asymptotes_the_highest_of_several_maxima_is_reported_and_infinity_only_where_it_is_higher()
    {
        double[] slopes = [2.5, 0.7, 1.8, 3, 1.2, 2.2, 0.9];
        FixedModel model = FixedModel.Create([.. slopes.Select(a => new[] { a })], Difficulties, guessing: 0.25);
        PersonEstimates ml = model.Estimate(PointEstimator.MaximumLikelihood);
        int finite = 0;
        for (int answers = 0; answers < 1 << Difficulties.Length; answers++)
        {
            double LogLikelihood(double theta) => Enumerable.Range(0, slopes.Length).Sum(item =>
            {
                double right = 0.25 + 0.75 / (1 + Math.Exp(-(Difficulties[item] + slopes[item] * theta)));
                return Math.Log(((answers >> item) & 1) == 1 ? right : 1 - right);
            });
            double best = Enumerable.Range(-6000, 12001).Max(k => LogLikelihood(k * 0.005));
            int pattern = model.PatternOf(answers);
            if (ml.Notes[pattern].Length == 0)
            {
                finite++;
                Assert.InRange(LogLikelihood(ml.Theta[pattern]), best - 1e-12, best + 1e-4);
                Assert.True(ml.StandardErrors[pattern] > 0);
            }
            else
            {
                double end = ml.Notes[pattern] == "+infinite" ? 1 : -1;
                Assert.True(LogLikelihood(end * 100) >= best - 1e-12, $"{answers}: {ml.Notes[pattern]}");
            }
        }
        Assert.InRange(finite, 20, 120);
    }

    [Fact]
    public void An_attribute_whose_items_are_all_right_leaves_the_estimate_of_the_other()
    {
        double[][] slopes = [[1, 0], [1.4, 0], [0.8, 0], [0, 1.1], [0, 1], [0, 1.7]];
        FixedModel model = FixedModel.Create(slopes, Difficulties[..6], correlation: 0.5);
        PersonEstimates ml = model.Estimate(PointEstimator.MaximumLikelihood);
        int pattern = model.PatternOf(0b010_111);
        Assert.Equal("t1: +infinite", ml.Notes[pattern]);
        Assert.True(double.IsNaN(ml.Theta[2 * pattern]));
        double root = Bisect(theta => Enumerable.Range(3, 3).Sum(item =>
            slopes[item][1] * ((item == 4 ? 1 : 0) - 1 / (1 + Math.Exp(-(Difficulties[item] + slopes[item][1] * theta))))));
        Assert.Equal(root, ml.Theta[2 * pattern + 1], 1e-9);

        PersonEstimates map = model.Estimate(PointEstimator.PosteriorMode);
        Assert.All(map.Notes, note => Assert.Equal("", note));
        // At the mode the gradient vanishes: Σ a (x − p) = Σ⁻¹ θ.
        double[] mode = [map.Theta[2 * pattern], map.Theta[2 * pattern + 1]];
        for (int j = 0; j < 2; j++)
        {
            double gradient = Enumerable.Range(0, 6).Sum(item =>
                slopes[item][j] * (((0b010_111 >> item) & 1) - 1 / (1 + Math.Exp(-(Difficulties[item] + slopes[item][0] * mode[0] + slopes[item][1] * mode[1])))));
            Assert.Equal((mode[j] - 0.5 * mode[1 - j]) / 0.75, gradient, 1e-9);
        }
    }

    [Fact]
    public void Items_that_measure_two_attributes_are_maximised_together()
    {
        double[][] slopes = [[1, 0.4], [1.4, 0], [0.8, 0.6], [0.3, 1.1], [0, 1], [0.7, 1.7], [1.2, -0.5]];
        FixedModel model = FixedModel.Create(slopes, Difficulties);
        PersonEstimates ml = model.Estimate(PointEstimator.MaximumLikelihood);
        int finite = 0;
        for (int answers = 0; answers < 1 << 7; answers++)
        {
            int pattern = model.PatternOf(answers);
            if (ml.Notes[pattern].Length > 0)
                continue;
            finite++;
            for (int j = 0; j < 2; j++)
            {
                double gradient = Enumerable.Range(0, 7).Sum(item =>
                    slopes[item][j] * (((answers >> item) & 1) - 1 / (1 + Math.Exp(-(Difficulties[item] + slopes[item][0] * ml.Theta[2 * pattern] + slopes[item][1] * ml.Theta[2 * pattern + 1])))));
                Assert.Equal(0, gradient, 1e-8);
            }
        }
        Assert.InRange(finite, 10, 120);
    }

    private static double Bisect(Func<double, double> falling, double reach = 1e4)
    {
        double low = -reach;
        double high = reach;
        for (int iteration = 0; iteration < 200; iteration++)
        {
            double middle = 0.5 * (low + high);
            if (falling(middle) > 0)
                low = middle;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>One item of the Rasch model and a prior N(δ, 1): the mode solves x − P(θ) = θ − δ.</summary>
    [Fact]
    public void The_mode_follows_the_mean_of_the_person()
    {
        FixedModel model = FixedModel.Create([[1]], [0]);
        double[] shifts = [0.8, -1.3];
        PatternTable patterns = model.Patterns.WithCovariateRows([0, 1]);
        ModelPoint point = model.Point.WithShifts(new MeanShifts(1, [shifts]));
        PersonEstimates modes = PersonEstimators.Estimate(point, patterns, model.Summaries, PointEstimator.PosteriorMode, 1, TestContext.Current.CancellationToken);
        for (int pattern = 0; pattern < 2; pattern++)
        {
            double theta = modes.Theta[pattern];
            double probability = 1 / (1 + Math.Exp(-theta));
            Assert.Equal(theta - shifts[pattern], patterns.Row(pattern)[0] - probability, 1e-10);
            Assert.Equal(1 / Math.Sqrt(1 + probability * (1 - probability)), modes.StandardErrors[pattern], 1e-10);
        }
    }
}
