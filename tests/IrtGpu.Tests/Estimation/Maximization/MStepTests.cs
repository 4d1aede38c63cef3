using IrtGpu.Compute;
using IrtGpu.Compute.Cpu;
using IrtGpu.Compute.Expectations;
using IrtGpu.Data;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Planning.Layout;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Estimation.Maximization;

/// <summary>What the M-step costs and what it may not depend on.</summary>
public sealed class MStepTests
{
    [Theory]
    [InlineData("2pl")]
    [InlineData("3pl with priors")]
    [InlineData("gpcm")]
    [InlineData("grm")]
    [InlineData("nominal")]
    [InlineData("mixed")]
    public void It_allocates_nothing_but_its_result(string name)
    {
        (MStep mStep, ModelPoint point, Expectation counts) = Prepare(name, threads: 1);
        ParameterVector result = mStep.Maximize(point, counts);
        for (int warmUp = 0; warmUp < 40; warmUp++)
            mStep.Maximize(point, counts);

        long before = GC.GetAllocatedBytesForCurrentThread();
        mStep.Maximize(point, counts);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 1, sizeof(double) * (result.Free.Length + result.Slots.Length) + 1023);
    }

    [Theory]
    [InlineData("gpcm")]
    [InlineData("1pl")]
    [InlineData("rsm")]
    [InlineData("two dimensions, 3pl")]
    [InlineData("classes, rating scale")]
    public void Its_result_has_the_same_bits_for_any_number_of_threads(string name)
    {
        (MStep one, ModelPoint point, Expectation counts) = Prepare(name, threads: 1);
        double[] expected = one.Maximize(point, counts).Free;
        for (int threads = 2; threads < 6; threads++)
        {
            (MStep many, _, Expectation same) = Prepare(name, threads);
            Assert.Equal(expected, many.Maximize(point, same).Free);
        }
        Assert.Equal(expected, one.Maximize(point, counts).Free); // nor does it remember
    }

    private static (MStep MStep, ModelPoint Point, Expectation Counts) Prepare(string name, int threads)
    {
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = Catalogue.Get(name).Plan();
        using CpuBackend backend = HostForms.Open(plan, patterns, threads, EStepForm.Tables);
        ModelPoint point = ModelCase.RandomPoint(plan, patterns, seed: 8);
        return (new MStep(plan, 1, threads), point, backend.ComputeExpectation(point));
    }
}
