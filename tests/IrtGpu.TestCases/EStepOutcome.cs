using IrtGpu.Compute;
using IrtGpu.Estimation;
using IrtGpu.Planning;

namespace IrtGpu.TestCases;

/// <summary>What an E-step says, as plain numbers.</summary>
/// <param name="LogLikelihood">Marginal log-likelihood.</param>
/// <param name="Population">Σ of weights, of first and of second powers of θ under the posteriors, block by block.</param>
/// <param name="Gradient">Of the expected complete-data log-likelihood, at the point of the E-step. [free]</param>
/// <param name="Hessian">Its second derivatives; empty where there are too many. [free, free]</param>
/// <param name="Counts">Expected counts by table, category and node; null where the form has none.</param>
internal sealed record EStepOutcome(double LogLikelihood, double[] Population, double[] Gradient, double[] Hessian, double[]? Counts)
{
    private const int MostParameters = 600; // with a Hessian

    public static EStepOutcome Compute(IComputeBackend backend, ModelPoint point)
    {
        CalibrationPlan plan = point.Plan;
        ExpectedCounts counts = backend.ComputeExpectedCounts(point);
        double[]? hessian = plan.Layout.FreeCount <= MostParameters ? new double[plan.Layout.FreeCount * plan.Layout.FreeCount] : null;
        double[] gradient = new MStep(plan, 1, 1, backend).Derivatives(point, counts, hessian);
        return new EStepOutcome(
            counts.LogLikelihood,
            [.. plan.Blocks.SelectMany(block => Moments(counts.NodeTotals[block.Index], point.ThetaOfBlock(block), plan.AttributeCount))],
            gradient, hessian ?? [], backend.Form == EStepForm.Tables ? [.. counts.RowCounts.SelectMany(rows => rows)] : null);
    }

    private static IEnumerable<double> Moments(double[] totals, double[] theta, int attributeCount)
    {
        yield return totals.Sum();
        for (int j = 0; j < attributeCount; j++)
        {
            yield return Enumerable.Range(0, totals.Length).Sum(node => totals[node] * theta[node * attributeCount + j]);
            for (int k = 0; k <= j; k++)
                yield return Enumerable.Range(0, totals.Length).Sum(node => totals[node] * theta[node * attributeCount + j] * theta[node * attributeCount + k]);
        }
    }
}
