using IrtGpu.Kernels;

namespace IrtGpu.Kernels.Tests;

public sealed class CatalogWithoutIlgpuTests
{
    [Fact]
    public void Every_kind_is_missing_because_the_build_has_no_ilgpu()
    {
        Assert.All(AcceleratorCatalog.List(), device =>
        {
            Assert.False(device.IsAvailable);
            Assert.Contains("ILGPU was not found in any NuGet source", device.Reason, StringComparison.Ordinal);
            Assert.Contains("-p:UseIlgpu=true", device.Reason, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_kernels_assembly_does_not_refer_to_ilgpu() =>
        Assert.DoesNotContain(typeof(AcceleratorCatalog).Assembly.GetReferencedAssemblies(), name => name.Name!.StartsWith("ILGPU", StringComparison.Ordinal));

    [Fact(Skip = "ILGPU was not found in any NuGet source: this build has no kernels.")]
    public void Kernels_agree_with_the_host() => Assert.Fail("There are no kernels to run in this build.");
}
