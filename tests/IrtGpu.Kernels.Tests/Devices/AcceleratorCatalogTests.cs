using IrtGpu.Kernels.Devices;

namespace IrtGpu.Kernels.Tests.Devices;

public sealed class AcceleratorCatalogTests
{
    private static readonly string[] Kinds = ["cuda", "opencl", "ilgpu-cpu"];

    [Fact]
    public void Every_kind_is_listed_in_order_of_preference()
    {
        IEnumerable<string> kinds = AcceleratorCatalog.List().Select(device => device.Name.Split(':')[0]).Distinct();
        Assert.Equal(Kinds, kinds);
    }

    [Fact]
    public void Names_are_unique() =>
        Assert.Distinct(AcceleratorCatalog.List().Select(device => device.Name));

    [Fact]
    public void What_is_not_available_says_why_and_what_is_says_what_it_is()
    {
        Assert.All(AcceleratorCatalog.List(), device =>
        {
            Assert.NotEmpty(device.Description);
            Assert.Equal(device.IsAvailable, device.Reason.Length == 0);
            if (!device.IsAvailable)
                return;
            Assert.True(device.SupportsDouble);
            Assert.True(device.MemoryBytes > 0);
            Assert.True(device.Multiprocessors > 0);
            Assert.NotEmpty(device.Driver);
        });
    }

    [Fact]
    public void A_device_is_found_by_its_name_in_any_case()
    {
        foreach (ComputeDevice device in AcceleratorCatalog.List())
            Assert.Equal(device.Name, AcceleratorCatalog.Find(device.Name.ToUpperInvariant())?.Name);
    }

    [Fact]
    public void A_kind_alone_means_its_first_available_device()
    {
        foreach (string kind in Kinds)
        {
            ComputeDevice[] ofKind = [.. AcceleratorCatalog.List().Where(device => device.Name.Split(':')[0] == kind)];
            ComputeDevice expected = ofKind.FirstOrDefault(device => device.IsAvailable, ofKind[0]);
            Assert.Equal(expected.Name, AcceleratorCatalog.Find(kind)?.Name);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cuda:9999")]
    [InlineData("ilgpu")]
    public void An_unknown_name_is_not_found(string name) => Assert.Null(AcceleratorCatalog.Find(name));
}
