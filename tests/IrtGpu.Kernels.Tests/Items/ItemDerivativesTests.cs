using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Estimation;
using IrtGpu.Foundation.Integration;
using IrtGpu.Items;
using IrtGpu.Kernels.EStep;
using IrtGpu.Models;
using IrtGpu.Planning;
using IrtGpu.Specification;

namespace IrtGpu.Kernels.Tests.Items;

/// <summary>Item derivatives reduced on the device against the host's sums over nodes.</summary>
public sealed class ItemDerivativesTests
{
    private static readonly ItemFunction[] Mixed =
        [ItemFunction.TwoParameter, ItemFunction.Graded, ItemFunction.FourParameter, ItemFunction.Nominal, ItemFunction.GeneralizedPartialCredit];

    public static TheoryData<string, int, QuadratureRule> Cases
    {
        get
        {
            TheoryData<string, int, QuadratureRule> data = [];
            foreach (string device in TestDevices.Accelerators)
            {
                for (int attributes = 1; attributes <= 3; attributes++)
                {
                    data.Add(device, attributes, QuadratureRule.Rectangular);
                    data.Add(device, attributes, QuadratureRule.GaussHermite);
                }
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void They_are_the_hosts(string device, int attributes, QuadratureRule rule)
    {
        CalibrationCase problem = new()
        {
            Functions = Mixed,
            Items = 9,
            Attributes = attributes,
            Nodes = attributes == 1 ? 41 : 4,
            Rule = rule,
            Groups = 2,
            HasMissing = true,
            EqualAcrossGroups = "i0-i6",
        };
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = problem.Build();
        using IlgpuBackend backend = TestDevices.OpenAccelerator(device, plan, patterns);
        ExpectedCounts counts = backend.ComputeExpectedCounts(point);
        Assert.True(backend.Holds(counts));
        double[] slots = [.. point.Parameters.Slots.Select(value => 0.97 * value)]; // not where the counts were computed
        ItemDerivatives computed = backend.ComputeItemDerivatives(slots, withDerivatives: true);
        ItemDerivatives values = backend.ComputeItemDerivatives(slots, withDerivatives: false);
        double tolerance = 10 * TestDevices.Tolerance(device);
        for (int set = 0; set < plan.ParameterSets.Count; set++)
        {
            ItemObjective objective = new(plan, set);
            int count = objective.Set.SlotCount;
            double[] gradient = new double[count];
            double[] hessian = new double[count * count];
            double value = objective.Derivatives(point, counts, slots.AsSpan(objective.Set.FirstSlot, count), gradient, hessian);
            double scale = patterns.TotalWeight;
            Assert.InRange(computed.Value[set], value - tolerance * scale, value + tolerance * scale);
            Assert.Equal(computed.Value[set], values.Value[set]);
            for (int k = 0; k < count; k++)
                Assert.InRange(computed.Gradient[set][k], gradient[k] - tolerance * scale, gradient[k] + tolerance * scale);
            for (int k = 0; k < count * count; k++)
                Assert.InRange(computed.Hessian[set][k], hessian[k] - tolerance * scale, hessian[k] + tolerance * scale);
        }
    }

    [Fact]
    public void Counts_are_held_until_something_else_is_computed()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = new CalibrationCase().Build();
        using IlgpuBackend backend = TestDevices.OpenAccelerator("ilgpu-cpu", plan, patterns);
        ExpectedCounts first = backend.ComputeExpectedCounts(point);
        ExpectedCounts second = backend.ComputeExpectedCounts(point);
        Assert.False(backend.Holds(first));
        Assert.True(backend.Holds(second));
        backend.TryComputeScores(point);
        Assert.False(backend.Holds(second));
        Assert.Throws<InvalidOperationException>(() => backend.ComputeItemDerivatives(point.Parameters.Slots, withDerivatives: true));
    }

    [Fact]
    public void Counts_of_node_tiles_are_not_held()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = new CalibrationCase { Nodes = 14 }.Build();
        using IlgpuBackend backend = TestDevices.OpenAccelerator("ilgpu-cpu", plan, patterns, memory => memory with { NodeTileWidth = 8 });
        Assert.False(backend.Holds(backend.ComputeExpectedCounts(point)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_M_step_from_them_is_the_hosts(int iterations)
    {
        CalibrationCase problem = new() { Functions = [ItemFunction.Rasch, ItemFunction.Graded, ItemFunction.OneParameter], Items = 9, Persons = 200, Groups = 2 };
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = problem.Build();
        using ShardedBackend backend = new(plan, patterns, 2, (_, part) => TestDevices.Open("ilgpu-cpu", plan, part));
        ExpectedCounts counts = backend.ComputeExpectedCounts(point);
        Assert.True(backend.Holds(counts));
        double[] expected = new MStep(plan, iterations, threads: 2).Maximize(point, counts).Free;
        double[] actual = new MStep(plan, iterations, threads: 2, backend).Maximize(point, counts).Free;
        for (int k = 0; k < expected.Length; k++)
            Assert.InRange(actual[k], expected[k] - 1e-9, expected[k] + 1e-9);
        Assert.NotEqual(point.Parameters.Free, actual);
    }
}
