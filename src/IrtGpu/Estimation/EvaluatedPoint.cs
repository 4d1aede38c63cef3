using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Foundation.Estimation;

namespace IrtGpu.Estimation;

/// <summary>A point of the parameter space and its E-step.</summary>
/// <param name="Point">Parameters, nodes and weights.</param>
/// <param name="Found">What the E-step found there.</param>
internal sealed record EvaluatedPoint(ModelPoint Point, Expectation Found) : IExpectation
{
    public double LogLikelihood => Found.LogLikelihood;

    public double Objective { get; } = Found.LogLikelihood + Point.Plan.LogPrior(Point.Parameters);

    public void Dispose() => Found.Dispose();
}
