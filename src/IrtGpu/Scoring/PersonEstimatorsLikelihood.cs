using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Population;

namespace IrtGpu.Scoring;

/// <summary>Log-likelihood of one response pattern as a function of θ, with derivatives; one instance serves one thread.</summary>
/// <param name="point">The model at its estimates.</param>
internal sealed class PersonEstimatorsLikelihood(ModelPoint point)
{
    private readonly int attributeCount = point.Plan.AttributeCount;
    private readonly double[] logProbability = new double[LargestCategoryCount(point.Plan)];
    private readonly double[] counts = new double[LargestCategoryCount(point.Plan)];
    private readonly double[] itemGradient = new double[1 + LargestShapeCount(point.Plan)];
    private readonly double[] itemHessian = new double[(1 + LargestShapeCount(point.Plan)) * (2 + LargestShapeCount(point.Plan)) / 2];
    private PlannedBlock block = point.Plan.Blocks[0];
    private byte[] responses = [];
    private NormalPopulation? prior;

    /// <summary>Items answered.</summary>
    public int AnsweredCount { get; private set; }

    /// <summary>First derivatives at the last θ. [attribute]</summary>
    public double[] Gradient { get; } = new double[point.Plan.AttributeCount];

    /// <summary>Negative second derivatives at the last θ. [attribute, attribute]</summary>
    public double[,] ObservedInformation { get; } = new double[point.Plan.AttributeCount, point.Plan.AttributeCount];

    /// <summary>Their expectation over responses to the same items. [attribute, attribute]</summary>
    public double[,] ExpectedInformation { get; } = new double[point.Plan.AttributeCount, point.Plan.AttributeCount];

    /// <summary>Σ_i Σ_m P′_m P″_m / P_m of Warm (1989), for the first attribute.</summary>
    public double WarmNumerator { get; private set; }

    /// <summary>Chooses the pattern.</summary>
    /// <param name="blockOfPattern">Whose item parameters hold.</param>
    /// <param name="row">Responses. [item]</param>
    /// <param name="population">Prior to add; null for none.</param>
    public void SetPattern(PlannedBlock blockOfPattern, ReadOnlySpan<byte> row, NormalPopulation? population)
    {
        block = blockOfPattern;
        responses = row.ToArray();
        prior = population;
        AnsweredCount = row.Length - row.Count(ResponseData.Missing);
    }

    /// <summary>Evaluates the log-likelihood (plus log prior up to a constant) and every derivative.</summary>
    /// <param name="theta">[attribute]</param>
    public double Evaluate(double[] theta)
    {
        Array.Clear(Gradient);
        Array.Clear(ObservedInformation);
        Array.Clear(ExpectedInformation);
        WarmNumerator = 0;
        double logLikelihood = 0;
        for (int item = 0; item < responses.Length; item++)
        {
            if (responses[item] != ResponseData.Missing)
                logLikelihood += AddItem(item, responses[item], theta);
        }
        return prior is null ? logLikelihood : logLikelihood + AddPrior(prior, theta);
    }

    private double AddItem(int item, int category, ReadOnlySpan<double> theta)
    {
        PlannedItem planned = point.Plan.Items[item];
        ItemParameterSet set = point.Plan.ParameterSets[point.Plan.Tables[block.Table].SetOfItem[item]];
        Span<double> slots = point.Parameters.Slots.AsSpan(set.FirstSlot, set.SlotCount);
        Span<double> slopes = slots[..set.SlopeCount];
        Span<double> shape = slots[set.SlopeCount..];
        Span<double> z = [0];
        ItemTables.LinearPredictor(slopes, planned.Attributes, theta, attributeCount, z);
        ItemModelOperations operations = planned.Family.Operations;
        operations.FillTable(z, planned.CategoryCount, shape, planned.Scores, logProbability, 1);

        double expected = 0;
        double warm = 0;
        double first = 0;
        double second = 0;
        for (int m = 0; m < planned.CategoryCount; m++)
        {
            (double gradient, double hessian) = Derivatives(operations, planned, z[0], shape, m);
            double probability = Math.Exp(logProbability[m]);
            expected += probability * gradient * gradient;
            warm += probability * gradient * (hessian + gradient * gradient); // P′P″/P with P′ = P l′, P″ = P (l″ + l′²)
            if (m == category)
                (first, second) = (gradient, hessian);
        }
        for (int j = 0; j < slopes.Length; j++)
        {
            Gradient[planned.Attributes[j]] += slopes[j] * first;
            for (int k = 0; k < slopes.Length; k++)
            {
                ObservedInformation[planned.Attributes[j], planned.Attributes[k]] -= slopes[j] * slopes[k] * second;
                ExpectedInformation[planned.Attributes[j], planned.Attributes[k]] += slopes[j] * slopes[k] * expected;
            }
        }
        if (planned.Attributes[0] == 0)
            WarmNumerator += slopes[0] * slopes[0] * slopes[0] * warm;
        return logProbability[category];
    }

    /// <summary>First and second derivative of log P_m with respect to z.</summary>
    private (double First, double Second) Derivatives(ItemModelOperations operations, PlannedItem item, double z, Span<double> shape, int category)
    {
        Array.Clear(itemGradient);
        Array.Clear(itemHessian);
        Array.Clear(counts);
        counts[category] = 1;
        operations.AddDerivatives(z, item.CategoryCount, shape, item.Scores, logProbability, 1, counts, 1, itemGradient, itemHessian);
        return (itemGradient[0], itemHessian[0]);
    }

    private double AddPrior(NormalPopulation population, double[] theta)
    {
        double square = 0;
        for (int j = 0; j < attributeCount; j++)
        {
            double pull = 0;
            for (int k = 0; k < attributeCount; k++)
            {
                pull += population.Precision[j, k] * (theta[k] - population.Mean[k]);
                ObservedInformation[j, k] += population.Precision[j, k];
                ExpectedInformation[j, k] += population.Precision[j, k];
            }
            Gradient[j] -= pull;
            square += (theta[j] - population.Mean[j]) * pull;
        }
        return -0.5 * square;
    }

    private static int LargestCategoryCount(CalibrationPlan plan) => plan.Items.Max(item => item.CategoryCount);

    private static int LargestShapeCount(CalibrationPlan plan) => Math.Max(3, plan.ParameterSets.Max(set => set.ShapeCount));
}
