using IrtGpu.Data;
using IrtGpu.Reporting.Tables;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Estimation.Limits;

/// <summary>Items that are a step function of the ability: their slope has no limit, and the run ends all the same.</summary>
public sealed class SteepItemsTests
{
    /// <summary>One item says whether at least three of the others were solved.</summary>
    private static ResponseData Draw()
    {
        ResponseData data = SimulatedData.Dichotomous(400, 6).Draw();
        byte[] responses = new byte[data.PersonCount * data.ItemCount];
        for (int person = 0; person < data.PersonCount; person++)
        {
            Span<byte> row = responses.AsSpan(person * data.ItemCount, data.ItemCount);
            data.Row(person).CopyTo(row);
            row[5] = (byte)(row[..5].ToArray().Sum(response => response) >= 3 ? 1 : 0);
        }
        return new ResponseData
        {
            ItemNames = data.ItemNames,
            CategoryCodes = data.CategoryCodes,
            Responses = new(responses, data.ItemCount),
            PersonCount = data.PersonCount,
            GroupNames = data.GroupNames,
        };
    }

    [Fact]
    public void A_slope_without_limit_ends_the_run_and_spares_the_other_items()
    {
        using ResponseData data = Draw();
        CalibrationResult result = Calibration.Run(data, new ModelSpecification(), cancellation: TestContext.Current.CancellationToken);
        Assert.True(result.Termination.IsConverged, result.Termination.Message);
        string warning = Assert.Single(result.Warnings, text => text.Contains("ran off", StringComparison.Ordinal));
        Assert.Contains("a1 of 'q0006'", warning, StringComparison.Ordinal);
        Assert.Contains("--prior", warning, StringComparison.Ordinal);
        IReadOnlyList<ItemRow> rows = ItemTable.Build(result.Plan, result.Point.Parameters, result.StandardErrors);
        Assert.All(rows, row => Assert.Equal(row.Item == "q0006", row.StandardError is null));
        Assert.All(rows, row => Assert.Equal(row.Item == "q0006", row.Status == ParameterStatus.Bound));
    }

    [Fact]
    public void A_prior_gives_the_slope_a_limit()
    {
        using ResponseData data = Draw();
        ModelSpecification model = new() { Priors = [new ParameterPrior("q0006", "a1", PriorDistribution.LogNormal, 0, 0.5)] };
        CalibrationResult result = Calibration.Run(data, model, cancellation: TestContext.Current.CancellationToken);
        Assert.True(result.Termination.IsConverged, result.Termination.Message);
        Assert.Empty(result.StandardErrors.WithoutLimit);
        Assert.NotNull(result.StandardErrors.Covariance);
    }
}
