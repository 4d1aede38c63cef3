using ILGPU.Runtime;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Tests.Devices;
using IrtGpu.Models;
using IrtGpu.Models.Functions;

namespace IrtGpu.Kernels.Tests.Items;

public sealed class GeneralizedPartialCreditTableTests(OpenDevices devices) : ItemTableTests<GeneralizedPartialCredit>(devices);

public sealed class GradedResponseTableTests(OpenDevices devices) : ItemTableTests<GradedResponse>(devices);

public sealed class SequentialResponseTableTests(OpenDevices devices) : ItemTableTests<SequentialResponse>(devices);

public sealed class GradedRatingScaleTableTests(OpenDevices devices) : ItemTableTests<GradedRatingScale>(devices);

public sealed class FourParameterLogisticTableTests(OpenDevices devices) : ItemTableTests<FourParameterLogistic>(devices);

public sealed class NominalResponseTableTests(OpenDevices devices) : ItemTableTests<NominalResponse>(devices);

public sealed class ItemTableCoverageTests
{
    [Fact]
    public void Every_response_function_has_its_class() => Assert.Equal(
        KernelAssembly.Models.Select(model => model.Name).Order(),
        typeof(ItemTableCoverageTests).Assembly.GetTypes().Select(type => type.BaseType)
            .Where(type => type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(ItemTableTests<>))
            .Select(type => type!.GenericTypeArguments[0].Name).Order());
}

/// <summary>Device, attributes, items, nodes: one cell alone, and numbers that are no multiples of a group.</summary>
public static class TableCases
{
    public static TheoryData<string, int, int, int> All
    {
        get
        {
            var cases = new TheoryData<string, int, int, int>();
            foreach (string device in TestDevices.Accelerators)
            {
                cases.Add(device, 1, 1, 1);
                cases.Add(device, 1, 9, 41);
                cases.Add(device, 2, 7, 35);
                cases.Add(device, 3, 5, 27);
            }

            return cases;
        }
    }
}

/// <summary>Item tables of one model: every device against the plain loop on the host.</summary>
public abstract class ItemTableTests<TModel>(OpenDevices devices) : IClassFixture<OpenDevices>
    where TModel : struct, IItemModel
{
    private const double Untouched = -7.0;

    /// <summary>Device compilers may fuse a multiplication and an addition: agreement to rounding, not to the bit.</summary>
    private const double DeviceTolerance = 1e-13;

    [Theory]
    [MemberData(nameof(TableCases.All), MemberType = typeof(TableCases))]
    public void A_devices_table_is_the_hosts(string device, int attributeCount, int itemCount, int nodeCount)
    {
        DeviceSession session = devices.Session(device);
        ItemBlock block = RandomItems.Draw<TModel>(itemCount, attributeCount, seed: 100 + attributeCount);
        double[] theta = RandomItems.DrawNodes(nodeCount, attributeCount, seed: 7);
        using var launcher = new ItemTableLauncher<TModel>(session.Accelerator, block);
        AssertAgrees(session, launcher, block, theta);
    }

    [Fact]
    public void Work_split_over_launches_gives_the_same_table()
    {
        DeviceSession session = devices.Session("ilgpu-cpu");
        ItemBlock block = RandomItems.Draw<TModel>(itemCount: 9, attributeCount: 2, seed: 3);
        double[] theta = RandomItems.DrawNodes(nodeCount: 5, attributeCount: 2, seed: 4);
        using var launcher = new ItemTableLauncher<TModel>(session.Accelerator, block, cellsPerLaunch: 11);
        AssertAgrees(session, launcher, block, theta);
    }

    [Fact]
    public void New_parameters_give_a_new_table()
    {
        DeviceSession session = devices.Session("ilgpu-cpu");
        ItemBlock block = RandomItems.Draw<TModel>(itemCount: 6, attributeCount: 1, seed: 5);
        double[] theta = RandomItems.DrawNodes(nodeCount: 15, attributeCount: 1, seed: 6);
        using var launcher = new ItemTableLauncher<TModel>(session.Accelerator, block);
        for (int index = 0; index < block.Slopes.Length; index++)
            block.Slopes[index] *= 1.5;
        foreach (ref double parameter in block.Shape.AsSpan())
            parameter += 0.25;
        launcher.UploadParameters();
        AssertAgrees(session, launcher, block, theta);
    }

    [Fact]
    public void A_table_too_short_and_nodes_in_part_are_refused()
    {
        DeviceSession session = devices.Session("ilgpu-cpu");
        ItemBlock block = RandomItems.Draw<TModel>(itemCount: 2, attributeCount: 2, seed: 1);
        using var launcher = new ItemTableLauncher<TModel>(session.Accelerator, block);
        using var nodes = session.Accelerator.Allocate1D<double>(6);
        using var table = session.Accelerator.Allocate1D<double>(3 * (RandomItems.RowCount(block) - 1) - 1);
        Assert.Throws<ArgumentException>("logProbability", () => launcher.Launch(nodes.View, table.View));
        Assert.Throws<ArgumentException>("theta", () => launcher.Launch(nodes.View.SubView(0, 5), table.View));
    }

    private static void AssertAgrees(DeviceSession session, ItemTableLauncher<TModel> launcher, ItemBlock block, double[] theta)
    {
        int rowCount = RandomItems.RowCount(block);
        double[] expected = RandomItems.HostTable<TModel>(block, theta, rowCount, Untouched);
        var start = new double[expected.Length];
        Array.Fill(start, Untouched);
        using var nodes = session.Accelerator.Allocate1D(theta);
        using var table = session.Accelerator.Allocate1D(start);
        launcher.Launch(nodes.View, table.View);
        double[] computed = table.GetAsArray1D();

        bool toTheBit = session.Accelerator.AcceleratorType == AcceleratorType.CPU;
        for (int cell = 0; cell < expected.Length; cell++)
        {
            Assert.True(double.IsFinite(expected[cell]));
            if (toTheBit)
                Assert.Equal(BitConverter.DoubleToInt64Bits(expected[cell]), BitConverter.DoubleToInt64Bits(computed[cell]));
            else
                Assert.InRange(Math.Abs(computed[cell] - expected[cell]), 0.0, DeviceTolerance * (1.0 + Math.Abs(expected[cell])));
        }
    }
}
