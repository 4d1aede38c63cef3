using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Kernels.Devices;

namespace IrtGpu.Kernels.Tests.Emulation;

/// <summary>That the emulated driver sees what it is there to see.</summary>
public sealed class EmulatedCudaTests
{
    [Fact]
    public void A_kernel_computes_what_it_computes_on_the_host()
    {
        double[] values = Run(static (index, view) => view[index] = 3.0 * index.X + 0.5, length: 70, threads: 70);
        Assert.Equal(Enumerable.Range(0, 70).Select(k => 3.0 * k + 0.5), values);
    }

    [Fact]
    public void What_was_not_written_is_no_number() => Assert.All(Run(static (index, view) => { }, length: 5, threads: 1), value => Assert.True(double.IsNaN(value)));

    [Fact]
    public void An_index_beyond_the_memory_ends_the_launch() =>
        Assert.ThrowsAny<Exception>(() => Run(static (index, view) => view[index.X + 1_000_000] = 1.0, length: 64, threads: 64));

    [Theory]
    [InlineData("cuda:0", 0.0)]
    [InlineData("cuda:1", 8.673617379884035e-19)] // 2^−60
    public void One_device_rounds_a_product_before_it_is_added_and_the_other_does_not(string device, double expected) => Assert.Equal(
        expected,
        Run(static (index, view) =>
        {
            double x = 1.0 + (index.X + 1) * 9.313225746154785e-10; // 1 + 2^−30
            view[index] = x * x - (1.0 + (index.X + 1) * 1.862645149230957e-9);
        }, length: 1, threads: 1, device)[0]);

    [Fact]
    public void Lanes_that_part_ways_meet_again()
    {
        double[] values = Run(static (index, view) =>
        {
            double sum = 0.0;
            for (int k = 0; k < index.X % 5; k++)
                sum += (index.X & 1) == 0 ? 1.0 : 10.0;
            view[index] = sum;
        }, length: 64, threads: 64);
        Assert.Equal(Enumerable.Range(0, 64).Select(k => k % 5 * (k % 2 == 0 ? 1.0 : 10.0)), values);
    }

    private static double[] Run(Action<Index1D, ArrayView<double>> kernel, int length, int threads, string device = "cuda:0")
    {
        Assert.SkipUnless(TestDevices.CudaDevices.Length > 0 && TestDevices.Find("cuda").Description.StartsWith(EmulatedCuda.Name, StringComparison.Ordinal), "CUDA is not emulated here.");
        using DeviceSession session = TestDevices.OpenSession(device);
        using MemoryBuffer1D<double, Stride1D.Dense> buffer = session.Accelerator.Allocate1D<double>(length);
        session.Accelerator.LoadAutoGroupedStreamKernel(kernel)(threads, buffer.View);
        session.Accelerator.Synchronize();
        return buffer.GetAsArray1D();
    }
}
