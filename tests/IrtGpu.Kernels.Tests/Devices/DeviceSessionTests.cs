using IrtGpu.Compute.Devices;
using IrtGpu.Kernels.Devices;

namespace IrtGpu.Kernels.Tests.Devices;

public sealed class DeviceSessionTests
{
    [Fact]
    public void The_cpu_accelerator_is_always_available_and_opens()
    {
        using DeviceSession session = TestDevices.OpenSession("ilgpu-cpu");
        Assert.True(session.Device.IsAvailable);
        Assert.Equal(ILGPU.Runtime.AcceleratorType.CPU, session.Accelerator.AcceleratorType);
    }

    [Theory]
    [InlineData("cuda")]
    [InlineData("opencl")]
    public void A_graphics_kind_opens_or_is_refused_with_the_catalogues_reason(string kind)
    {
        ComputeDevice device = TestDevices.Find(kind);
        if (device.IsAvailable)
        {
            using DeviceSession session = DeviceSession.Open(device);
            Assert.Same(device, session.Device);
        }
        else
        {
            DeviceNotAvailableException refusal = Assert.Throws<DeviceNotAvailableException>(() => TestDevices.Catalog.Require(DeviceName.OfKind(kind)));
            Assert.Contains(device.Reason, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_driver_is_named_where_it_is_missing()
    {
        foreach ((string kind, string library) in new[] { ("cuda", NativeLibraryNames.Cuda), ("opencl", NativeLibraryNames.OpenCl) })
        {
            Assert.Equal(!NativeLibraryNames.CanLoad(library), TestDevices.Find(kind).Reason.Contains(library, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("cuda", "libcuda.so.1")]
    [InlineData("libcuda.so", "libcuda.so.1")]
    [InlineData("OpenCL", "libOpenCL.so.1")]
    [InlineData("libOpenCL.so", "libOpenCL.so.1")]
    [InlineData("libcublas.so.12", "libcublas.so.13")]
    [InlineData("libcublas.so.10", "libcublas.so.13")]
    [InlineData("libc", null)]
    [InlineData("cudart", null)]
    public void Linux_libraries_are_also_sought_under_their_versioned_names(string requested, string? expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Versioned library names are a matter of Linux.");
        Assert.Equal(expected, NativeLibraryNames.VersionedName(requested));
    }
}
