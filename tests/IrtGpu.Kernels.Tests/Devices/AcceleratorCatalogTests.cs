using IrtGpu.Compute.Devices;
using IrtGpu.Kernels.Devices;

namespace IrtGpu.Kernels.Tests.Devices;

public sealed class AcceleratorCatalogTests
{
    private static readonly AcceleratorCatalog Catalog = TestDevices.Catalog;

    [Fact]
    public void Every_kind_is_listed_in_order_of_preference() =>
        Assert.Equal(AcceleratorCatalog.Kinds, Catalog.Devices.Select(device => device.Name.Kind).Distinct());

    [Fact]
    public void Names_are_unique() => Assert.Distinct(Catalog.Devices.Select(device => device.Name));

    [Fact]
    public void Drivers_are_asked_once() => Assert.Same(Catalog.Devices, Catalog.Devices);

    [Fact]
    public void What_is_not_available_says_why_and_what_is_says_what_it_is()
    {
        Assert.All(Catalog.Devices, device =>
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
    public void A_device_is_found_by_its_name()
    {
        Assert.All(Catalog.Devices.Where(device => device.Name.Number is not null || device.IsAvailable), device => Assert.Same(device, Catalog.Find(device.Name)));
    }

    [Fact]
    public void A_kind_alone_means_its_first_available_device()
    {
        foreach (string kind in AcceleratorCatalog.Kinds)
        {
            ComputeDevice[] ofKind = [.. Catalog.Devices.Where(device => device.Name.Kind == kind)];
            ComputeDevice expected = ofKind.FirstOrDefault(device => device.IsAvailable, ofKind[0]);
            Assert.Same(expected, Catalog.Find(DeviceName.OfKind(kind)));
        }
    }

    [Fact]
    public void All_of_a_kind_are_the_available_ones() =>
        Assert.Equal(["ilgpu-cpu"], Catalog.Require(DeviceName.TryParse("ilgpu-cpu:all")!).Select(device => device.Name.ToString()));

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:9999")]
    [InlineData("ilgpu")]
    public void A_device_that_is_not_here_is_not_found(string name) => Assert.Null(Catalog.Find(DeviceName.TryParse(name)!));
}
