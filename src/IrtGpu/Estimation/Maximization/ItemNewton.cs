using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation.Limits;
using IrtGpu.Planning;

namespace IrtGpu.Estimation.Maximization;

/// <summary>
/// Newton steps of all item components side by side, as a run of questions to an expectation: derivatives where a step begins, then
/// values at ever shorter proposals, for the components that have not taken theirs.
/// </summary>
/// <remarks>
/// <code>
/// newton.Begin(free, totalWeight, isGuarded);
/// while (newton.Question is { } question)
/// {
///     expectation.Evaluate(question);
///     newton.Take();
/// }
/// </code>
/// A question names all sets that are waiting, so that a device answers in one launch and a host spreads them over threads; what a
/// component does depends on its own answers alone.
/// </remarks>
internal sealed class ItemNewton
{
    private const int LargestHalvingCount = 30; // of a step, before it is given up
    private const double SmallStep = 1e-3; // of any working value: the next Newton step is its square

    private readonly CalibrationPlan plan;
    private readonly ItemComponent[] components;
    private readonly int fewest; // iterations
    private readonly int[] iterations; // [component]
    private readonly ItemEvaluation evaluation;
    private readonly double[] startGradient; // [free]
    private readonly double[] candidate; // [free]
    private readonly int[] pending; // components whose step is not yet taken, in front
    private readonly bool[] hasStopped; // [component]
    private readonly ParallelOptions parallel;
    private readonly Action<int> beginStep; // made once, so that a step allocates nothing
    private double[] free = []; // where the steps have led
    private int pendingCount;
    private bool isTrusting; // steps of the question under way are taken without asking for values
    private int iteration;
    private int halving;
    private double resting;

    /// <summary>Prepares the steps of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="iterations">Newton iterations.</param>
    /// <param name="asymptoteIterations">The most for items whose asymptotes are free: they stop once a step is small.</param>
    /// <param name="threads">Number of threads.</param>
    public ItemNewton(CalibrationPlan plan, int iterations, int asymptoteIterations, int threads)
    {
        this.plan = plan;
        components = ItemComponent.Of(plan);
        fewest = iterations;
        this.iterations = [.. components.Select(component => component.HasAsymptotes ? asymptoteIterations : iterations)];
        evaluation = new ItemEvaluation(plan);
        startGradient = new double[plan.Layout.FreeCount];
        candidate = new double[plan.Layout.FreeCount];
        pending = new int[components.Length];
        hasStopped = new bool[components.Length];
        parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        beginStep = position => components[pending[position]].BeginStep(evaluation, resting, free);
    }

    /// <summary>What is to be asked next; null: all steps are taken.</summary>
    public ItemEvaluation? Question { get; private set; }

    /// <summary>Begins at parameters.</summary>
    /// <param name="start">Those of items are moved. [free]</param>
    /// <param name="totalWeight">Σ weights of the persons.</param>
    /// <param name="isGuarded">
    /// Whether every step is held to raise the value. Else, unless several iterations were asked for, each component takes one step as it is, if
    /// that stays in the domain: the next E-step tells whether the objective fell (EM gradient algorithm; Lange, K., 1995, J. R. Statist. Soc. B 57, 425–437).
    /// </param>
    public void Begin(double[] start, double totalWeight, bool isGuarded)
    {
        free = start;
        resting = RunOffs.Resting * totalWeight;
        free.CopyTo(candidate, 0);
        Array.Clear(hasStopped);
        Array.Clear(startGradient);
        iteration = 0;
        isTrusting = !isGuarded && fewest == 1;
        AskDerivatives();
    }

    /// <summary>Takes the answer.</summary>
    public void Take()
    {
        if (evaluation.WithDerivatives)
        {
            BeginSteps();
            if (iteration == 0)
                KeepStartGradient();
            if (isTrusting)
            {
                TakeSteps();
                Question = null;
                return;
            }
            halving = 0;
            AskValues();
            return;
        }
        Judge();
        if (pendingCount > 0 && ++halving < LargestHalvingCount)
        {
            AskValues();
            return;
        }
        foreach (int k in pending.AsSpan(0, pendingCount))
        {
            hasStopped[k] = true;
            components[k].Accept(free, candidate); // later proposals of others must not see a rejected one
        }
        iteration++;
        AskDerivatives();
    }

    /// <summary>Adds the gradient of Q where the last steps began.</summary>
    /// <param name="gradient">Added to. [free]</param>
    public void AddStartGradient(double[] gradient)
    {
        for (int k = 0; k < gradient.Length; k++)
            gradient[k] += startGradient[k];
    }

