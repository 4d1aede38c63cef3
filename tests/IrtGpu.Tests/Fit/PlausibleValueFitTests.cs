using IrtGpu.Data;
using IrtGpu.Fit;
using IrtGpu.Fit.Items;
using IrtGpu.Items;
using IrtGpu.Scoring;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Fit;

/// <summary>PV-Q1: by plain loops over the plausible values, under a model that holds, and under one that does not.</summary>
public sealed class PlausibleValueFitTests
{
    private const int Persons = 600;
    private const int Items = 6;

    [Fact]
    public void The_statistic_is_the_mean_of_Pearsons_over_the_draws()
    {
        CalibrationResult result = Calibrate(Answers(7, curve: null), StandardErrorMethod.Auto);
        FitOptions options = Options() with { Draws = 4, Seed = 11 };
        FitReport report = FitEvaluation.Run(FitSource.Of(result, TestContext.Current.CancellationToken), options, cancellation: TestContext.Current.CancellationToken);
        double[] values = PlausibleValues.Draw(result.Point, result.Patterns, result.Scores!, 11, 4, 1, TestContext.Current.CancellationToken);
        double[] sorted = [.. values.Order()];
        double[] cuts = [.. Enumerable.Range(1, 9).Select(cut => sorted[cut * sorted.Length / 10])];
        int item = 2; // of middle difficulty and moderate slope: at least five persons are expected in every cell
        double[] slots = result.Point.Parameters.Slots[result.Plan.ParameterSets[item].FirstSlot..][..2];
        double mean = 0;
        for (int draw = 0; draw < 4; draw++)
        {
            double[] right = new double[10];
            double[] due = new double[10];
            double[] persons = new double[10];
            for (int person = 0; person < Persons; person++)
            {
                double theta = values[person * 4 + draw];
                int range = cuts.Count(cut => theta >= cut);
                persons[range]++;
                right[range] += result.Patterns.Row(result.Patterns.PatternOfPerson[person])[item];
                due[range] += 1 / (1 + Math.Exp(-slots[0] * theta - slots[1]));
            }
            for (int range = 0; range < 10; range++)
                mean += Math.Pow(right[range] - due[range], 2) * (1 / due[range] + 1 / (persons[range] - due[range])) / 4;
            Assert.All(due, expected => Assert.True(expected >= 5));
        }
        ItemTest test = report.Items![item].PlausibleValues!;
        Assert.Equal(mean, test.Statistic, 1e-8);
        Assert.Equal(8, test.Df);
        Assert.Equal(Persons, test.Persons);
        Assert.InRange(test.CorrectedP, 1e-3, 1);
        FitReport again = FitEvaluation.Run(FitSource.Of(result, TestContext.Current.CancellationToken), options with { Threads = 3 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(report.Items, again.Items!);
        FitReport other = FitEvaluation.Run(FitSource.Of(result, TestContext.Current.CancellationToken), options with { Seed = 12 }, cancellation: TestContext.Current.CancellationToken);
        Assert.NotEqual(test.Statistic, other.Items![item].PlausibleValues!.Statistic);
    }

    [Fact]
    public void Under_the_model_the_corrected_p_is_uniform_and_the_plain_one_too_large()
    {
        const int dataSets = 80;
        double[][] corrected = new double[dataSets][];
        double[][] plain = new double[dataSets][];
        for (int set = 0; set < dataSets; set++)
        {
            IReadOnlyList<ItemFit> items = Report(Answers(100 + set, curve: null)).Items!;
            corrected[set] = [.. items.Select(item => item.PlausibleValues!.CorrectedP)];
            plain[set] = [.. items.Select(item => item.PlausibleValues!.P)];
        }
        double[] all = [.. corrected.SelectMany(p => p)];
        Assert.InRange(all.Count(p => p < 0.05) / (double)all.Length, 0.02, 0.085); // .05 ± 3.5 binomial SDs of 480
        Assert.InRange(all.Average(), 0.45, 0.55);
        Assert.InRange(all.Count(p => p < 0.5) / (double)all.Length, 0.42, 0.58);
        Assert.True(plain.SelectMany(p => p).Count(p => p < 0.05) < all.Count(p => p < 0.05));
    }

    [Fact]
    public void An_item_that_the_best_fail_again_is_found()
    {
        IReadOnlyList<ItemFit> items = Report(Answers(3, curve: theta => Math.Exp(-(theta - 0.3) * (theta - 0.3)), persons: 4000)).Items!;
        Assert.True(items[0].PlausibleValues!.CorrectedP < 1e-4);
        Assert.All(items.Skip(1), item => Assert.True(item.PlausibleValues!.CorrectedP > 1e-3));
    }

    [Fact]
    public void Weights_and_lost_covariances_are_named()
    {
        ResponseData data = Answers(5, curve: null, weight: 2);
        FitReport weighted = Report(data);
        Assert.All(weighted.Items!, item => Assert.Null(item.PlausibleValues));
        Assert.Contains(weighted.Notes, note => note.StartsWith("PV-Q1: With weights", StringComparison.Ordinal));
        FitReport without = FitEvaluation.Run(
            FitSource.Of(Calibrate(Answers(5, curve: null), StandardErrorMethod.None), TestContext.Current.CancellationToken), Options(), cancellation: TestContext.Current.CancellationToken);
        Assert.All(without.Items!, item => Assert.True(double.IsNaN(item.PlausibleValues!.CorrectedP) && item.PlausibleValues.P is > 0 and < 1));
        Assert.Contains(without.Notes, note => note.StartsWith("The corrected p of PV-Q1 needs", StringComparison.Ordinal));
    }

    private static FitOptions Options() => new() { Statistics = new HashSet<FitStatistic> { FitStatistic.PlausibleValues }, Threads = 1 };

    private static FitReport Report(ResponseData data) =>
        FitEvaluation.Run(FitSource.Of(Calibrate(data, StandardErrorMethod.Auto), TestContext.Current.CancellationToken), Options(), cancellation: TestContext.Current.CancellationToken);

    private static CalibrationResult Calibrate(ResponseData data, StandardErrorMethod method) => Calibration.Run(
        data, new ModelSpecification { Functions = [new("*", ItemFunction.TwoParameter)] }, new CalibrationOptions { Threads = 1, Device = "cpu", StandardErrors = method },
        cancellation: TestContext.Current.CancellationToken);

    /// <summary>Draws answers; the first item by a curve of its own where there is one.</summary>
    private static ResponseData Answers(int seed, Func<double, double>? curve, double weight = 1, int persons = Persons)
    {
        Random random = new(seed);
        byte[] rows = new byte[persons * Items];
        for (int person = 0; person < persons; person++)
        {
            double theta = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            for (int item = 0; item < Items; item++)
            {
                double p = item == 0 && curve is not null ? curve(theta) : 1 / (1 + Math.Exp(-(0.8 + 0.2 * (item % 3)) * (theta + 0.5 * (item - 2))));
                rows[person * Items + item] = (byte)(random.NextDouble() < p ? 1 : 0);
            }
        }
        return new ResponseData
        {
            ItemNames = [.. Enumerable.Range(1, Items).Select(item => FormattableString.Invariant($"q{item}"))],
            CategoryCodes = [.. Enumerable.Range(0, Items).Select(_ => (int[])[0, 1])],
            Responses = new(rows, Items),
            PersonCount = persons,
            GroupNames = [""],
            Weights = weight == 1 ? null : [.. Enumerable.Repeat(weight, persons)],
        };
    }
}
