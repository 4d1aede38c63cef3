using IrtGpu.Compute;
using IrtGpu.Planning;

namespace IrtGpu.Estimation;

/// <summary>Maximises the expected complete-data log-likelihood: items by Newton steps, populations and proportions exactly.</summary>
internal sealed class MStep
{
    private readonly CalibrationPlan plan;
    private readonly ItemComponent[] components;
    private readonly PopulationUpdate population;
    private readonly ClassProportionUpdate proportions;
    private readonly int iterations;
    private readonly int threads;

    public MStep(CalibrationPlan plan, int iterations, int threads)
    {
        this.plan = plan;
        this.iterations = iterations;
        this.threads = threads > 0 ? threads : Environment.ProcessorCount;
        components = ItemComponent.Of(plan);
        population = new PopulationUpdate(plan);
        proportions = new ClassProportionUpdate(plan);
    }

    /// <summary>The EM map.</summary>
    /// <param name="point">Where the counts were computed.</param>
    /// <param name="counts">Expected counts.</param>
    public ParameterVector Maximize(ModelPoint point, ExpectedCounts counts)
    {
        double[] free = (double[])point.Parameters.Free.Clone();
        double[] candidate = new double[free.Length];
        bool isWide = components.Length >= threads;
        Parallel.For(0, components.Length, new ParallelOptions { MaxDegreeOfParallelism = isWide ? threads : 1 }, k =>
            components[k].Maximize(point, counts, iterations, free, candidate, isWide ? 1 : threads));
        population.Maximize(point, counts, free);
        proportions.Maximize(counts, free);
        return new ParameterVector(plan.Layout, free);
    }

    /// <summary>
    /// Gradient and Hessian of the expected complete-data log-likelihood with priors. At the parameters of the E-step the
    /// gradient is that of the marginal log-likelihood (Fisher's identity).
    /// </summary>
    /// <param name="point">Where the counts were computed.</param>
    /// <param name="counts">Expected counts.</param>
    /// <param name="hessian">Receives the Hessian; null: gradient only. [free, free]</param>
    /// <returns>The gradient. [free]</returns>
    public double[] Derivatives(ModelPoint point, ExpectedCounts counts, double[]? hessian = null)
    {
        double[] gradient = new double[plan.Layout.FreeCount];
        foreach (ItemComponent component in components)
            component.AddDerivatives(point, counts, point.Parameters.Free, gradient, hessian);
        population.AddDerivatives(point, counts, gradient, hessian);
        proportions.AddDerivatives(counts, point.Parameters.Free, gradient, hessian);
        return gradient;
    }
}
