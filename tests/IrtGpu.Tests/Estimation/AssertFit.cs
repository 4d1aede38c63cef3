using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Estimation;

/// <summary>Fits without what these tests do not look at, and comparisons of fits.</summary>
internal static class AssertFit
{
    public static readonly CalibrationOptions Tight = new() { Tolerance = 1e-9, MaxCycles = 5000 };

    public static CalibrationResult Run(ResponseData data, ModelSpecification specification, CalibrationOptions? options = null) => Calibration.Run(
        data, specification, (options ?? Tight) with { StandardErrors = StandardErrorMethod.None }, cancellation: TestContext.Current.CancellationToken);

    /// <summary>The value of an item parameter on the working scale.</summary>
    public static double Value(CalibrationResult result, string item, string name, int block = 0)
    {
        ItemParameterSet set = result.Plan.ParameterSets.Single(candidate => result.Plan.Items[candidate.Item].Name == item && candidate.Blocks.Contains(block));
        for (int slot = set.FirstSlot; slot < set.FirstSlot + set.SlotCount; slot++)
        {
            if (result.Plan.Layout.Slots[slot].Name == name)
                return result.Point.Parameters.Slots[slot];
        }
        throw new ArgumentException($"Item {item} has no {name}.");
    }

    public static double Mean(CalibrationResult result, int block, int attribute = 0) =>
        result.Point.Parameters.Slots[result.Plan.Blocks[block].FirstMeanSlot + attribute];

    public static double Covariance(CalibrationResult result, int block, int index = 0) =>
        result.Point.Parameters.Slots[result.Plan.Blocks[block].FirstCovarianceSlot + index];

    /// <summary>Same free parameters, one by one, to a bound on the reported scale.</summary>
    public static void Equal(CalibrationResult expected, CalibrationResult actual, double bound)
    {
        Assert.Equal(expected.FreeParameterCount, actual.FreeParameterCount);
        for (int index = 0; index < expected.FreeParameterCount; index++)
        {
            double left = Reported(expected, index);
            double right = Reported(actual, index);
            Assert.True(
                Math.Abs(left - right) <= bound,
                $"{SlotNames.Describe(expected.Plan, expected.Plan.Layout.RepresentativeSlot[index])}: {left:r} and {right:r}");
        }
    }

    /// <summary>Same item parameters by the items' names, whatever their order.</summary>
    public static void EqualItems(CalibrationResult expected, CalibrationResult actual, double bound)
    {
        foreach (ItemParameterSet set in expected.Plan.ParameterSets)
        {
            for (int slot = set.FirstSlot; slot < set.FirstSlot + set.SlotCount; slot++)
            {
                string item = expected.Plan.Items[set.Item].Name;
                string name = expected.Plan.Layout.Slots[slot].Name;
                double left = expected.Point.Parameters.Slots[slot];
                double right = Value(actual, item, name, set.Blocks[0]);
                Assert.True(left.Equals(right) || Math.Abs(left - right) <= bound, $"{name} of {item}: {left:r} and {right:r}");
            }
        }
    }

    private static double Reported(CalibrationResult result, int index)
    {
        double value = result.Point.Parameters.Free[index];
        return result.Plan.Layout.IsBoundedLogit[index] ? 1 / (1 + Math.Exp(-value)) : value;
    }
}
