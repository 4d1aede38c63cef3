using IrtGpu.Compute.Devices;

namespace IrtGpu.Tests.Compute.Devices;

public sealed class DeviceNameTests
{
    [Theory]
    [InlineData("auto", "auto", null, false)]
    [InlineData(" CPU ", "cpu", null, false)]
    [InlineData("reference", "reference", null, false)]
    [InlineData("cuda", "cuda", null, false)]
    [InlineData("Cuda:12", "cuda", 12, false)]
    [InlineData("opencl:all", "opencl", null, true)]
    [InlineData("ilgpu-cpu", "ilgpu-cpu", null, false)]
    public void A_name_is_a_kind_and_which_of_it(string text, string kind, int? number, bool isAll)
    {
        DeviceName name = DeviceName.TryParse(text)!;
        Assert.Equal((kind, number, isAll), (name.Kind, name.Number, name.IsAll));
        Assert.Equal(text.Trim().ToLowerInvariant(), name.ToString());
        Assert.Equal(name, DeviceName.TryParse(name.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":1")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:first")]
    [InlineData("cuda:1:2")]
    [InlineData("cpu:0")]
    [InlineData("auto:all")]
    public void What_is_neither_is_no_name(string text) => Assert.Null(DeviceName.TryParse(text));
}
