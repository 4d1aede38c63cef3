using IrtGpu.Differential.SumScores;
using IrtGpu.Inference.Testing;

namespace IrtGpu.Tests.Differential;

/// <summary>Tests by sum scores against textbook tables and plain code.</summary>
public sealed class SumScoreTests
{
    /// <summary>Admissions to six departments of UC Berkeley, 1973: Bickel, Hammel &amp; O'Connell (1975), Science 187, 398–404; R's data set UCBAdmissions.</summary>
    private static readonly double[] Admissions = // [department][male rejected, admitted, female rejected, admitted]
    [
        313, 512, 19, 89,
        207, 353, 8, 17,
        205, 120, 391, 202,
        279, 138, 244, 131,
        138, 53, 299, 94,
        351, 22, 317, 24,
    ];

    /// <summary>Job satisfaction by income and sex, General Social Survey 1991: Agresti (2002), Categorical Data Analysis, table 7.8.</summary>
    private static readonly double[] Satisfaction = // [sex][income, satisfaction]
    [
        1, 3, 11, 2, 2, 3, 17, 3, 0, 1, 8, 5, 0, 2, 4, 2,
        1, 1, 2, 1, 0, 3, 5, 1, 0, 0, 7, 3, 0, 1, 9, 6,
    ];

    [Fact]
    public void Mantel_Haenszel_is_that_of_the_textbooks()
    {
        MatchedCounts counts = new(2, 2, [0, 1, 2, 3, 4, 5], Admissions);
        (double statistic, int df) = MantelHaenszel.Test(counts, isNominal: false)!.Value;
        (double delta, double error) = MantelHaenszel.Delta(counts)!.Value;
        Assert.Equal(1, df);
        // R 4: mantelhaen.test(UCBAdmissions, correct = FALSE) has 1.5246; the common odds ratio 0.9046968 and its interval 0.7719074 to 1.0603298 are of men over women.
        Assert.Equal(1.5246, statistic, 5e-5);
        Assert.Equal(0.9046968, Math.Exp(-delta / 2.35), 5e-8);
        Assert.Equal(1.0603298, Math.Exp(-delta / 2.35 + 1.959963984540054 * error / 2.35), 5e-7);
    }

    [Fact]
    public void The_general_association_of_more_groups_and_categories_is_that_of_the_textbooks()
    {
        MatchedCounts counts = new(4, 4, [0, 1], Satisfaction);
        (double statistic, int df) = MantelHaenszel.Test(counts, isNominal: true)!.Value;
        Assert.Equal(9, df);
        Assert.Equal(10.2001, statistic, 5e-5); // Agresti (2002), p. 297
        Assert.Equal(0.3345, ChiSquareTail.Of(statistic, df), 5e-5);
    }

    [Fact]
    public void With_two_categories_Mantel_and_the_general_form_are_one()
    {
        MatchedCounts counts = new(2, 2, [0, 1, 2, 3, 4, 5], Admissions);
        Assert.Equal(MantelHaenszel.Test(counts, isNominal: true)!.Value.Statistic, MantelHaenszel.Test(counts, isNominal: false)!.Value.Statistic, 1e-12);
    }

