using IrtGpu.Scoring;
using IrtGpu.Specification;
using IrtGpu.TestCases;
using IrtGpu.Tests.Estimation;

namespace IrtGpu.Tests.Scoring;

public sealed class ScoreSummaryTests
{
    private static CalibrationResult Fit(int classes) => Calibration.Run(
        (SimulatedData.Dichotomous(600, 12) with { Groups = 2, Classes = classes, Attributes = 2, HasWeights = true }).Draw(),
        new ModelSpecification
        {
            Attributes = ["x", "y"],
            QMatrix = (SimulatedData.Dichotomous(1, 12) with { Attributes = 2 }).QMatrix(),
            ClassCount = classes,
            Quadrature = new QuadratureSpecification(Nodes: 31),
        },
        new CalibrationOptions { StandardErrors = StandardErrorMethod.None, Starts = 1, MaxCycles = classes > 1 ? 15 : 5000, Tolerance = 1e-6 },
        cancellation: TestContext.Current.CancellationToken);

    [Fact]
    public void Moments_are_those_of_the_persons_scores()
    {
        CalibrationResult fit = Fit(1);
        IReadOnlyList<ScoreSummary> summaries = ScoreSummary.Of(fit.Plan, fit.Patterns, fit.Scores!);
        Assert.Equal(2, summaries.Count);
        for (int group = 0; group < 2; group++)
        {
            List<(double Weight, double X, double Y)> persons = [];
            for (int person = 0; person < fit.Data.PersonCount; person++)
            {
                int pattern = fit.Patterns.PatternOfPerson[person];
                if (fit.Data.Groups![person] == group)
                    persons.Add((fit.Data.Weights![person], fit.Scores!.Mean[2 * pattern], fit.Scores.Mean[2 * pattern + 1]));
            }
            double total = persons.Sum(p => p.Weight);
            double meanX = persons.Sum(p => p.Weight * p.X) / total;
            double meanY = persons.Sum(p => p.Weight * p.Y) / total;
            Assert.Equal(total, summaries[group].Weight, 1e-9);
            Assert.Equal(meanY, summaries[group].Mean[1], 1e-10);
            Assert.Equal(persons.Sum(p => p.Weight * (p.X - meanX) * (p.X - meanX)) / total, summaries[group].Variance(0), 1e-10);
            Assert.Equal(persons.Sum(p => p.Weight * (p.X - meanX) * (p.Y - meanY)) / total, summaries[group].Covariance[1], 1e-10);
            Assert.InRange(summaries[group].Reliability(0), 0.2, 0.9);
        }
    }

    /// <summary>At the maximum, a free mean and variance are the posterior moments: between persons plus within.</summary>
    [Fact]
    public void Variance_of_scores_and_posterior_variance_add_up_to_a_free_population_variance()
    {
        CalibrationResult fit = Fit(1);
        Assert.True(fit.Termination.IsConverged, fit.Termination.Message);
        ScoreSummary second = ScoreSummary.Of(fit.Plan, fit.Patterns, fit.Scores!)[1];
        for (int j = 0; j < 2; j++)
        {
            Assert.Equal(AssertFit.Mean(fit, 1, j), second.Mean[j], 1e-3);
            Assert.Equal(AssertFit.Covariance(fit, 1, j * (j + 1) / 2 + j), second.Variance(j) + second.PosteriorVariance[j], 1e-3);
        }
    }

    [Fact]
    public void Classes_divide_the_group()
    {
        CalibrationResult fit = Fit(2);
        IReadOnlyList<ScoreSummary> summaries = ScoreSummary.Of(fit.Plan, fit.Patterns, fit.Scores!);
        Assert.Equal([(0, -1), (0, 0), (0, 1), (1, -1), (1, 0), (1, 1)], summaries.Select(summary => (summary.Group, summary.Class)));
        for (int group = 0; group < 2; group++)
        {
            ScoreSummary all = summaries[3 * group];
            ScoreSummary first = summaries[3 * group + 1];
            ScoreSummary second = summaries[3 * group + 2];
            Assert.Equal(all.Weight, first.Weight + second.Weight, 1e-8);
            Assert.Equal(all.Weight * all.Mean[0], first.Weight * first.Mean[0] + second.Weight * second.Mean[0], 1e-8);
        }
    }
}
