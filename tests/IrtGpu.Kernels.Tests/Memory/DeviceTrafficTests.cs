using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Kernels.Backend;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.Memory;

/// <summary>What moves between host and device, as the backend counts it.</summary>
public sealed class DeviceTrafficTests(OpenDevices devices) : IClassFixture<OpenDevices>
{
    [Fact]
    public void An_E_step_of_a_resident_run_moves_parameters_up_and_moments_down_whatever_the_number_of_patterns_and_nodes()
    {
        DeviceTraffic few = Cycle(new ModelCase { Persons = 30 }, out _, out MemoryPlan fewer);
        DeviceTraffic many = Cycle(new ModelCase { Persons = 90, Nodes = 101 }, out CalibrationPlan plan, out MemoryPlan memory);
        Assert.True(memory.Size.PatternCount > 2 * fewer.Size.PatternCount);
        Assert.Equal(few.BytesUp, many.BytesUp);
        Assert.Equal(few.BytesDown, many.BytesDown);

        long parameters = plan.ItemCount * (plan.AttributeCount + 1L); // a slope an attribute and one intercept
        Assert.Equal(8 * (parameters + PopulationNumbers(plan)), few.BytesUp);
        Assert.Equal(8 * (plan.Blocks.Count * 3 + 1), few.BytesDown); // weight, mean, second moment; log-likelihood
        Assert.Equal((2, 1), (many.CopiesUp, many.CopiesDown)); // the host waits once
    }

    [Fact]
    public void The_launches_of_a_cycle_are_those_of_tables_and_tiles()
    {
        DeviceTraffic whole = Cycle(new ModelCase { Persons = 40 }, out _, out _);
        DeviceTraffic tiled = Cycle(new ModelCase { Persons = 40 }, out _, out MemoryPlan memory, plan => plan with { PatternTileCapacity = 10 });
        const int PerTile = 7; // joint, exponentiate, merge, normalise, scale, counts of one class, log-likelihood
        Assert.InRange(memory.Size.PatternCount, 31, 40); // four tiles of ten
        Assert.Equal(2 + PerTile + 1, whole.Launches); // populations and item tables first, moments of populations last
        Assert.Equal(2 + 4 * PerTile + 1, tiled.Launches);
    }

    [Fact]
    public void An_M_step_asks_twice_for_all_items_and_waits_twice()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = new ModelCase { Items = 20, Nodes = 61 }.Build();
        using IlgpuBackend backend = devices.Open("ilgpu-cpu", plan, patterns);
        using Expectation expectation = backend.ComputeExpectation(point);
        DeviceTraffic before = backend.Traffic;
        new MStep(plan, iterations: 1, threads: 1).Maximize(point, expectation);
        DeviceTraffic traffic = backend.Traffic - before;
        Assert.Equal(2 * 2, traffic.Launches); // derivatives where the step begins, then values where it leads: runs of nodes, their sums
        Assert.Equal((2, 2), (traffic.CopiesUp, traffic.CopiesDown));
        Assert.Equal(2 * 8 * plan.ItemCount * 2L, traffic.BytesUp); // a slope and an intercept
        Assert.Equal(8 * plan.ItemCount * (6 + 1L), traffic.BytesDown); // value, gradient and Hessian; value
    }

    [Fact]
    public void Moving_nodes_are_moved_on_the_device()
    {
        ModelCase moving = new() { Rule = QuadratureRule.GaussHermite, Attributes = 2, Groups = 2, Nodes = 5 };
        DeviceTraffic traffic = Cycle(moving, out CalibrationPlan plan, out _);
        Assert.Equal(8 * (2 * plan.ItemCount * 3L + PopulationNumbers(plan)), traffic.BytesUp); // a table a group
    }

    [Fact]
    public void A_streamed_run_moves_its_responses_up_every_cycle()
    {
        DeviceTraffic resident = Cycle(new ModelCase(), out _, out _);
        DeviceTraffic streamed = Cycle(new ModelCase(), out _, out MemoryPlan memory, plan => plan with { IsResident = false, PatternTileCapacity = 10 });
        Assert.Equal(memory.Size.PatternCount * (4 * memory.Size.WordCount + 12), streamed.BytesUp - resident.BytesUp);
        Assert.Equal(resident.BytesDown, streamed.BytesDown);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_cycle_by_weighted_scores_moves_scores_up_and_moments_down(int attributes)
    {
        ModelCase problem = new() { Persons = 40, Attributes = attributes, Missing = 0.2 };
        DeviceTraffic whole = Cycle(problem, out CalibrationPlan plan, out MemoryPlan memory, form: EStepForm.WeightedScore);
        int sets = memory.Size.AnsweredSetCount;
        long parameters = plan.ItemCount * (plan.AttributeCount + 1L);
        Assert.InRange(sets, 2, 40);
        Assert.Equal(8 * (parameters + PopulationNumbers(plan) + plan.RowCount * (1L + attributes)), whole.BytesUp); // intercept and scores of each category
        Assert.Equal(8 * (1 + attributes + attributes * (attributes + 1) / 2 + plan.RowCount * (1L + attributes) + 1), whole.BytesDown);
        Assert.Equal((3, 1), (whole.CopiesUp, whole.CopiesDown));
        // Populations, item tables and log priors; terms, their sums, node totals, moments by response, log-likelihood of all patterns, whatever they answered;
        // totals of the sets, by item and by block, moments of populations.
        Assert.Equal(3 + 5 + 3, whole.Launches);
        DeviceTraffic inRuns = Cycle(problem, out _, out _, whole => whole with { PatternTileCapacity = 10, RunCapacity = 20 }, EStepForm.WeightedScore);
        Assert.Equal(3 + 2 * 5 + 3, inRuns.Launches);
    }

    /// <summary>Log proportion, two normalisers, mean and precision or Cholesky factor of each block.</summary>
    private static long PopulationNumbers(CalibrationPlan plan) => plan.Blocks.Count * (3L + plan.AttributeCount * (1 + plan.AttributeCount));

    /// <summary>The traffic of the second E-step.</summary>
    private DeviceTraffic Cycle(ModelCase problem, out CalibrationPlan plan, out MemoryPlan memory, Func<MemoryPlan, MemoryPlan>? cut = null,
        EStepForm form = EStepForm.Tables)
    {
        (plan, PatternTable patterns, ModelPoint point) = (problem with { Items = 20 }).Build();
        using IlgpuBackend backend = form == EStepForm.WeightedScore
            ? devices.OpenByScores("ilgpu-cpu", plan, patterns, cut) : devices.Open("ilgpu-cpu", plan, patterns, cut);
        memory = backend.Memory;
        backend.ComputeExpectation(point).Dispose();
        DeviceTraffic before = backend.Traffic;
        backend.ComputeExpectation(point).Dispose();
        return backend.Traffic - before;
    }
}