    /// <summary>Adds the gradient of Q and, where asked for, its Hessian, both with respect to free parameters.</summary>
    /// <param name="expectation">Is asked.</param>
    /// <param name="slots">Where. [slot]</param>
    /// <param name="gradient">Added to. [free]</param>
    /// <param name="hessian">Added to, both triangles; null: gradient only. [free, free]</param>
    public void AddDerivatives(Expectation expectation, double[] slots, double[] gradient, double[]? hessian)
    {
        evaluation.WithHessians = hessian is not null;
        TakeDerivatives(expectation, slots);
        evaluation.WithHessians = true;
        foreach (ItemComponent component in components)
            component.AddLastDerivatives(gradient, hessian);
    }

    /// <summary>Finds estimates that have run off.</summary>
    /// <param name="expectation">Is asked.</param>
    /// <param name="slots">Where. [slot]</param>
    /// <param name="totalWeight">Σ weights of the persons.</param>
    public RunOffs FindRunOffs(Expectation expectation, double[] slots, double totalWeight)
    {
        TakeDerivatives(expectation, slots);
        HashSet<int> parameters = [];
        List<int> pivots = [];
        foreach (ItemComponent component in components)
            component.FindRunOffs(RunOffs.Negligible * totalWeight, parameters, pivots);
        return parameters.Count == 0 ? RunOffs.None : new RunOffs(parameters, pivots);
    }

    private void TakeDerivatives(Expectation expectation, double[] slots)
    {
        evaluation.Clear();
        foreach (ItemComponent component in components)
            component.AskAll(evaluation);
        evaluation.WithDerivatives = true;
        evaluation.WithValues = false;
        slots.CopyTo(evaluation.Slots, 0);
        expectation.Evaluate(evaluation);
        foreach (ItemComponent component in components)
            component.TakeDerivatives(evaluation);
    }

    private void AskDerivatives()
    {
        pendingCount = 0;
        evaluation.Clear();
        for (int k = 0; k < components.Length; k++)
        {
            if (hasStopped[k] || iteration >= iterations[k])
                continue;
            pending[pendingCount++] = k;
            components[k].AskAll(evaluation);
        }
        evaluation.WithDerivatives = true;
        evaluation.WithValues = !isTrusting;
        plan.Layout.Expand(free, evaluation.Slots);
        Question = pendingCount > 0 ? evaluation : null;
    }

    private void AskValues()
    {
        foreach (int k in pending.AsSpan(0, pendingCount))
            components[k].Propose(free, candidate);
        plan.Layout.Expand(candidate, evaluation.Slots);
        evaluation.Clear();
        foreach (int k in pending.AsSpan(0, pendingCount))
            components[k].AskInDomain(evaluation);
        evaluation.WithDerivatives = false;
        evaluation.WithValues = true;
    }

    private void KeepStartGradient()
    {
        foreach (int k in pending.AsSpan(0, pendingCount))
            components[k].AddLastDerivatives(startGradient, null);
    }

    /// <summary>Takes the steps of all pending components, shortened until they stay in the domain.</summary>
    private void TakeSteps()
    {
        foreach (int k in pending.AsSpan(0, pendingCount))
        {
            bool isInDomain = false;
            for (int attempt = 0; attempt < LargestHalvingCount && !isInDomain; attempt++)
            {
                if (attempt > 0)
                    components[k].Shorten();
                components[k].Propose(free, candidate);
                plan.Layout.Expand(candidate, evaluation.Slots);
                isInDomain = components[k].IsInDomain(evaluation.Slots);
            }
            if (isInDomain)
                components[k].Accept(candidate, free);
            else
                components[k].Accept(free, candidate); // later proposals of others must not see a rejected one
        }
    }

    private void BeginSteps()
    {
        if (parallel.MaxDegreeOfParallelism > 1 && pendingCount > 1)
        {
            Parallel.For(0, pendingCount, parallel, beginStep);
            return;
        }
        for (int position = 0; position < pendingCount; position++)
            beginStep(position);
    }

    /// <summary>Components whose value has not fallen take their proposal.</summary>
    private void Judge()
    {
        int remaining = 0;
        for (int position = 0; position < pendingCount; position++)
        {
            int k = pending[position];
            if (components[k].IsGood(evaluation))
            {
                components[k].Accept(candidate, free);
                hasStopped[k] = components[k].HasAsymptotes && components[k].StepLength < SmallStep;
            }
            else
            {
                pending[remaining++] = k;
            }
        }
        pendingCount = remaining;
    }
}
