using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Items;
using IrtGpu.Reporting.Documents;
using IrtGpu.Reporting.Tables;
using IrtGpu.Saved;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Estimation.Limits;

/// <summary>Categories that nobody gives among the persons for whom an item has parameters of its own.</summary>
public sealed class UnusedCategoryTests
{
    private const int CategoryCount = 5;
    private const int FreeItem = 2;
    private const string FreeName = "x3";
    private static readonly CalibrationOptions Options = new();

    public static TheoryData<ItemFunction, int[]> Cases
    {
        get
        {
            TheoryData<ItemFunction, int[]> cases = [];
            foreach (ItemFunction function in new[]
            {
                ItemFunction.Graded, ItemFunction.GeneralizedPartialCredit, ItemFunction.PartialCredit, ItemFunction.Nominal, ItemFunction.Sequential, ItemFunction.SequentialRasch,
            })
            {
                foreach (int[] unused in new int[][] { [4], [0], [1], [2], [1, 2], [3, 4], [0, 4], [2, 3, 4], [0, 1] })
                    cases.Add(function, unused);
            }
            return cases;
        }
    }

    /// <summary>
    /// The item has its own parameters in the second group, so that the model is that of another item there, of the categories that are used:
    /// the log-likelihood and what else is estimated are the same.
    /// </summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void The_fit_is_that_of_an_item_without_them(ItemFunction function, int[] unused)
    {
        using ResponseData sites = TestFiles.Read("Estimation/data/two-sites.csv", new ResponseReaderOptions { GroupColumn = "site" });
        using ResponseData data = Recode(sites, unused);
        int[] used = [.. Enumerable.Range(0, CategoryCount).Where(category => IsUsed(data, category))];
        ModelSpecification model = new() { Functions = [new FunctionAssignment("*", function)] };
        CalibrationResult free = Calibration.Run(data, model with { FreeItems = FreeName }, Options, cancellation: TestContext.Current.CancellationToken);
        using ResponseData splitData = Split(data, used);
        CalibrationResult split = Calibration.Run(
            splitData, function is ItemFunction.GeneralizedPartialCredit or ItemFunction.PartialCredit
                ? model with { CategoryScores = [new CategoryScores("other", [.. used.Select(code => (double)code)])] }
                : model,
            Options, cancellation: TestContext.Current.CancellationToken);

        Assert.True(free.Termination.IsConverged, free.Termination.Message);
        Assert.InRange(free.History.Count, 1, 60);
        Assert.Equal(split.LogLikelihood, free.LogLikelihood, 1e-3);
        IReadOnlyList<ItemRow> rows = ItemTable.Build(free.Plan, free.Point.Parameters, free.StandardErrors);
        foreach (ItemRow row in ItemTable.Build(split.Plan, split.Point.Parameters, split.StandardErrors).Where(row => row.Item != "other" && row.Status != ParameterStatus.Fixed))
        {
            ItemRow same = rows.Single(other => (other.Item, other.Parameter, other.Group) == (row.Item, row.Parameter, row.Group));
            Assert.Equal(row.Estimate, same.Estimate, 2e-3);
            Assert.Equal(row.StandardError!.Value, same.StandardError!.Value, 0.01 * row.StandardError.Value);
        }
        Assert.Contains(rows, row => row is { Item: FreeName, Group: "south", StandardError: null });
        Assert.Contains(free.Warnings, text => text.Contains($"of '{FreeName}' (group 'south')", StringComparison.Ordinal) || text.Contains("Thresholds of graded items that meet", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ItemFunction.Graded, -4874.125)] // independent maximisation over the same nodes
    [InlineData(ItemFunction.GeneralizedPartialCredit, -4871.964)]
    public void An_intercept_without_limit_is_marked_and_the_others_have_their_errors(ItemFunction function, double logLikelihood)
    {
        using ResponseData data = TestFiles.Read("Estimation/data/two-sites.csv", new ResponseReaderOptions { GroupColumn = "site" });
        ModelSpecification model = new() { Functions = [new FunctionAssignment("*", function)], FreeItems = FreeName };
        CalibrationResult result = Calibration.Run(data, model, Options, cancellation: TestContext.Current.CancellationToken);
        Assert.True(result.Termination.IsConverged, result.Termination.Message);
        Assert.Equal(logLikelihood, result.LogLikelihood, 2e-3);
        string warning = Assert.Single(result.Warnings, text => text.Contains("finite estimate", StringComparison.Ordinal));
        Assert.Contains("d4 of 'x3' (group 'south') (no answer 4 in 'south')", warning, StringComparison.Ordinal);
        Assert.Contains("--prior 'x3:d4:normal(0,3)'", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("max-cycles", string.Concat(result.Warnings), StringComparison.Ordinal);
        foreach (ItemRow row in ItemTable.Build(result.Plan, result.Point.Parameters, result.StandardErrors))
        {
            bool isMarked = row is { Item: FreeName, Group: "south", Parameter: "d4" };
            Assert.Equal(isMarked, row.Status == ParameterStatus.Bound);
            Assert.Equal(isMarked, row.StandardError is null);
        }

        CalibrationResult restrained = Calibration.Run(
            data, model with { Priors = [new ParameterPrior(FreeName, "d4", PriorDistribution.Normal, 0, 3)] }, Options, cancellation: TestContext.Current.CancellationToken);
        Assert.Empty(restrained.StandardErrors.WithoutLimit);
        Assert.DoesNotContain(restrained.Warnings, text => text.Contains("finite estimate", StringComparison.Ordinal));
    }

    [Fact]
    public void An_item_that_all_answer_alike_in_a_group_spares_the_others()
    {
        using ResponseData sites = TestFiles.Read("Estimation/data/two-sites.csv", new ResponseReaderOptions { GroupColumn = "site" });
        using ResponseData data = Recode(sites, [0, 1, 3, 4]);
        CalibrationResult result = Calibration.Run(
            data, new ModelSpecification { Functions = [new FunctionAssignment("*", ItemFunction.GeneralizedPartialCredit)], FreeItems = FreeName },
            Options, cancellation: TestContext.Current.CancellationToken);
        Assert.True(result.Termination.IsConverged, result.Termination.Message);
        foreach (ItemRow row in ItemTable.Build(result.Plan, result.Point.Parameters, result.StandardErrors))
            Assert.Equal(row is { Item: FreeName, Group: "south" }, row.StandardError is null);
    }

    [Fact]
    public void A_saved_fit_knows_which_thresholds_meet()
    {
        using ResponseData sites = TestFiles.Read("Estimation/data/two-sites.csv", new ResponseReaderOptions { GroupColumn = "site" });
        using ResponseData data = Recode(sites, [2]);
        CalibrationResult result = Calibration.Run(
            data, new ModelSpecification { Functions = [new FunctionAssignment("*", ItemFunction.Graded)], FreeItems = FreeName },
            Options with { StandardErrors = StandardErrorMethod.None }, cancellation: TestContext.Current.CancellationToken);
        string path = Path.GetTempFileName();
        try
        {
            using (FileStream stream = File.Create(path))
                SavedCalibration.Of(result, FitSummary.Of(result, 0)).Write(stream);
            Assert.Equal(result.Point.Parameters.Slots, SavedCalibration.Read(path).Parameters.Slots);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static bool IsUsed(ResponseData data, int category) =>
        Enumerable.Range(0, data.PersonCount).Any(person => data.Groups![person] == 1 && data.Row(person)[FreeItem] == category);

    /// <summary>Persons of the second group give the next category in place of an unused one.</summary>
    private static ResponseData Recode(ResponseData data, int[] unused)
    {
        byte[] responses = new byte[data.PersonCount * data.ItemCount];
        for (int person = 0; person < data.PersonCount; person++)
        {
            data.Row(person).CopyTo(responses.AsSpan(person * data.ItemCount));
            ref byte response = ref responses[person * data.ItemCount + FreeItem];
            while (data.Groups![person] == 1 && response != ResponseData.Missing && unused.Contains(response))
                response = (byte)((response + 1) % CategoryCount);
        }
        return Data(data, data.ItemNames, data.CategoryCodes, responses);
    }

    /// <summary>The item of the second group as an item of its own, with the used categories.</summary>
    private static ResponseData Split(ResponseData data, int[] used)
    {
        int width = data.ItemCount + 1;
        byte[] responses = new byte[data.PersonCount * width];
        for (int person = 0; person < data.PersonCount; person++)
        {
            Span<byte> row = responses.AsSpan(person * width, width);
            data.Row(person).CopyTo(row);
            row[^1] = ResponseData.Missing;
            if (data.Groups![person] != 1)
                continue;
            row[^1] = row[FreeItem] == ResponseData.Missing ? ResponseData.Missing : (byte)Array.IndexOf(used, row[FreeItem]);
            row[FreeItem] = ResponseData.Missing;
        }
        return Data(data, [.. data.ItemNames, "other"], [.. data.CategoryCodes, used], responses);
    }

    private static ResponseData Data(ResponseData data, string[] names, int[][] codes, byte[] responses) => new()
    {
        ItemNames = names,
        CategoryCodes = codes,
        Responses = new(responses, names.Length),
        PersonCount = data.PersonCount,
        GroupNames = data.GroupNames,
        Groups = data.Groups,
    };
}
