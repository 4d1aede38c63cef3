using IrtGpu.Compute;

namespace IrtGpu.Kernels.Tests;

public sealed class ProviderWithoutIlgpuTests
{
    [Theory]
    [InlineData("cuda")]
    [InlineData("cuda:all")]
    [InlineData("opencl")]
    [InlineData("ilgpu-cpu")]
    public void Every_device_is_refused_with_the_reason(string device)
    {
        CalibrationCase problem = new();
        CalibrationOptions options = new() { Device = device, Providers = [new AcceleratorProvider()] };
        DeviceNotAvailableException refusal = Assert.Throws<DeviceNotAvailableException>(
            () => Calibration.Run(problem.Data(), problem.Specification, options, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("-p:UseIlgpu=true", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_no_fast_device() => Assert.Null(new AcceleratorProvider().FindFastDevice());
}
