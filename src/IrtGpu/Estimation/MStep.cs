using IrtGpu.Compute;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

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
    private readonly double[] candidate; // scratch of the items' steps; each component touches its own elements [free]
    private readonly double[] slots; // of steps that a backend helps with [slot]
    private readonly int[] pending; // components whose step is not yet taken, in front
    private readonly bool[] hasStopped; // [component]
    private readonly Action<int> maximizeComponent; // made once, so that an M-step allocates nothing but its result
    private (ModelPoint Point, ExpectedCounts Counts, double[] Free, int Threads) arguments; // of it

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
        candidate = new double[plan.Layout.FreeCount];
        slots = new double[plan.Layout.SlotCount];
        pending = new int[components.Length];
        hasStopped = new bool[components.Length];
        maximizeComponent = k => components[k].Maximize(
            arguments.Point, arguments.Counts, this.iterations, arguments.Free, candidate, arguments.Threads);
        population = new PopulationUpdate(plan);
        proportions = new ClassProportionUpdate(plan);
    }

    /// <summary>The EM map.</summary>
    /// <param name="point">Where the counts were computed.</param>
    /// <param name="counts">Expected counts.</param>
    public ParameterVector Maximize(ModelPoint point, ExpectedCounts counts)
    {
        double[] free = (double[])point.Parameters.Free.Clone();
        if (reducer?.Holds(counts) == true)
        {
            MaximizeItemsTogether(reducer, free);
        }
        else
        {
            MaximizeItems(point, counts, free);
        }
        population.Maximize(point, counts, free);
        proportions.Maximize(counts, free);
        return new ParameterVector(plan.Layout, free);
    }

    /// <summary>
    /// Gradient of the marginal log-likelihood with priors where the last <see cref="Maximize"/> began; costs nothing more than adding
    /// up where that took one Newton iteration.
    /// </summary>
    /// <param name="point">What <see cref="Maximize"/> was given.</param>
    /// <param name="counts">What <see cref="Maximize"/> was given.</param>
    /// <returns>The gradient. [free]</returns>
    public double[] GradientAtStart(ModelPoint point, ExpectedCounts counts)
    {
        if (iterations != 1)
            return Derivatives(point, counts);
        double[] gradient = new double[plan.Layout.FreeCount];
        foreach (ItemComponent component in components)
            component.AddLastGradient(gradient);
        population.AddDerivatives(point, counts, gradient, null);
        proportions.AddDerivatives(counts, point.Parameters.Free, gradient, null);
        return gradient;
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

    /// <summary>The components one by one: over threads where there are enough of them, each over threads where there are few.</summary>
    private void MaximizeItems(ModelPoint point, ExpectedCounts counts, double[] free)
    {
        bool isWide = components.Length >= threads;
        arguments = (point, counts, free, isWide ? 1 : threads);
        if (isWide && threads > 1)
        {
            Parallel.For(0, components.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, maximizeComponent);
            return;
        }
        for (int k = 0; k < components.Length; k++)
            maximizeComponent(k);
    }

    /// <summary>The Newton steps of all components side by side, so that the backend reduces its counts for all of them at once.</summary>
    private void MaximizeItemsTogether(IItemDerivativesBackend backend, double[] free)
    {
        free.CopyTo(candidate, 0);
        Array.Clear(hasStopped);
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            plan.Layout.Expand(free, slots);
            ItemDerivatives computed = backend.ComputeItemDerivatives(slots, withDerivatives: true);
            int pendingCount = 0;
            for (int k = 0; k < components.Length; k++)
            {
                if (!hasStopped[k])
                    pending[pendingCount++] = k;
            }
            Parallel.For(0, pendingCount, new ParallelOptions { MaxDegreeOfParallelism = threads }, k => components[pending[k]].BeginStep(computed, free));
            for (int halving = 0; halving < ItemComponent.LargestHalvingCount && pendingCount > 0; halving++)
                pendingCount = TryStep(backend, free, pendingCount);
            foreach (int k in pending.AsSpan(0, pendingCount))
            {
                hasStopped[k] = true;
                components[k].Accept(free, candidate); // later proposals of others must not see a rejected one
            }
        }
    }

    /// <summary>One proposal of every pending component; those whose value has not fallen take it.</summary>
    /// <returns>How many are still pending.</returns>
    private int TryStep(IItemDerivativesBackend backend, double[] free, int pendingCount)
    {
        foreach (int k in pending.AsSpan(0, pendingCount))
            components[k].Propose(free, candidate);
        plan.Layout.Expand(candidate, slots);
        ItemDerivatives computed = backend.ComputeItemDerivatives(slots, withDerivatives: false);
        int remaining = 0;
        for (int position = 0; position < pendingCount; position++)
        {
            int k = pending[position];
            if (components[k].JudgeProposal(computed, candidate))
                components[k].Accept(candidate, free);
            else
                pending[remaining++] = k;
        }
        return remaining;
    }
}
