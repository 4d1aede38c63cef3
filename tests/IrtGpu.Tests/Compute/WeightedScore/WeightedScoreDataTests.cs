using IrtGpu.Compute;
using IrtGpu.Compute.Cpu;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Tests.Data;

namespace IrtGpu.Tests.Compute.WeightedScore;

/// <summary>The weighted-score form of the E-step on data of every shape: weights, known classes, strata in any order, rows on disk.</summary>
public sealed class WeightedScoreDataTests
{
    [Theory]
    [InlineData("2pl", 1, 1)]
    [InlineData("gpcm", 3, 1)]
    [InlineData("nominal", 2, 2)]
    public void Weights_of_0_and_fractions_count_as_they_stand(string function, int groups, int classes)
    {
        ResponseData data = WithWeights(WeightedScoreTests.Draw(function, groups, 0.4, 1500));
        AssertAgree(data, function, classes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Weights_by_category_are_the_observed_ones(int classes)
    {
        ResponseData data = WithWeights(WeightedScoreTests.Draw("gpcm", 2, 0.4, 1500));
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = WeightedScoreTests.Make(data, "gpcm", classes, moving: false);
        double[][] moments = Compute(plan, patterns, point).Weighted.ResponseMoments!;
        foreach ((PlannedItem item, int index) in plan.Items.Select((item, index) => (item, index)))
        {
            for (int category = 0; category < item.CategoryCount; category++)
            {
                double observed = Enumerable.Range(0, data.PersonCount).Where(person => data.Responses[person][index] == category).Sum(person => data.Weights![person]);
                Assert.Equal(observed, moments.Sum(table => table[2 * (item.FirstRow + category)]), 1e-9);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    public void Known_classes_are_kept(double booklets)
    {
        ResponseData drawn = WeightedScoreTests.Draw("2pl", 1, booklets, 1500);
        ResponseData data = WithWeights(drawn, [.. Enumerable.Range(0, 1500).Select(person => person % 5 - 1 is int known and < 2 ? known : -1)]);
        Assert.Contains(1, PatternTable.Compress(data).KnownClasses);
        AssertAgree(data, "2pl", classes: 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Lowest_and_highest_scores_lie_at_the_ends_of_the_grid(int classes)
    {
        const int items = 13; // two joint rows
        byte[] responses = [.. Enumerable.Repeat((byte)0, items), .. Enumerable.Repeat((byte)1, items), .. Enumerable.Range(0, items).Select(item => (byte)(item % 2))];
        ResponseData data = new()
        {
            ItemNames = [.. Enumerable.Range(1, items).Select(item => $"i{item}")],
            CategoryCodes = [.. Enumerable.Range(0, items).Select(int[] (_) => [0, 1])],
            Responses = new(responses, items),
            PersonCount = 3,
            Weights = [1000, 700, 1],
        };
        AssertAgree(data, "2pl", classes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Rows_on_disk_and_any_number_of_threads_give_the_same_bits(int classes)
    {
        ResponseData data = WithWeights(WeightedScoreTests.Draw("2pl", 2, 0.4, 17_000));
        using ResponseData onDisk = data.OnDisk(Path.GetTempPath());
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = WeightedScoreTests.Make(data, "2pl", classes, moving: false);
        PatternTable stored = PatternTable.Compress(onDisk);
        using CpuBackend one = new(plan, patterns, 1, EStepForm.WeightedScore);
        ExpectedCounts expected = one.ComputeExpectedCounts(point);
        foreach (int threads in (int[])[1, 2, 16])
        {
            using CpuBackend backend = new(plan, stored, threads, EStepForm.WeightedScore);
            for (int repeat = 0; repeat < 2; repeat++) // a backend's second E-step finds its sums cleared
            {
                ExpectedCounts actual = backend.ComputeExpectedCounts(point);
                Assert.Equal(expected.LogLikelihood, actual.LogLikelihood);
                Assert.Equal(expected.NodeTotals, actual.NodeTotals);
                Assert.Equal(expected.ResponseMoments, actual.ResponseMoments);
            }
        }
    }

    private static void AssertAgree(ResponseData data, string function, int classes)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = WeightedScoreTests.Make(data, function, classes, moving: false);
        (ExpectedCounts tables, ExpectedCounts weighted) = Compute(plan, patterns, point);
        WeightedScoreTests.AssertAgree(point, patterns.TotalWeight, tables, weighted);
    }

    private static (ExpectedCounts Tables, ExpectedCounts Weighted) Compute(CalibrationPlan plan, PatternTable patterns, ModelPoint point)
    {
        using CpuBackend tables = new(plan, patterns, 1, EStepForm.Tables);
        using CpuBackend weighted = new(plan, patterns, 2, EStepForm.WeightedScore);
        Assert.Equal(EStepForm.WeightedScore, weighted.Form);
        return (tables.ComputeExpectedCounts(point), weighted.ComputeExpectedCounts(point));
    }

    private static ResponseData WithWeights(ResponseData data, int[]? knownClasses = null) => data.With(
        weights: [.. Enumerable.Range(0, data.PersonCount).Select(person => person % 7 == 3 ? 0 : 0.25 * (person % 9 + 1))],
        knownClasses: knownClasses, classNames: knownClasses is null ? [] : ["c1", "c2"]);
}
