using IrtGpu.Data;
using IrtGpu.Reporting.Tables;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Linking;

public sealed class CollapsedClassTests
{
    /// <summary>Everyone is known to be in one of two classes, so nobody is left for the third.</summary>
    [Fact]
    public void A_class_without_members_is_reported_and_the_others_are_as_without_it()
    {
        ResponseData data = (SimulatedData.Dichotomous(600, 6) with { Classes = 2, KnownShare = 1 }).Draw();
        CalibrationOptions options = new() { Starts = 1, Tolerance = 1e-6 };
        CalibrationResult two = Calibration.Run(data, new ModelSpecification { ClassCount = 2 }, options, cancellation: TestContext.Current.CancellationToken);
        CalibrationResult three = Calibration.Run(data, new ModelSpecification { ClassCount = 3 }, options, cancellation: TestContext.Current.CancellationToken);
        string warning = Assert.Single(three.Warnings, text => text.Contains("has collapsed", StringComparison.Ordinal));
        Assert.Contains("class '3'", warning, StringComparison.Ordinal);
        Assert.Contains("lower --classes", warning, StringComparison.Ordinal);
        Assert.DoesNotContain(two.Warnings, text => text.Contains("has collapsed", StringComparison.Ordinal));
        Assert.Equal(two.LogLikelihood, three.LogLikelihood, 1e-3);
        IReadOnlyList<ItemRow> rows = ItemTable.Build(three.Plan, three.Point.Parameters, three.StandardErrors);
        Assert.All(rows.Where(row => row.Class == "3"), row => Assert.Null(row.StandardError));
        foreach (ItemRow row in ItemTable.Build(two.Plan, two.Point.Parameters, two.StandardErrors))
            Assert.Equal(row.StandardError!.Value, rows.Single(other => (other.Class, other.Item, other.Parameter) == (row.Class, row.Item, row.Parameter)).StandardError!.Value, 1e-3 * row.StandardError.Value);
    }
}
