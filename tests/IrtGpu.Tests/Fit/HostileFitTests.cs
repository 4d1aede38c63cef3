using IrtGpu.Compute;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Fit;
using IrtGpu.Foundation.Progress;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Fit;

/// <summary>Where a statistic is not defined there is a reason, and nowhere a number that is none.</summary>
public sealed class HostileFitTests
{
    private static readonly Dictionary<string, ModelCase> Cases = new(StringComparer.Ordinal)
    {
        ["one item"] = Of() with { Items = 1 },
        ["two items"] = Of() with { Items = 2 },
        ["three persons"] = Of() with { Persons = 3 },
        ["most answers missing"] = Of() with { Missing = 0.8, Persons = 60 },
        ["persons known by class"] = Of() with { Classes = 2, KnownShare = 0.5 },
        ["groups with items of their own"] = Catalogue.Get("groups with items of their own"),
        ["two dimensions, groups, missing"] = Of() with { Attributes = 2, Groups = 2, Missing = 0.3, Nodes = 9 },
        ["items of twenty categories"] = Of() with { Functions = [ItemFunction.GeneralizedPartialCredit], Categories = [20, 2, 12], Items = 3, Persons = 100 },
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void There_is_a_number_or_a_reason(string name)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Cases[name].Build();
        AssertSound(plan, Evaluate(point, patterns));
    }

    [Fact]
    public void A_group_in_which_everybody_answers_alike_is_tested_without_noise_of_its_own()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = (Of() with { Groups = 2 }).Build();
        byte[] rows = [.. Enumerable.Range(0, patterns.PatternCount).SelectMany(pattern => patterns.Groups[pattern] == 0 ? patterns.Row(pattern).ToArray() : [1, 0, 1, 1, 0])];
        PatternTable alike = PatternTable.Compress(new ResponseData
        {
            ItemNames = plan.Shape.ItemNames,
            CategoryCodes = plan.Shape.CategoryCodes,
            Responses = new(rows, plan.ItemCount),
            PersonCount = patterns.PatternCount,
            GroupNames = plan.Shape.GroupNames,
            Groups = patterns.Groups,
        });
        FitReport report = Evaluate(point, alike);
        AssertSound(plan, report);
        Assert.All(report.Pairs!.Where(pair => pair.Group == 1), pair => Assert.True(double.IsNaN(pair.Q3)));
    }

    [Fact]
    public void With_classes_what_needs_one_curve_a_person_is_named()
    {
        (_, PatternTable patterns, ModelPoint point) = (Of() with { Classes = 2 }).Build();
        FitReport report = Evaluate(point, patterns);
        Assert.Null(report.Persons);
        Assert.Contains(report.Notes, note => note.StartsWith("Person fit", StringComparison.Ordinal));
        Assert.Contains(report.Notes, note => note.StartsWith("Q3", StringComparison.Ordinal));
        Assert.All(report.Items!, item => Assert.True(item.SumScores is not null && item.OverPosterior is not null && item.AtEap is null));
    }

    [Fact]
    public void Without_a_covariance_matrix_of_the_estimates_there_is_no_corrected_p_and_a_note()
    {
        (_, PatternTable patterns, ModelPoint point) = Of().Build();
        using ReferenceBackend backend = new(point.Plan, patterns);
        FitSource source = FitSource.Of(point, patterns, backend, 1, TestContext.Current.CancellationToken);
        FitReport report = FitEvaluation.Run(
            source with { Errors = () => new StandardErrors(StandardErrorMethod.None, null, double.NaN, "None were asked for.") },
            new FitOptions { Threads = 1 }, cancellation: TestContext.Current.CancellationToken);
        Assert.All(report.Items!, item => Assert.True(double.IsNaN(item.SumScores!.CorrectedP)));
        Assert.All(report.Pairs!, pair => Assert.True(double.IsNaN(pair.CorrectedP)));
        Assert.Contains(report.Notes, note => note.StartsWith("The corrected p of S-X²", StringComparison.Ordinal));
        Assert.Contains(report.Notes, note => note.StartsWith("The corrected p of LD-X²", StringComparison.Ordinal));
    }

    [Fact]
    public void An_interruption_keeps_what_was_finished()
    {
        (_, PatternTable patterns, ModelPoint point) = Of().Build();
        using CancellationTokenSource source = new();
        using ReferenceBackend backend = new(point.Plan, patterns);
        FitReport report = FitEvaluation.Run(
            FitSource.Of(point, patterns, backend, 1, source.Token), new FitOptions { Threads = 1 }, new Interruption(source, "pairs of items"), source.Token);
        Assert.True(report.IsInterrupted);
        Assert.NotNull(report.ModelFits);
        Assert.NotNull(report.Items);
        Assert.Null(report.Pairs);
        Assert.Null(report.Persons);
    }

    private static ModelCase Of() => new() { Items = 5, Persons = 200, Nodes = 21 };

    private static FitReport Evaluate(ModelPoint point, PatternTable patterns)
    {
        using ReferenceBackend backend = new(point.Plan, patterns);
        FitReport report = FitEvaluation.Run(
            FitSource.Of(point, patterns, backend, 2, TestContext.Current.CancellationToken), new FitOptions { Threads = 2 }, cancellation: TestContext.Current.CancellationToken);
        Assert.False(report.IsInterrupted);
        return report;
    }

    private static void AssertSound(CalibrationPlan plan, FitReport report)
    {
        Assert.All(report.ModelFits!, fit =>
        {
            Assert.Equal(double.IsNaN(fit.Statistic), fit.Reason is not null);
            Assert.Equal(double.IsNaN(fit.Cfi), fit.IndexReason is not null);
            Assert.True(fit.Reason is not null || (fit.P is >= 0 and <= 1 && fit.RmseaLower <= fit.RmseaUpper && fit.Df > 0));
        });
        Assert.All(report.Items!, item => Assert.True(item.SumScores is null || double.IsNaN(item.SumScores.Statistic) == item.SumScores.Reason is not null));
        Assert.All(report.Items!, item => Assert.True(item.SumScores is null || item.SumScores.Reason is not null || item.SumScores.P is >= 0 and <= 1));
        Assert.All(report.Items!, item => Assert.True(item.PlausibleValues is null || item.PlausibleValues.Reason is not null || (item.PlausibleValues.P is >= 0 and <= 1 && item.PlausibleValues.CorrectedP is not (< 0 or > 1))));
        Assert.All(report.Items!, item => Assert.False(double.IsInfinity(item.OverPosterior!.Outfit)));
        Assert.All(report.Pairs ?? [], pair => Assert.False(double.IsInfinity(pair.X2) || double.IsInfinity(pair.G2) || Math.Abs(pair.Q3) > 1 + 1e-9));
        if (report.Persons is { } persons)
            Assert.All(persons.Lz, value => Assert.False(double.IsInfinity(value)));
        using MemoryStream json = new();
        IrtGpu.Reporting.Tables.Fit.ModelFitDocument.Write(json, report);
        string text = System.Text.Encoding.UTF8.GetString(json.ToArray());
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
        Assert.Equal(plan.GroupCount > 1 && report.ModelFits!.Count > 1, text.Contains("\"groups\"", StringComparison.Ordinal));
    }

    private sealed class Interruption(CancellationTokenSource source, string at) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value)
        {
            if (value.What.Contains(at, StringComparison.Ordinal))
                source.Cancel();
        }
    }
}