    /// <summary>Mantel's statistic by its own formula: (Σ F − Σ E)² / Σ V.</summary>
    [Fact]
    public void Mantel_is_its_formula()
    {
        double[] cells = [3, 5, 2, 4, 4, 6, 7, 6, 1, 2, 5, 8, 0, 4, 9, 1, 3, 7];
        MatchedCounts counts = new(2, 3, [0, 1, 2], cells);
        double difference = 0;
        double variance = 0;
        for (int k = 0; k < 3; k++)
        {
            double[] reference = cells[(6 * k)..(6 * k + 3)];
            double[] focal = cells[(6 * k + 3)..(6 * k + 6)];
            double r = reference.Sum();
            double f = focal.Sum();
            double n = r + f;
            double sum = Enumerable.Range(0, 3).Sum(m => m * (reference[m] + focal[m]));
            double square = Enumerable.Range(0, 3).Sum(m => m * m * (reference[m] + focal[m]));
            difference += Enumerable.Range(0, 3).Sum(m => m * focal[m]) - f * sum / n;
            variance += r * f / (n * n * (n - 1)) * (n * square - sum * sum);
        }
        Assert.Equal(difference * difference / variance, MantelHaenszel.Test(counts, isNominal: false)!.Value.Statistic, 1e-12);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    public void Regressions_are_at_the_maximum_of_their_plainly_written_likelihood(int categories, int groups)
    {
        Random random = new(3);
        double[] scores = [0, 1, 2, 4, 5, 7];
        double[] cells = [.. Enumerable.Range(0, scores.Length * groups * categories).Select(_ => (double)random.Next(1, 20))];
        MatchedCounts counts = new(groups, categories, scores, cells);
        foreach ((bool hasGroup, bool hasProduct) in ((bool, bool)[])[(false, false), (true, false), (true, true)])
        {
            int size = categories - 1 + 1 + (hasGroup ? groups - 1 : 0) + (hasProduct ? groups - 1 : 0);
            double[] x = [.. Enumerable.Range(0, size).Select(k => k < categories - 1 ? 1.0 - k : 0)];
            double best = Plain(x);
            for (double step = 1; step > 1e-9; step /= 2) // pattern search: slow, and nothing in common with the regression
            {
                for (bool moved = true; moved;)
                {
                    moved = false;
                    for (int k = 0; k < size; k++)
                    {
                        foreach (double sign in (ReadOnlySpan<double>)[1, -1])
                        {
                            x[k] += sign * step;
                            if (Plain(x) is var value && value > best + 1e-13)
                                (best, moved) = (value, true);
                            else
                                x[k] -= sign * step;
                        }
                    }
                }
            }
            Assert.Equal(best, ScoreRegression.LogLikelihood(counts, hasGroup, hasProduct)!.Value, 1e-5);

            double Plain(double[] at)
            {
                double sum = 0;
                for (int stratum = 0; stratum < scores.Length; stratum++)
                {
                    for (int group = 0; group < groups; group++)
                    {
                        double score = scores[stratum] - 3;
                        double eta = at[categories - 1] * score;
                        if (hasGroup && group > 0)
                            eta += at[categories - 1 + group];
                        if (hasProduct && group > 0)
                            eta += at[categories - 1 + groups - 1 + group] * score;
                        double above = 1;
                        for (int category = 0; category < categories; category++)
                        {
                            double next = category == categories - 1 ? 0 : 1 / (1 + Math.Exp(-at[category] - eta));
                            if (!(above > next))
                                return double.NegativeInfinity;
                            sum += counts[stratum, group, category] * Math.Log(above - next);
                            above = next;
                        }
                    }
                }
                return sum;
            }
        }
    }

    [Fact]
    public void What_cannot_be_estimated_is_no_number()
    {
        Assert.Null(ScoreRegression.LogLikelihood(new MatchedCounts(2, 2, [0, 1], [5, 0, 6, 0, 0, 7, 0, 8]), true, true)); // the score tells the answer
        Assert.Null(ScoreRegression.LogLikelihood(new MatchedCounts(2, 2, [3], [5, 2, 6, 4]), false, false)); // one score
        Assert.Null(MantelHaenszel.Test(new MatchedCounts(2, 2, [0, 1], [5, 3, 0, 0, 0, 0, 4, 7]), false)); // no score has both groups
        Assert.Null(MantelHaenszel.Delta(new MatchedCounts(2, 2, [0], [5, 3, 4, 0])));
    }

    [Fact]
    public void Adjusted_p_values_are_those_of_Benjamini_and_Hochberg()
    {
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.8), "BH")
        double?[] adjusted = FalseDiscovery.Adjust([0.01, 0.04, null, 0.03, 0.005, 0.8]);
        double?[] expected = [0.025, 0.05, null, 0.05, 0.025, 0.8];
        for (int k = 0; k < expected.Length; k++)
        {
            Assert.Equal(expected[k] is null, adjusted[k] is null);
            Assert.Equal(expected[k] ?? 0, adjusted[k] ?? 0, 1e-12);
        }
    }
}
