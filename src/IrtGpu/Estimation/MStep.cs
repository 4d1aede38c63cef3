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
    private readonly IItemDerivativesBackend? reducer;

    /// <summary>Prepares the M-step of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="iterations">Newton iterations.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    /// <param name="backend">Where it still holds the counts it reduces them; null: the host does.</param>
    public MStep(CalibrationPlan plan, int iterations, int threads, IComputeBackend? backend = null)
    {
        reducer = backend as IItemDerivativesBackend;
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
        if (reducer?.Holds(counts) == true)
        {
            MaximizeItemsTogether(reducer, free);
        }
        else
        {
            bool isWide = components.Length >= threads;
            Parallel.For(0, components.Length, new ParallelOptions { MaxDegreeOfParallelism = isWide ? threads : 1 }, k =>
                components[k].Maximize(point, counts, iterations, free, candidate, isWide ? 1 : threads));
        }
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
        ItemDerivatives? computed = reducer?.Holds(counts) == true ? reducer.ComputeItemDerivatives(point.Parameters.Slots, withDerivatives: true) : null;
        foreach (ItemComponent component in components)
        {
            if (computed is not null)
                component.AddDerivatives(computed, point.Parameters.Free, gradient, hessian);
            else
                component.AddDerivatives(point, counts, point.Parameters.Free, gradient, hessian);
        }
        population.AddDerivatives(point, counts, gradient, hessian);
        proportions.AddDerivatives(counts, point.Parameters.Free, gradient, hessian);
        return gradient;
    }

    /// <summary>The Newton steps of all components side by side, so that the backend reduces its counts for all of them at once.</summary>
    private void MaximizeItemsTogether(IItemDerivativesBackend backend, double[] free)
    {
        double[] candidate = (double[])free.Clone();
        double[] slots = new double[plan.Layout.SlotCount];
        bool[] hasStopped = new bool[components.Length];
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            plan.Layout.Expand(free, slots);
            ItemDerivatives computed = backend.ComputeItemDerivatives(slots, withDerivatives: true);
            List<int> pending = [.. Enumerable.Range(0, components.Length).Where(k => !hasStopped[k])];
            Parallel.ForEach(pending, new ParallelOptions { MaxDegreeOfParallelism = threads }, k => components[k].BeginStep(computed, free));
            for (int halving = 0; halving < ItemComponent.LargestHalvingCount && pending.Count > 0; halving++)
            {
                foreach (int k in pending)
                    components[k].Propose(free, candidate);
                plan.Layout.Expand(candidate, slots);
                computed = backend.ComputeItemDerivatives(slots, withDerivatives: false);
                foreach (int k in pending.Where(k => components[k].JudgeProposal(computed, candidate)))
                    components[k].Accept(candidate, free);
                pending.RemoveAll(k => components[k].IsStepTaken);
            }
            foreach (int k in pending)
            {
                hasStopped[k] = true;
                components[k].Accept(free, candidate); // later proposals of others must not see a rejected one
            }
        }
    }
}
