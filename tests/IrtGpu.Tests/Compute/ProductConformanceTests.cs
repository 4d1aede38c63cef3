using IrtGpu.Items;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Compute;

/// <summary>Every form of the CPU's E-step against the reference on the product of item functions and what can surround them.</summary>
public sealed class ProductConformanceTests
{
    public static TheoryData<ItemFunction> Functions => [.. Enum.GetValues<ItemFunction>()];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Every_case_of_a_function_agrees_with_the_reference(ItemFunction function) => Conformance.AssertProduct(CpuEngines.All, function);

    [Fact]
    public void Every_case_of_a_mixed_test_agrees_with_the_reference() => Conformance.AssertProduct(CpuEngines.All, Catalogue.MixedFunctions);

    [Fact]
    public void The_spread_factors_meet_every_value_of_the_others()
    {
        ModelCase[] cases = [.. Catalogue.Product(ItemFunction.Graded).Select(pair => pair.Case)];
        Assert.Equal(48, cases.Distinct().Count());
        Func<ModelCase, object>[] factors =
        [
            problem => problem.Attributes, problem => (problem.Groups, problem.Classes), problem => problem.Missing, problem => problem.HasWeights,
            problem => problem.Rule, problem => problem.EqualAcrossGroups, problem => problem.HasCrossLoadings,
        ];
        for (int one = 0; one < factors.Length; one++)
        {
            for (int other = 0; other < one; other++)
            {
                bool isLine = (one, other) is (6, 0); // on a line nothing crosses
                Assert.Equal(
                    cases.Select(factors[one]).Distinct().Count() * cases.Select(factors[other]).Distinct().Count() - (isLine ? 1 : 0),
                    cases.Select(problem => (factors[one](problem), factors[other](problem))).Distinct().Count());
            }
        }
    }
}
