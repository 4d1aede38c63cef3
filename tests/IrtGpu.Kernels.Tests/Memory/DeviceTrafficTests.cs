using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Foundation.Integration;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.Memory;

/// <summary>What moves between host and device, as the backend counts it.</summary>
public sealed class DeviceTrafficTests(OpenDevices devices) : IClassFixture<OpenDevices>
{
    [Fact]
    public void An_E_step_of_a_resident_run_moves_parameters_and_weights_up_and_moments_down_whatever_the_number_of_patterns()
    {
        DeviceTraffic few = Cycle(new ModelCase { Persons = 30 }, out _, out MemoryPlan fewer);
        DeviceTraffic many = Cycle(new ModelCase { Persons = 90 }, out CalibrationPlan plan, out MemoryPlan memory);
        Assert.True(memory.Size.PatternCount > 2 * fewer.Size.PatternCount);
        Assert.Equal(few.BytesUp, many.BytesUp);
        Assert.Equal(few.BytesDown, many.BytesDown);

        long padded = memory.Size.PaddedNodeCount;
        long parameters = plan.ItemCount * (plan.AttributeCount + 1L); // a slope an attribute and one intercept
        Assert.Equal(8 * (parameters + plan.Blocks.Count * padded), few.BytesUp);
        Assert.Equal(8 * (plan.Blocks.Count * 3 + 1), few.BytesDown); // weight, mean, second moment; log-likelihood
    }

    [Fact]
    public void The_launches_of_a_cycle_are_those_of_tables_and_tiles()
    {
        DeviceTraffic whole = Cycle(new ModelCase { Persons = 40 }, out _, out _);
        DeviceTraffic tiled = Cycle(new ModelCase { Persons = 40 }, out _, out MemoryPlan memory, plan => plan with { PatternTileCapacity = 10 });
        const int PerTile = 7; // joint, exponentiate, merge, normalise, scale, counts of one class, log-likelihood
        Assert.InRange(memory.Size.PatternCount, 31, 40); // four tiles of ten
        Assert.Equal(1 + PerTile + 1, whole.Launches); // item tables first, moments of populations last
        Assert.Equal(1 + 4 * PerTile + 1, tiled.Launches);
    }

    [Fact]
    public void Moving_nodes_go_up_every_cycle()
    {
        ModelCase moving = new() { Rule = QuadratureRule.GaussHermite };
        DeviceTraffic traffic = Cycle(moving, out CalibrationPlan plan, out MemoryPlan memory);
        long padded = memory.Size.PaddedNodeCount;
        Assert.Equal(8 * (plan.ItemCount * 2L + 2 * padded), traffic.BytesUp);
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
        long padded = memory.Size.PaddedNodeCount;
        int sets = memory.Size.AnsweredSetCount;
        long parameters = plan.ItemCount * (plan.AttributeCount + 1L);
        Assert.InRange(sets, 2, 40);
        Assert.Equal(8 * (parameters + padded + plan.RowCount * 4L), whole.BytesUp); // score columns are padded to four
        Assert.Equal(8 * (1 + attributes + attributes * (attributes + 1) / 2 + plan.RowCount * (1L + attributes) + 1), whole.BytesDown);
        // Item tables, log priors, totals by item and by block, moments of populations; a tile (here of one set): scores, exponentiate, merge, normalise, moments, lanes,
        // their sum, counts of one class, log-likelihood.
        Assert.Equal(5 + 9 * sets, whole.Launches);
    }

    /// <summary>The traffic of the second E-step; the first also uploads nodes that stay.</summary>
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
