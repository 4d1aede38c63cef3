using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Estimation;
using IrtGpu.Planning.Layout;
using IrtGpu.Tests.Golden;

namespace IrtGpu.Tests.Estimation;

/// <summary>Asymptotes without priors, some of which go to 0 or 1: few E-steps, and the end at the bound itself.</summary>
public sealed class AsymptoteCyclesTests
{
    [Theory]
    [InlineData("3pl_simA", 14, 0)] // 12 on the logit scale, with one Newton iteration an M-step
    [InlineData("3pl_boundary_simC", 16, 1)] // 32
    [InlineData("4pl_boundary_simA", 45, 2)] // 87
    [InlineData("4pl_simC", 65, 0)] // 58
    public void Few_E_steps_lead_to_the_optimum(string id, int mostESteps, int boundCount)
    {
        GoldenCase golden = GoldenCase.Load(id);
        CalibrationResult result = GoldenFits.Fit(golden, GoldenFits.Options with { Tolerance = 1e-4 });
        Assert.True(result.Termination.IsConverged);
        Assert.InRange(result.EStepCount, 1, mostESteps);
        Assert.Equal(boundCount, Enumerable.Range(0, result.FreeParameterCount).Count(free => result.Plan.Layout.IsAtBound(free, result.Point.Parameters.Free[free])));

        CalibrationResult optimum = GoldenFits.Fit(golden, GoldenFits.Options with { Start = result.Point });
        Assert.True(optimum.Termination.IsConverged);
        Assert.InRange(optimum.LogLikelihood - result.LogLikelihood, -1e-9, 1e-4);
        GoldenFits.AssertAtReference(golden, optimum);
    }

    [Fact]
    public void Extrapolation_neither_moves_a_point_nor_takes_an_asymptote_all_the_way_to_its_bound()
    {
        GoldenCase golden = GoldenCase.Load("4pl_simC");
        CalibrationResult result = GoldenFits.Fit(golden, GoldenFits.Options with { MaxCycles = 2 });
        using ReferenceBackend backend = new(result.Plan, PatternTable.Compress(golden.ReadData()));
        ItemResponseProblem problem = new(result.Plan, backend, iterations: 1, threads: 1);
        double[] parameters = (double[])result.Point.Parameters.Free.Clone();
        int[] asymptotes = [.. Enumerable.Range(0, parameters.Length).Where(free => result.Plan.Layout.IsBoundedLogit[free])];
        parameters[asymptotes[0]] = -ParameterLayout.LogitBound;
        parameters[asymptotes[1]] = ParameterLayout.LogitBound;
        double[] back = problem.Bend(problem.Straighten(parameters), parameters);
        for (int free = 0; free < parameters.Length; free++)
            Assert.Equal(parameters[free], back[free], 1e-8);

        double[] beyond = problem.Straighten(parameters);
        foreach (int free in asymptotes)
            beyond[free] = -1;
        double[] stopped = problem.Bend(beyond, parameters);
        foreach (int free in asymptotes)
            Assert.Equal(0.1 / (1 + Math.Exp(-parameters[free])), 1 / (1 + Math.Exp(-stopped[free])), 1e-12);
    }
}
