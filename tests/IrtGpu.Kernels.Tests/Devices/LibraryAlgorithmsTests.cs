using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using IrtGpu.Kernels.Devices;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Tests.Devices;

/// <summary>What ILGPU.Algorithms is used for, and why not for more: the facts under decision 0004.</summary>
public sealed class LibraryAlgorithmsTests(OpenDevices devices) : IClassFixture<OpenDevices>
{
    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void A_scan_gives_the_sum_of_a_group_with_the_same_bits_every_time(string device)
    {
        DeviceSession session = devices.Session(device);
        Random random = new(1);
        double[] values = [.. Enumerable.Range(0, 1000).Select(_ => -20 * random.NextDouble())];
        using MemoryBuffer1D<double, Stride1D.Dense> input = session.Accelerator.Allocate1D(values);
        using MemoryBuffer1D<double, Stride1D.Dense> output = session.Accelerator.Allocate1D<double>(1);
        Action<KernelConfig, ArrayView<double>, ArrayView<double>> scan =
            session.Accelerator.LoadStreamKernel<ArrayView<double>, ArrayView<double>>(SumsOfGroups.Scan);
        HashSet<double> sums = [];
        for (int repeat = 0; repeat < 20; repeat++)
        {
            scan((1, Math.Min(64, session.Accelerator.MaxNumThreadsPerGroup)), input.View, output.View);
            sums.Add(output.GetAsArray1D()[0]);
        }
        Assert.Equal(values.Sum(), Assert.Single(sums), 1e-9);
    }

    [Fact]
    public void A_reduction_adds_in_order_of_arrival_and_a_scan_does_not()
    {
        Assert.Contains("\tred.", Compile(nameof(SumsOfGroups.Reduce)), StringComparison.Ordinal);
        string scan = Compile(nameof(SumsOfGroups.Scan));
        Assert.DoesNotContain("\tred.", scan, StringComparison.Ordinal);
        Assert.DoesNotContain("\tatom.", scan, StringComparison.Ordinal);
    }

    /// <summary>Seen: 848 and 715 lines against 80 and 82.</summary>
    [Fact]
    public void Exponential_and_logarithm_of_the_library_are_several_times_longer()
    {
        Assert.True(Lines(nameof(ComparedFunctions.LibraryExp)) > 5 * Lines(nameof(ComparedFunctions.OwnExp)));
        Assert.True(Lines(nameof(ComparedFunctions.LibraryLog)) > 5 * Lines(nameof(ComparedFunctions.OwnLog)));

        static int Lines(string function) =>
            KernelAssembly.InstructionCount(KernelAssembly.Compile(typeof(ComparedFunctions).GetMethod(function)!, CudaInstructionSet.ISA_80));
    }

    private static string Compile(string kernel) => KernelAssembly.Compile(typeof(SumsOfGroups).GetMethod(kernel)!, CudaInstructionSet.ISA_80);
}

/// <summary>A group adds numbers: each thread every so-many-th, then all threads by the library.</summary>
public static class SumsOfGroups
{
    public static void Reduce(ArrayView<double> values, ArrayView<double> sum)
    {
        double all = GroupExtensions.Reduce<double, AddDouble>(Own(values));
        if (Group.IsFirstThread)
            sum[0] = all;
    }

    public static void Scan(ArrayView<double> values, ArrayView<double> sum)
    {
        double all = GroupExtensions.InclusiveScan<double, AddDouble>(Own(values));
        if (Group.IdxX == Group.DimX - 1)
            sum[0] = all;
    }

    private static double Own(ArrayView<double> values)
    {
        double sum = 0.0;
        for (int k = Group.IdxX; k < values.IntLength; k += Group.DimX)
            sum += values[k];
        return sum;
    }
}

/// <summary>Functions of the library and of the item models.</summary>
public static class ComparedFunctions
{
    public static void LibraryExp(Index1D cell, ArrayView<double> values) => values[cell] = XMath.Exp(values[cell]);

    public static void OwnExp(Index1D cell, ArrayView<double> values) => values[cell] = Elementary.Exp(values[cell]);

    public static void LibraryLog(Index1D cell, ArrayView<double> values) => values[cell] = XMath.Log(values[cell]);

    public static void OwnLog(Index1D cell, ArrayView<double> values) => values[cell] = Elementary.Log(values[cell]);
}
