using IrtGpu.Fit;
using IrtGpu.Fit.Persons;
using IrtGpu.Scoring;
using IrtGpu.Tests.Scoring;

namespace IrtGpu.Tests.Fit;

/// <summary>l_z and l_z* of dichotomous items by the formulas of their papers.</summary>
public sealed class PersonFitTests
{
    private static readonly double[] Slopes = [0.8, 1.3, 1.7, 0.6, 1.1, 1.0];
    private static readonly double[] Intercepts = [0.5, -0.4, 1.2, -1.5, 0, 0.8];

    [Theory]
    [InlineData("wle", 0.2)]
    [InlineData("ml", 0)]
    [InlineData("map", 0)]
    public void Standardised_log_likelihoods_are_those_of_Snijders(string name, double guessing)
    {
        FixedModel model = FixedModel.Create([.. Slopes.Select(slope => (double[])[slope])], Intercepts, guessing);
        PersonEstimates estimates = model.Estimate(name switch
        {
            "wle" => PointEstimator.WeightedLikelihood,
            "ml" => PointEstimator.MaximumLikelihood,
            _ => PointEstimator.PosteriorMode,
        });
        FitReport report = FitEvaluation.Run(
            new FitSource(model.Point, model.Patterns, () => model.Summaries, () => throw new InvalidOperationException()),
            new FitOptions { Statistics = new HashSet<FitStatistic> { FitStatistic.Persons }, PersonEstimator = name, Threads = 1 }, cancellation: TestContext.Current.CancellationToken);
        PersonFit fit = report.Persons!;
        int tested = 0;
        for (int answers = 0; answers < 1 << Slopes.Length; answers++)
        {
            int pattern = model.PatternOf(answers);
            double theta = estimates.Theta[pattern];
            if (!double.IsFinite(theta))
            {
                Assert.True(double.IsNaN(fit.Lz[pattern]) && fit.Notes[pattern].Length > 0);
                continue;
            }
            (double lz, double star) = Expected(answers, theta, guessing, name);
            Assert.Equal(lz, fit.Lz[pattern], 1e-5 * (1 + Math.Abs(lz)));
            Assert.Equal(star, fit.LzStar[pattern], 1e-4 * (1 + Math.Abs(star)));
            tested++;
        }
        Assert.True(tested >= 62);
    }

    private static (double Lz, double Star) Expected(int answers, double theta, double guessing, string name)
    {
        double difference = 0;
        double variance = 0;
        double slopeOfWeights = 0;
        double information = 0;
        double warm = 0;
        double[] p = new double[Slopes.Length];
        double[] r = new double[Slopes.Length]; // P′/(P Q)
        double[] w = new double[Slopes.Length]; // log P/Q
        for (int i = 0; i < p.Length; i++)
        {
            double sigma = 1 / (1 + Math.Exp(-(Slopes[i] * theta + Intercepts[i])));
            p[i] = guessing + (1 - guessing) * sigma;
            double first = (1 - guessing) * Slopes[i] * sigma * (1 - sigma);
            double second = first * Slopes[i] * (1 - 2 * sigma);
            r[i] = first / (p[i] * (1 - p[i]));
            w[i] = Math.Log(p[i] / (1 - p[i]));
            difference += (((answers >> i) & 1) - p[i]) * w[i];
            variance += p[i] * (1 - p[i]) * w[i] * w[i];
            slopeOfWeights += first * w[i];
            information += first * r[i];
            warm += first * second / (p[i] * (1 - p[i]));
        }
        double c = slopeOfWeights / information;
        double root = name switch { "ml" => 0, "wle" => warm / (2 * information), _ => -theta };
        double corrected = 0;
        for (int i = 0; i < p.Length; i++)
            corrected += p[i] * (1 - p[i]) * (w[i] - c * r[i]) * (w[i] - c * r[i]);
        return (difference / Math.Sqrt(variance), (difference + c * root) / Math.Sqrt(corrected));
    }
}
