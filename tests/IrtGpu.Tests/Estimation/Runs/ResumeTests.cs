using IrtGpu.Compute.Cpu;
using IrtGpu.Data;
using IrtGpu.Estimation;
using IrtGpu.Foundation.Estimation;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Planning.Starts;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Estimation.Runs;

/// <summary>A calibration that was saved between two cycles goes on with the same bits, on a backend that was opened anew.</summary>
public sealed class ResumeTests
{
    [Theory]
    [InlineData("mixed", Acceleration.Auto, 4)]
    [InlineData("mixed", Acceleration.Squarem, 5)]
    [InlineData("two dimensions", Acceleration.Auto, 3)]
    [InlineData("groups with free items", Acceleration.Anderson, 6)]
    [InlineData("classes, rating scale", Acceleration.Auto, 7)]
    public void A_saved_run_ends_with_the_same_bits(string name, Acceleration acceleration, int saved)
    {
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = Catalogue.Get(name).Plan();
        EmOptions options = new() { Acceleration = acceleration, MaxCycles = 30, Tolerance = 1e-9 };
        double[] start = StartingValues.Disturb(plan, StartingValues.FromMarginals(plan, patterns), seed: 2, scale: 0.5).Free;
        EmOutcome<EvaluatedPoint> whole = Run(plan, patterns, options, problem => new EmState(problem, options, start));

        using MemoryStream stream = new();
        using (CpuBackend backend = HostForms.Open(plan, patterns, threads: 0, EStepForm.Tables))
        {
            ItemResponseProblem problem = new(plan, backend, iterations: 1, threads: 2);
            EmState state = new(problem, options, start);
            for (int cycle = 0; cycle < saved; cycle++)
                new EmAlgorithm<EvaluatedPoint>(problem, options, null, CancellationToken.None).Next(state);
            using BinaryWriter writer = new(stream, System.Text.Encoding.UTF8, leaveOpen: true);
            state.Save(writer);
        }
        stream.Position = 0;
        using BinaryReader reader = new(stream);
        EmOutcome<EvaluatedPoint> resumed = Run(plan, patterns, options, problem => EmState.Load(problem, options, reader));
        Assert.Equal(whole.Parameters, resumed.Parameters);
        Assert.Equal(whole.Expectation.LogLikelihood, resumed.Expectation.LogLikelihood);
        Assert.Equal(whole.EStepCount, resumed.EStepCount);
        Assert.Equal(whole.History.Select(record => record with { Seconds = 0 }), resumed.History.Select(record => record with { Seconds = 0 }));
    }

    private static EmOutcome<EvaluatedPoint> Run(CalibrationPlan plan, PatternTable patterns, EmOptions options, Func<IEmProblem, EmState> begin)
    {
        using CpuBackend backend = HostForms.Open(plan, patterns, threads: 0, EStepForm.Tables);
        ItemResponseProblem problem = new(plan, backend, iterations: 1, threads: 2);
        return new EmAlgorithm<EvaluatedPoint>(problem, options, null, TestContext.Current.CancellationToken).Run(begin(problem));
    }
}
