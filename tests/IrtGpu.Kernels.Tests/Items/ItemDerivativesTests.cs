using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Expectations.Host;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Items;
using IrtGpu.Kernels.Backend;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.Items;

/// <summary>Item derivatives reduced on the device against the host's sums over nodes.</summary>
public sealed class ItemDerivativesTests(OpenDevices devices) : IClassFixture<OpenDevices>
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
        ModelCase problem = new()
        {
            Functions = Mixed,
            Items = 9,
            Attributes = attributes,
            Nodes = attributes == 1 ? 41 : 4,
            Rule = rule,
            Groups = 2,
            Missing = 0.2,
            EqualAcrossGroups = "q0001-q0007",
        };
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = problem.Build();
        using IlgpuBackend backend = devices.Open(device, plan, patterns);
        Expectation counts = backend.ComputeExpectation(point);
        double[] slots = [.. point.Parameters.Slots.Select(value => 0.97 * value)]; // not where the counts were computed
        ItemEvaluation computed = counts.EvaluateAll(plan, slots, withDerivatives: true);
        ItemEvaluation values = counts.EvaluateAll(plan, slots, withDerivatives: false);
        double[][] atNodes = [.. Enumerable.Range(0, plan.Tables.Count).Select(table => counts.Counts(plan, table))];
        double tolerance = 10 * TestDevices.Tolerance(device);
        for (int set = 0; set < plan.ParameterSets.Count; set++)
        {
            ItemObjective objective = new(plan, set);
            int count = objective.Set.SlotCount;
            double[] gradient = new double[count];
            double[] hessian = new double[count * count];
            double value = objective.Derivatives(point, atNodes, null, slots.AsSpan(objective.Set.FirstSlot, count), gradient, hessian);
            double scale = patterns.TotalWeight;
            Assert.InRange(computed.Value[set], value - tolerance * scale, value + tolerance * scale);
            Assert.Equal(computed.Value[set], values.Value[set]);
            for (int k = 0; k < count; k++)
                Assert.InRange(computed.Gradient[set][k], gradient[k] - tolerance * scale, gradient[k] + tolerance * scale);
            for (int k = 0; k < count * count; k++)
                Assert.InRange(computed.Hessian[set][k], hessian[k] - tolerance * scale, hessian[k] + tolerance * scale);
        }
    }

    [Theory]
    [InlineData(QuadratureRule.Rectangular, false)]
    [InlineData(QuadratureRule.GaussHermite, false)]
    [InlineData(QuadratureRule.Rectangular, true)]
    public void An_expectation_stays_good_while_the_device_goes_on(QuadratureRule rule, bool isByScores)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = new ModelCase { Rule = rule, Groups = 2 }.Build();
        ModelPoint elsewhere = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, [.. point.Parameters.Free.Select(value => value + 0.1)]))!;
        double[] slots = [.. point.Parameters.Slots.Select(value => 0.97 * value)];
        using IlgpuBackend backend = isByScores ? devices.OpenByScores("ilgpu-cpu", plan, patterns) : devices.Open("ilgpu-cpu", plan, patterns);
        using Expectation first = backend.ComputeExpectation(point);
        ItemEvaluation onDevice = first.EvaluateAll(plan, slots, withDerivatives: true);
        double[][] totals = first.NodeTotals(plan);
        backend.Capabilities.TryScore(elsewhere);
        using Expectation second = backend.ComputeExpectation(elsewhere);
        Assert.NotEqual(totals, second.NodeTotals(plan));
        Assert.Equal(totals, first.NodeTotals(plan));
        ItemEvaluation atHome = first.EvaluateAll(plan, slots, withDerivatives: true);
        for (int set = 0; set < plan.ParameterSets.Count; set++)
            Closeness.AssertNear(onDevice.Gradient[set], atHome.Gradient[set], 1e-10);
    }

    [Fact]
    public void A_disposed_expectation_costs_no_copy_and_answers_no_more()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = new ModelCase().Build();
        using IlgpuBackend backend = devices.Open("ilgpu-cpu", plan, patterns);
        Expectation first = backend.ComputeExpectation(point);
        double logLikelihood = first.LogLikelihood;
        first.Dispose();
        long before = backend.Traffic.BytesDown;
        using Expectation second = backend.ComputeExpectation(point);
        Assert.InRange(backend.Traffic.BytesDown - before, 1, 8 * plan.NodeCount);
        Assert.Equal(logLikelihood, first.LogLikelihood);
        Assert.Throws<ObjectDisposedException>(() => first.EvaluateAll(plan, point.Parameters.Slots, withDerivatives: true));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_M_step_from_them_is_the_hosts(int iterations)
    {
        ModelCase problem = new() { Functions = [ItemFunction.Rasch, ItemFunction.Graded, ItemFunction.OneParameter], Items = 9, Persons = 200, Groups = 2 };
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = problem.Build();
        using ShardedBackend backend = new(plan, patterns, 2, (_, part) => devices.Open("ilgpu-cpu", plan, part));
        using ReferenceBackend reference = new(plan, patterns);
        double[] expected = new MStep(plan, iterations, threads: 2).Maximize(point, reference.ComputeExpectation(point)).Free;
        double[] actual = new MStep(plan, iterations, threads: 2).Maximize(point, backend.ComputeExpectation(point)).Free;
        for (int k = 0; k < expected.Length; k++)
            Assert.InRange(actual[k], expected[k] - 1e-9, expected[k] + 1e-9);
        Assert.NotEqual(point.Parameters.Free, actual);
    }
}
