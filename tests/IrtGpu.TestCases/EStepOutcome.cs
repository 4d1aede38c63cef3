using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.TestCases;

/// <summary>What an E-step says, as plain numbers.</summary>
/// <param name="LogLikelihood">Marginal log-likelihood.</param>
/// <param name="Population">Weight, then sums of the powers of θ under the posteriors, block by block; then means by row of covariates, where there are such.</param>
/// <param name="Gradient">Of the expected complete-data log-likelihood, at the point of the E-step. [free]</param>
/// <param name="Hessian">Its second derivatives; empty where there are too many. [free, free]</param>
/// <param name="Counts">Expected counts by table, category and node; null where the form has none.</param>
internal sealed record EStepOutcome(double LogLikelihood, double[] Population, double[] Gradient, double[] Hessian, double[]? Counts)
{
    private const int MostParameters = 600; // with a Hessian

    public static EStepOutcome Compute(IComputeBackend backend, ModelPoint point)
    {
        CalibrationPlan plan = point.Plan;
        using Expectation expectation = backend.ComputeExpectation(point);
        if (point.Shifts is not null)
            return OfItems(backend, point, expectation);
        double[]? hessian = plan.Layout.FreeCount <= MostParameters ? new double[plan.Layout.FreeCount * plan.Layout.FreeCount] : null;
        double[] gradient = new MStep(plan, 1, 1).Derivatives(point, expectation, hessian);
        return Of(backend, point, expectation, gradient, hessian ?? []);
    }

    /// <summary>With derivatives by item parameters alone, set after set: means that differ within blocks have no others yet.</summary>
    private static EStepOutcome OfItems(IComputeBackend backend, ModelPoint point, Expectation expectation)
    {
        ItemEvaluation items = expectation.EvaluateAll(point.Plan, point.Parameters.Slots, withDerivatives: true);
        return Of(backend, point, expectation, [.. items.Value, .. items.Gradient.SelectMany(values => values)], [.. items.Hessian.SelectMany(values => values)]);
    }

    private static EStepOutcome Of(IComputeBackend backend, ModelPoint point, Expectation expectation, double[] gradient, double[] hessian)
    {
        CalibrationPlan plan = point.Plan;
        return new EStepOutcome(
            expectation.LogLikelihood,
            [.. expectation.Moments(plan).SelectMany(moments => moments), .. plan.Blocks.SelectMany(block => expectation.TryMeansByRow(block.Index) ?? [])],
            gradient, hessian,
            backend.Form == EStepForm.Tables ? [.. Enumerable.Range(0, plan.Tables.Count).SelectMany(table => expectation.Counts(plan, table))] : null);
    }
}
