using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Foundation.Integration;
using IrtGpu.Items;
using IrtGpu.Models;
using IrtGpu.Planning;
using IrtGpu.Reporting.Tables;
using IrtGpu.Scoring;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.EStep;

/// <summary>
/// Every backend against the plain reference loops, on the full product of item function × dimensions × population ×
/// complete or missing × unit or fractional weights.
/// </summary>
/// <remarks>
/// Two further factors are spread over the product so that each of their values meets each value of every other factor:
/// fixed or moving nodes, and items equal or free between groups and classes. Expected counts are compared everywhere,
/// posteriors and scores in the quarter that has both missing answers and weights, since they share all but the last step.
/// </remarks>
public sealed class ProductConformanceTests(OpenDevices devices) : IClassFixture<OpenDevices>
{
    private static readonly Dictionary<string, ItemFunction[]> Functions = CreateFunctions();

    private static readonly (string Name, int Groups, int Classes, bool HasKnownClasses)[] Populations =
    [
        ("one group", 1, 1, false), ("3 groups", 3, 1, false), ("2 classes", 1, 2, false), ("2 groups by 2 classes, some known", 2, 2, true),
    ];

    public static TheoryData<string, string> DevicesAndFunctions => TestDevices.Each(TestDevices.Names, Functions.Keys);

    [Theory]
    [MemberData(nameof(DevicesAndFunctions))]
    public void Every_case_of_a_function_agrees_with_the_reference(string device, string function)
    {
        TestDevices.Require(device);
        List<string> failures = [];
        int count = 0;
        foreach ((string name, CalibrationCase problem) in Cases(function))
        {
            count++;
            try
            {
                AssertConforms(device, problem);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                failures.Add($"{name}: {exception.Message}");
            }
        }
        Assert.Equal(3 * Populations.Length * 2 * 2, count);
        Assert.True(failures.Count == 0, $"{failures.Count} of {count} cases on {device}:\n{string.Join('\n', failures)}");
    }

    [Fact]
    public void The_product_has_every_function_of_the_project() =>
        Assert.Equal(Enum.GetValues<ItemFunction>().Order(), Functions.Values.SelectMany(mixed => mixed).Distinct().Order());

    [Fact]
    public void The_spread_factors_meet_every_value_of_the_others()
    {
        foreach (string function in Functions.Keys)
        {
            CalibrationCase[] cases = [.. Cases(function).Select(pair => pair.Problem)];
            foreach (QuadratureRule rule in Enum.GetValues<QuadratureRule>())
            {
                CalibrationCase[] ofRule = [.. cases.Where(problem => problem.Rule == rule)];
                Assert.Equal([1, 2, 3], ofRule.Select(problem => problem.Attributes).Distinct().Order());
                Assert.Equal(Populations.Length, ofRule.Select(problem => (problem.Groups, problem.Classes)).Distinct().Count());
                Assert.Equal(4, ofRule.Select(problem => (problem.HasMissing, problem.HasWeights)).Distinct().Count());
                Assert.Equal(2, ofRule.Select(problem => problem.EqualAcrossGroups).Distinct().Count());
            }
        }
    }

    private static Dictionary<string, ItemFunction[]> CreateFunctions()
    {
        Dictionary<string, ItemFunction[]> functions = Enum.GetValues<ItemFunction>().ToDictionary(function => function.Name(), function => new[] { function });
        functions["mixed"] =
        [
            ItemFunction.TwoParameter, ItemFunction.Graded, ItemFunction.ThreeParameter, ItemFunction.Nominal, ItemFunction.GeneralizedPartialCredit,
            ItemFunction.Sequential,
        ];
        return functions;
    }

    private static IEnumerable<(string Name, CalibrationCase Problem)> Cases(string function)
    {
        for (int attributes = 1; attributes <= 3; attributes++)
        {
            for (int population = 0; population < Populations.Length; population++)
            {
                (string name, int groups, int classes, bool hasKnownClasses) = Populations[population];
                for (int data = 0; data < 4; data++)
                {
                    bool hasMissing = (data & 1) != 0;
                    bool hasWeights = (data & 2) != 0;
                    bool moves = (attributes + population + (hasMissing ? 1 : 0) + (hasWeights ? 1 : 0)) % 2 == 1;
                    bool isFree = (population + (hasMissing ? 1 : 0)) % 2 == 1;
                    yield return (
                        $"{attributes} dimensions, {name}, {(hasMissing ? "missing" : "complete")}, {(hasWeights ? "fractional" : "unit")} weights, {(moves ? "moving" : "fixed")} nodes, items {(isFree ? "partly free" : "equal")}",
                        new CalibrationCase
                        {
                            Functions = Functions[function],
                            Attributes = attributes,
                            Groups = groups,
                            Classes = classes,
                            HasKnownClasses = hasKnownClasses,
                            HasMissing = hasMissing,
                            HasWeights = hasWeights,
                            Persons = 21,
                            Items = function == "mixed" ? 6 : 5,
                            Nodes = attributes == 1 ? 6 : attributes == 2 ? 3 : 2,
                            Rule = moves ? QuadratureRule.GaussHermite : QuadratureRule.Rectangular,
                            EqualAcrossGroups = isFree ? "i0-i2" : "all",
                            EqualAcrossClasses = isFree ? "none" : "i1,i3",
                        });
                }
            }
        }
    }

    private void AssertConforms(string device, CalibrationCase problem)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = problem.Build();
        using ReferenceBackend reference = new(plan, patterns);
        using IComputeBackend backend = devices.Open(device, plan, patterns, memory => memory with { PatternTileCapacity = 16 });
        double tolerance = TestDevices.Tolerance(device);
        Expectation first = backend.ComputeExpectation(point);
        BackendComparison.AssertAgrees(plan, reference.ComputeExpectation(point), first, tolerance);
        backend.AssertSameBitsTwice(point);
        if (!problem.HasMissing || !problem.HasWeights)
            return;
        BackendComparison.AssertPosteriorsAgree(reference, backend, point, patterns.PatternCount, tolerance);
        BackendComparison.AssertScoresAgree(PatternScorer.Score(point, patterns.Groups, reference), PatternScorer.Score(point, patterns.Groups, backend), tolerance);
    }
}
