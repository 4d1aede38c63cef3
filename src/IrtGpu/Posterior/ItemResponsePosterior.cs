using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Posterior;

/// <summary>Log posterior density of the free parameters of a plan: the marginal log-likelihood, θ and classes integrated out, and the priors.</summary>
/// <remarks>An evaluation is one E-step and one sum: by Fisher's identity the gradient is the posterior mean of the complete-data one.</remarks>
internal sealed class ItemResponsePosterior : ILogDensity
{
    private readonly CalibrationPlan plan;
    private readonly DrawCoordinates coordinates;
    private readonly IComputeBackend? backend;
    private readonly MStep? mStep;
    private readonly double[] free;

    /// <summary>The posterior for one chain.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="coordinates">Coordinates of its parameters.</param>
    /// <param name="backend">Computes E-steps, of this chain alone; null: the density is that of the priors.</param>
    public ItemResponsePosterior(CalibrationPlan plan, DrawCoordinates coordinates, IComputeBackend? backend)
    {
        this.plan = plan;
        this.coordinates = coordinates;
        this.backend = backend;
        mStep = backend is null ? null : new MStep(plan, 1, threads: 1);
        free = new double[plan.Layout.FreeCount];
    }

    public int Count => free.Length;

    public double Evaluate(ReadOnlySpan<double> x, Span<double> gradient)
    {
        double logJacobian = coordinates.ToFree(x, free);
        if (!double.IsFinite(logJacobian) || !Array.TrueForAll(free, double.IsFinite))
            return double.NegativeInfinity;
        ParameterVector parameters = new(plan.Layout, (double[])free.Clone());
        if (!plan.IsInDomain(parameters) || ModelPoint.TryCreate(plan, parameters) is not { } point)
            return double.NegativeInfinity;
        double value = logJacobian + plan.LogPrior(parameters);
        if (backend is null || mStep is null)
        {
            coordinates.PullBack(x, free, PriorGradient(parameters), gradient);
            return value;
        }
        using Expectation expectation = backend.ComputeExpectation(point);
        value += expectation.LogLikelihood;
        if (!double.IsFinite(value))
            return double.NegativeInfinity;
        coordinates.PullBack(x, free, mStep.Derivatives(point, expectation), gradient);
        return value;
    }

    private double[] PriorGradient(ParameterVector parameters)
    {
        double[] result = new double[free.Length];
        foreach (PlannedPrior prior in plan.Priors)
            plan.Layout.AddToFree(prior.Slot, prior.Derivatives(parameters.Slots[prior.Slot]).First, result);
        return result;
    }
}
