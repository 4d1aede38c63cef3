using IrtGpu.Items;
using IrtGpu.Reporting.Tables;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.EStep;

/// <summary>Both forms on every device that is here against the reference on the product of item functions and what can surround them.</summary>
public sealed class ProductConformanceTests(OpenDevices devices) : IClassFixture<OpenDevices>
{
    public static TheoryData<string, string> DevicesAndFunctions => TestDevices.Each(Enum.GetValues<ItemFunction>().Select(function => function.Name()));

    [Theory]
    [MemberData(nameof(DevicesAndFunctions))]
    public void Every_case_of_a_function_agrees_with_the_reference(string device, string function)
    {
        Assert.True(ItemFunctions.TryParse(function, out ItemFunction parsed));
        Conformance.AssertProduct(devices.Engines(device), parsed);
    }

    [Theory]
    [MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Every_case_of_a_mixed_test_agrees_with_the_reference(string device) =>
        Conformance.AssertProduct(devices.Engines(device), Catalogue.MixedFunctions);
}
