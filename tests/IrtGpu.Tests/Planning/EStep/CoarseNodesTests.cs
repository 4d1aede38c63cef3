using IrtGpu.Planning.EStep;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Planning.EStep;

public sealed class CoarseNodesTests
{
    [Fact]
    public void Weighted_scores_are_not_interpolated_between_nodes_far_apart()
    {
        CalibrationProblem problem = CalibrationProblem.Create(SimulatedData.Dichotomous(4000, 24).Draw(), new ModelSpecification());
        Assert.Equal(EStepForm.WeightedScore, Choose(problem).Form);
        EStepChoice coarse = Choose(problem.With(problem.Plan.Specification with { Quadrature = new QuadratureSpecification(Nodes: 5) }));
        Assert.Equal(EStepForm.Tables, coarse.Form);
        Assert.Contains("3 apart", coarse.Reason, StringComparison.Ordinal);
    }

    private static EStepChoice Choose(CalibrationProblem problem) => EStepChoice.ForHost(problem.Plan, problem.Patterns, EStepForm.Auto);
}
