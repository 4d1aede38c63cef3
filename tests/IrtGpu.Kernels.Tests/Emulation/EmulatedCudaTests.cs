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

    private static double[] Run(Action<Index1D, ArrayView<double>> kernel, int length, int threads)
    {
        Assert.SkipUnless(TestDevices.Accelerators.Contains("cuda") && TestDevices.Find("cuda").Description.StartsWith(EmulatedCuda.Name, StringComparison.Ordinal), "CUDA is not emulated here.");
        using DeviceSession session = TestDevices.OpenSession("cuda");
        using MemoryBuffer1D<double, Stride1D.Dense> buffer = session.Accelerator.Allocate1D<double>(length);
        session.Accelerator.LoadAutoGroupedStreamKernel(kernel)(threads, buffer.View);
        session.Accelerator.Synchronize();
        return buffer.GetAsArray1D();
    }
}
