using IrtGpu.Fit;
using IrtGpu.Fit.Information;
using IrtGpu.Tests.Scoring;

namespace IrtGpu.Tests.Fit;

/// <summary>Classification at cut scores against drawn persons who take the test twice, against plain sums, and at its limits.</summary>
public sealed class ClassificationTests
{
    private const int Persons = 400_000;
    private static readonly double[] Slopes = [0.8, 1.3, 1.7, 0.6, 1.1, 1.0, 1.4, 0.9];
    private static readonly double[] Intercepts = [0.5, -0.4, 1.2, -1.5, 0, 0.8, -0.9, 0.1];

    [Fact]
    public void Shares_are_those_of_persons_who_take_the_test_twice()
    {
        double[] cuts = [-0.6, 0.7];
        IReadOnlyList<ClassificationAgreement> rows = Evaluate(new CutScores(cuts, ClassificationMeasure.Theta)).Classification!;
        Assert.Equal(6, rows.Count);
        double[] sumCuts = [.. cuts.Select(cut => Math.Ceiling(ExpectedSum(cut)))];
        Random random = new(8);
        double[,] counts = new double[2, 5]; // [measure; right, too high, too low, alike, chance]
        double[,] shares = new double[2, 3];
        for (int person = 0; person < Persons; person++)
        {
            double theta = Normal(random);
            double error = 1 / Math.Sqrt(Information(theta));
            int own = cuts.Count(cut => theta >= cut);
            for (int measure = 0; measure < 2; measure++)
            {
                int Category() => measure == 0
                    ? Of(theta + error * Normal(random), cuts)
                    : Of(Enumerable.Range(0, Slopes.Length).Count(item => random.NextDouble() < P(item, theta)), sumCuts);
                int first = Category();
                counts[measure, first == own ? 0 : first > own ? 1 : 2]++;
                counts[measure, 3] += first == Category() ? 1 : 0;
                shares[measure, first]++;
            }
        }
        for (int measure = 0; measure < 2; measure++)
        {
            ClassificationAgreement all = rows.Single(row => row.Cut == -1 && (int)row.Measure == measure);
            Close(counts[measure, 0], all.Accuracy);
            Close(counts[measure, 1], all.FalsePositive);
            Close(counts[measure, 2], all.FalseNegative);
            Close(counts[measure, 3], all.Consistency);
            double chance = Enumerable.Range(0, 3).Sum(c => Math.Pow(shares[measure, c] / Persons, 2));
            Assert.Equal(chance, all.Chance, 0.004);
            Assert.Equal((all.Consistency - all.Chance) / (1 - all.Chance), all.Kappa, 1e-12);
        }

        static void Close(double count, double p) => Assert.InRange(count / Persons - p, -4 * Math.Sqrt(p * (1 - p) / Persons), 4 * Math.Sqrt(p * (1 - p) / Persons));
        static int Of(double value, double[] edges) => edges.Count(edge => value >= edge);
    }

    [Fact]
    public void One_cut_agrees_with_a_fine_plain_sum_to_many_places()
    {
        const double cut = 0.3;
        ClassificationAgreement[] rows = [.. Evaluate(new CutScores([cut], ClassificationMeasure.Theta)).Classification!];
        Assert.Equal(2, rows.Length);
        double sumCut = Math.Ceiling(ExpectedSum(cut));
        const double step = 1e-3;
        double[] accuracy = new double[2];
        double[] consistency = new double[2];
        double total = 0;
        for (double theta = cut - 9 + step / 2; theta < cut + 9; theta += step)
        {
            double density = Math.Exp(-0.5 * theta * theta);
            total += density;
            double[] patterns = [1]; // P(score), by plain convolution
            for (int item = 0; item < Slopes.Length; item++)
                patterns = [.. Enumerable.Range(0, patterns.Length + 1).Select(s => (s < patterns.Length ? patterns[s] * (1 - P(item, theta)) : 0) + (s > 0 ? patterns[s - 1] * P(item, theta) : 0))];
            double[] above = [MathNet.Numerics.Distributions.Normal.CDF(0, 1, (theta - cut) * Math.Sqrt(Information(theta))), patterns.Where((_, s) => s >= sumCut).Sum()];
            for (int measure = 0; measure < 2; measure++)
            {
                accuracy[measure] += density * (theta >= cut ? above[measure] : 1 - above[measure]);
                consistency[measure] += density * (above[measure] * above[measure] + (1 - above[measure]) * (1 - above[measure]));
            }
        }
        for (int measure = 0; measure < 2; measure++)
        {
            Assert.Equal(accuracy[measure] / total, rows[measure].Accuracy, 1e-6);
            Assert.Equal(consistency[measure] / total, rows[measure].Consistency, 1e-6);
            Assert.Equal(1, rows[measure].Accuracy + rows[measure].FalsePositive + rows[measure].FalseNegative, 1e-12);
            Assert.Equal(sumCut, rows[measure].ScoreCut);
        }
    }

    [Fact]
    public void A_cut_of_the_sum_is_the_same_cut_of_theta()
    {
        ClassificationAgreement[] bySum = [.. Evaluate(new CutScores([5], ClassificationMeasure.SumScore)).Classification!];
        Assert.Equal(5, ExpectedSum(bySum[0].ThetaCut), 1e-9);
        Assert.All(bySum, row => Assert.Equal(5, row.ScoreCut));
        ClassificationAgreement[] byTheta = [.. Evaluate(new CutScores([bySum[0].ThetaCut], ClassificationMeasure.Theta)).Classification!];
        Assert.Equal(bySum.Select(row => row.Consistency), byTheta.Select(row => row.Consistency));
    }

    [Fact]
    public void Cuts_out_of_reach_classify_everybody_alike_and_impossible_ones_are_named()
    {
        ClassificationAgreement far = Evaluate(new CutScores([40], ClassificationMeasure.Theta)).Classification![0];
        Assert.Equal(1, far.Accuracy, 1e-9);
        Assert.Equal(1, far.Consistency, 1e-9);
        FitReport impossible = Evaluate(new CutScores([9], ClassificationMeasure.SumScore));
        Assert.Empty(impossible.Classification!);
        Assert.Contains(impossible.Notes, note => note.Contains("sum score of 9 has no θ", StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(() => Evaluate(new CutScores([1, 0], ClassificationMeasure.Theta)));
        Assert.Throws<ArgumentException>(() => Evaluate(new CutScores([double.NaN], ClassificationMeasure.Theta)));
    }

    private static FitReport Evaluate(CutScores cuts)
    {
        FixedModel model = FixedModel.Create([.. Slopes.Select(slope => (double[])[slope])], Intercepts);
        return FitEvaluation.Run(
            new FitSource(model.Point, model.Patterns, () => model.Summaries, () => throw new InvalidOperationException()),
            new FitOptions { Statistics = new HashSet<FitStatistic>(), Cuts = cuts, Threads = 1 }, cancellation: TestContext.Current.CancellationToken);
    }

    private static double P(int item, double theta) => 1 / (1 + Math.Exp(-Slopes[item] * theta - Intercepts[item]));

    private static double ExpectedSum(double theta) => Enumerable.Range(0, Slopes.Length).Sum(item => P(item, theta));

    private static double Information(double theta) => Enumerable.Range(0, Slopes.Length).Sum(item => Slopes[item] * Slopes[item] * P(item, theta) * (1 - P(item, theta)));

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
