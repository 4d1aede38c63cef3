using IrtGpu.Items;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.EStep;

/// <summary>Both forms on every device that is here against the reference on the product of item functions and what can surround them.</summary>
/// <remarks>Kernels know response functions; which parameters are free or tied is the host's business, and so one item function of each family will do.</remarks>
public sealed class ProductConformanceTests(OpenDevices devices) : IClassFixture<OpenDevices>
{
    private static readonly ItemFunction[] OneOfEachFamily =
    [
        ItemFunction.GeneralizedPartialCredit, ItemFunction.Graded, ItemFunction.FourParameter, ItemFunction.Nominal, ItemFunction.Sequential, ItemFunction.GradedRatingScale,
    ];

    public static TheoryData<string, string> DevicesAndFunctions => TestDevices.Each(OneOfEachFamily.Select(function => function.Name()));

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

    [Fact]
    public void Every_family_has_its_function() => Assert.Equal(ItemFamily.All, OneOfEachFamily.Select(ItemFamily.Of));
}
