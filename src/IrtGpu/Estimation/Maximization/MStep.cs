using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation.Limits;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Estimation.Maximization;

/// <summary>Maximises the expected complete-data log-likelihood: items by Newton steps, populations and proportions exactly.</summary>
internal sealed class MStep
{
    private readonly CalibrationPlan plan;
    private readonly ItemNewton items;
    private readonly PopulationUpdate population;
    private readonly ClassProportionUpdate proportions;

    /// <summary>Prepares the M-step of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="iterations">Newton iterations.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    /// <param name="asymptoteIterations">The most for items whose asymptotes are free, where that is more: one step leaves them far from the maximum.</param>
    public MStep(CalibrationPlan plan, int iterations, int threads, int asymptoteIterations = 1)
    {
        this.plan = plan;
        items = new ItemNewton(plan, iterations, Math.Max(iterations, asymptoteIterations), threads > 0 ? threads : Environment.ProcessorCount);
        population = new PopulationUpdate(plan);
        proportions = new ClassProportionUpdate(plan);
    }

    /// <summary>The EM map.</summary>
    /// <param name="point">Where the E-step was made.</param>
    /// <param name="expectation">What it found.</param>
    /// <param name="isGuarded">Whether the steps of items are held to raise the expected log-likelihood; else the next E-step has to be looked at.</param>
    public ParameterVector Maximize(ModelPoint point, Expectation expectation, bool isGuarded = true)
    {
        double[] free = (double[])point.Parameters.Free.Clone();
        items.Begin(free, TotalWeight(expectation), isGuarded);
        while (items.Question is { } question)
        {
            expectation.Evaluate(question);
            items.Take();
        }
        return MaximizePopulations(point, expectation, free);
    }

    /// <summary>The EM map of several points side by side, each by an M-step of its own, in the launches of one.</summary>
    /// <param name="steps">An M-step for each, at least.</param>
    /// <param name="points">All points of the batch's last E-step; null: none is wanted from there.</param>
    /// <param name="batch">Is asked.</param>
    /// <returns>The bits of <see cref="Maximize(ModelPoint, Expectation, bool)"/>; null where none was wanted. [point]</returns>
    public static ParameterVector?[] Maximize(IReadOnlyList<MStep> steps, IReadOnlyList<EvaluatedPoint?> points, IPointBatch batch)
    {
        double[]?[] free = [.. points.Select(point => (double[]?)point?.Point.Parameters.Free.Clone())];
        ItemNewton?[] newtons = [.. free.Select((start, k) => start is null ? null : steps[k].items)];
        for (int k = 0; k < free.Length; k++)
            newtons[k]?.Begin(free[k]!, steps[k].TotalWeight(points[k]!.Found), isGuarded: true);
        while (Questions(newtons) is { } questions)
        {
            batch.Evaluate(questions);
            for (int k = 0; k < questions.Length; k++)
            {
                if (questions[k] is not null)
                    newtons[k]!.Take();
            }
        }
        return [.. points.Select((point, k) => point is null ? null : steps[k].MaximizePopulations(point.Point, point.Found, free[k]!))];
    }

    /// <summary>
    /// Gradient of the marginal log-likelihood with priors where the last <see cref="Maximize(ModelPoint, Expectation, bool)"/> began; costs
    /// nothing more than adding up.
    /// </summary>
    /// <param name="point">What that was given.</param>
    /// <param name="expectation">What that was given.</param>
    /// <returns>The gradient. [free]</returns>
    public double[] GradientAtStart(ModelPoint point, Expectation expectation)
    {
        double[] gradient = new double[plan.Layout.FreeCount];
        items.AddStartGradient(gradient);
        AddPopulations(point, expectation, gradient, null);
        return gradient;
    }

    /// <summary>
    /// Gradient and Hessian of the expected complete-data log-likelihood with priors. At the parameters of the E-step the
    /// gradient is that of the marginal log-likelihood (Fisher's identity).
    /// </summary>
    /// <param name="point">Where the E-step was made.</param>
    /// <param name="expectation">What it found.</param>
    /// <param name="hessian">Receives the Hessian; null: gradient only. [free, free]</param>
    /// <returns>The gradient. [free]</returns>
    public double[] Derivatives(ModelPoint point, Expectation expectation, double[]? hessian = null)
    {
        double[] gradient = new double[plan.Layout.FreeCount];
        items.AddDerivatives(expectation, point.Parameters.Slots, gradient, hessian);
        AddPopulations(point, expectation, gradient, hessian);
        return gradient;
    }

    /// <summary>Finds estimates that have run off, at a maximum.</summary>
    /// <param name="point">Where the E-step was made.</param>
    /// <param name="expectation">What it found.</param>
    public RunOffs FindRunOffs(ModelPoint point, Expectation expectation) => items.FindRunOffs(expectation, point.Parameters.Slots, TotalWeight(expectation));

    /// <summary>What is to be asked next: derivatives first, values once nobody waits for derivatives; null: all steps are taken.</summary>
    private static ItemEvaluation?[]? Questions(ItemNewton?[] newtons)
    {
        ItemEvaluation?[] questions = [.. newtons.Select(newton => newton?.Question)];
        bool withDerivatives = questions.Any(question => question is { WithDerivatives: true });
        ItemEvaluation?[] alike = [.. questions.Select(question => question?.WithDerivatives == withDerivatives ? question : null)];
        return Array.TrueForAll(alike, question => question is null) ? null : alike;
    }

    private double TotalWeight(Expectation expectation)
    {
        double total = 0;
        for (int block = 0; block < plan.Blocks.Count; block++)
            total += expectation.Population(block).Weight;
        return total;
    }

    private ParameterVector MaximizePopulations(ModelPoint point, Expectation expectation, double[] free)
    {
        population.Maximize(point, expectation, free);
        proportions.Maximize(expectation, free);
        return new ParameterVector(plan.Layout, free);
    }

    private void AddPopulations(ModelPoint point, Expectation expectation, double[] gradient, double[]? hessian)
    {
        population.AddDerivatives(point, expectation, gradient, hessian);
        proportions.AddDerivatives(expectation, point.Parameters.Free, gradient, hessian);
    }
}
