using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Foundation.Collections;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items;
using IrtGpu.Items.Evaluation;
using IrtGpu.Planning;
using IrtGpu.Population;

namespace IrtGpu.Scoring;

/// <summary>
/// Log-likelihood of one response pattern (with a prior: log posterior up to a constant) as a function of θ, with derivatives; one
/// instance serves one thread.
/// </summary>
/// <param name="point">The model at its estimates.</param>
internal sealed class PersonLikelihood(ModelPoint point)
{
    private readonly int attributeCount = point.Plan.AttributeCount;
    private readonly Item[]?[] itemsOfTable = new Item[]?[point.Plan.Tables.Count];
    private readonly List<(Item Item, int Category)> answered = [];
    private readonly List<(Item Item, int Category)> active = [];
    private readonly double[] logProbability = new double[point.Plan.Items.Max(item => item.CategoryCount)];
    private readonly double[] counts = new double[point.Plan.Items.Max(item => item.CategoryCount)];
    private readonly double[] itemGradient = new double[1 + point.Plan.ParameterSets.Max(set => set.ShapeCount)];
    private readonly double[] itemHessian = new double[PackedTriangle.Length(1 + point.Plan.ParameterSets.Max(set => set.ShapeCount))];
    private readonly double[] priorInformation = new double[point.Plan.AttributeCount * point.Plan.AttributeCount];
    private readonly double[] priorTheta = new double[point.Plan.AttributeCount]; // θ − δ
    private readonly double[] shift = new double[point.Plan.AttributeCount]; // δ
    private IPopulation? prior;

    /// <summary>Number of items answered.</summary>
    public int AnsweredCount => answered.Count;

    /// <summary>First derivatives at the last θ. [attribute]</summary>
    public double[] Gradient { get; } = new double[point.Plan.AttributeCount];

    /// <summary>Negative second derivatives at the last θ. [attribute, attribute], row-major</summary>
    public double[] ObservedInformation { get; } = new double[point.Plan.AttributeCount * point.Plan.AttributeCount];

    /// <summary>Their expectation over responses to the same items, where asked for. [attribute, attribute], row-major</summary>
    public double[] ExpectedInformation { get; } = new double[point.Plan.AttributeCount * point.Plan.AttributeCount];

    /// <summary>Σ_i Σ_m P′_m P″_m / P_m of Warm (1989), for the first attribute, where expected information is asked for.</summary>
    public double WarmNumerator { get; private set; }

    /// <summary>Whether a prior is added.</summary>
    public bool HasPrior => prior is not null;

    /// <summary>Whether the log-likelihood of the active items has one maximum at most.</summary>
    public bool IsConcave => active.TrueForAll(response => response.Item.IsConcave);

    /// <summary>Chooses the pattern; all its answers become active.</summary>
    /// <param name="block">Whose item parameters hold.</param>
    /// <param name="row">Responses. [item]</param>
    /// <param name="population">Prior to add; null for none.</param>
    /// <param name="meanShift">How far the prior's mean lies from the population's; empty: it does not. [attribute]</param>
    public void SetPattern(PlannedBlock block, ReadOnlySpan<byte> row, IPopulation? population, ReadOnlySpan<double> meanShift)
    {
        prior = population;
        Array.Clear(shift);
        meanShift.CopyTo(shift);
        Item[] items = itemsOfTable[block.Table] ??= ItemsOf(block.Table);
        answered.Clear();
        for (int item = 0; item < row.Length; item++)
        {
            if (row[item] != ResponseData.Missing)
                answered.Add((items[item], row[item]));
        }
        Activate(null);
    }

    /// <summary>Sets of attributes that the answered items tie together, each ascending, and those without an answer by themselves.</summary>
    public IReadOnlyList<int[]> LinkedAttributes()
    {
        LinkedSets linked = new(attributeCount);
        foreach ((Item item, _) in answered)
        {
            foreach (int attribute in item.Attributes.AsSpan(1))
                linked.Link(item.Attributes[0], attribute);
        }
        return linked.Sets();
    }

    /// <summary>Restricts the function to items that measure some attributes; the rest is a constant.</summary>
    /// <param name="attributes">Attributes that no answered item ties to others; null: all items.</param>
    /// <returns>How many answers remain.</returns>
    public int Activate(int[]? attributes)
    {
        active.Clear();
        foreach ((Item Item, int Category) response in answered)
        {
            if (attributes is null || attributes.Contains(response.Item.Attributes[0]))
                active.Add(response);
        }
        return active.Count;
    }

    /// <summary>|θ_j| beyond which every active item that measures the attribute has settled on a category, and the prior is spent.</summary>
    /// <param name="attribute">The attribute.</param>
    public double Reach(int attribute)
    {
        double reach = prior is null ? 1 : prior.Reach(attribute) + Math.Abs(shift[attribute]);
        foreach ((Item item, _) in active)
        {
            int loading = Array.IndexOf(item.Attributes, attribute);
            double slope = loading < 0 ? 0 : Math.Abs(item.Slopes[loading]);
            if (slope > 0)
                reach = Math.Max(reach, (40 + item.LargestShape * Math.Max(1, slope)) / slope);
        }
        return Math.Min(reach, 1e12);
    }

    /// <summary>Σ a_j² of the active items: what the information about an attribute is measured against.</summary>
    /// <param name="attribute">The attribute.</param>
    public double SumOfSquaredSlopes(int attribute)
    {
        double sum = 0;
        foreach ((Item item, _) in active)
        {
            int loading = Array.IndexOf(item.Attributes, attribute);
            sum += loading < 0 ? 0 : item.Slopes[loading] * item.Slopes[loading];
        }
        return sum;
    }

    /// <summary>The function alone.</summary>
    /// <param name="theta">[attribute]</param>
    public double Value(ReadOnlySpan<double> theta)
    {
        double value = 0;
        foreach ((Item item, int category) in active)
        {
            FillTable(item, item.Predictor(theta));
            value += logProbability[category];
        }
        return prior is null ? value : value + prior.LogDensity(PriorTheta(theta));
    }

    /// <summary>The function with its first and second derivatives.</summary>
    /// <param name="theta">[attribute]</param>
    /// <param name="withExpectation">Expected information and Warm's numerator too.</param>
    public double Evaluate(ReadOnlySpan<double> theta, bool withExpectation = false)
    {
        Array.Clear(Gradient);
        Array.Clear(ObservedInformation);
        Array.Clear(ExpectedInformation);
        WarmNumerator = 0;
        double value = 0;
        foreach ((Item item, int category) in active)
            value += AddItem(item, category, theta, withExpectation);
        return prior is null ? value : value + AddPrior(prior, theta);
    }

    private double AddItem(Item item, int category, ReadOnlySpan<double> theta, bool withExpectation)
    {
        double z = item.Predictor(theta);
        FillTable(item, z);
        (double first, double second) = Derivatives(item, z, category);
        double expected = 0;
        double warm = 0;
        for (int m = 0; m < item.CategoryCount && withExpectation; m++)
        {
            (double gradient, double hessian) = m == category ? (first, second) : Derivatives(item, z, m);
            double probability = Math.Exp(logProbability[m]);
            expected += probability * gradient * gradient;
            warm += probability * gradient * (hessian + gradient * gradient); // P′P″/P with P′ = P l′, P″ = P (l″ + l′²)
        }
        for (int j = 0; j < item.Slopes.Length; j++)
        {
            Gradient[item.Attributes[j]] += item.Slopes[j] * first;
            for (int k = 0; k < item.Slopes.Length; k++)
            {
                int cell = item.Attributes[j] * attributeCount + item.Attributes[k];
                ObservedInformation[cell] -= item.Slopes[j] * item.Slopes[k] * second;
                ExpectedInformation[cell] += item.Slopes[j] * item.Slopes[k] * expected;
            }
        }
        if (item.Attributes[0] == 0)
            WarmNumerator += item.Slopes[0] * item.Slopes[0] * item.Slopes[0] * warm;
        return logProbability[category];
    }

    private void FillTable(Item item, double z) =>
        item.Operations.FillTable([z], item.CategoryCount, item.Shape, item.Scores, logProbability, 1);

    /// <summary>First and second derivative of log P_m with respect to z; the table holds log P at z.</summary>
    private (double First, double Second) Derivatives(Item item, double z, int category)
    {
        Array.Clear(itemGradient);
        Array.Clear(itemHessian);
        Array.Clear(counts);
        counts[category] = 1;
        item.Operations.AddDerivatives(z, item.CategoryCount, item.Shape, item.Scores, logProbability, 1, counts, 1, itemGradient, itemHessian);
        return (itemGradient[0], itemHessian[0]);
    }

    private ReadOnlySpan<double> PriorTheta(ReadOnlySpan<double> theta)
    {
        for (int j = 0; j < priorTheta.Length; j++)
            priorTheta[j] = theta[j] - shift[j];
        return priorTheta;
    }

    private double AddPrior(IPopulation population, ReadOnlySpan<double> theta)
    {
        double value = population.LogDensity(PriorTheta(theta), Gradient, priorInformation);
        for (int cell = 0; cell < priorInformation.Length; cell++)
        {
            ObservedInformation[cell] += priorInformation[cell];
            ExpectedInformation[cell] += priorInformation[cell];
        }
        return value;
    }

    private Item[] ItemsOf(int table)
    {
        Item[] items = new Item[point.Plan.ItemCount];
        for (int item = 0; item < items.Length; item++)
        {
            int index = point.Plan.Tables[table].SetOfItem[item];
            if (index < 0)
                continue; // not administered here: nobody answered it
            PlannedItem planned = point.Plan.Items[item];
            ItemParameterSet set = point.Plan.ParameterSets[index];
            double[] slots = point.Parameters.Slots.AsSpan(set.FirstSlot, set.SlotCount).ToArray();
            items[item] = new Item(planned, planned.Family.Operations, slots[..set.SlopeCount], slots[set.SlopeCount..]);
            items[item].IsConcave = IsConcaveItem(items[item]);
        }
        return items;
    }

    /// <summary>Looks at the curvature of every log P_m: models are concave in z or, with asymptotes, clearly not.</summary>
    private bool IsConcaveItem(Item item)
    {
        double reach = item.LargestShape + 10;
        for (int step = 0; step <= 200; step++)
        {
            double z = reach * (step / 100.0 - 1);
            FillTable(item, z);
            for (int m = 0; m < item.CategoryCount; m++)
            {
                if (Derivatives(item, z, m).Second > 1e-9)
                    return false;
            }
        }
        return true;
    }

    /// <summary>An item in the block of the pattern.</summary>
    private sealed class Item(PlannedItem planned, ItemModelOperations operations, double[] slopes, double[] shape)
    {
        public ItemModelOperations Operations => operations;

        public int CategoryCount => planned.CategoryCount;

        public double[] Scores => planned.Scores;

        public int[] Attributes => planned.Attributes;

        public double[] Slopes => slopes;

        public double[] Shape => shape;

        public double LargestShape { get; } = shape.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max(); // asymptotes of 0 and 1 are infinite logits

        public bool IsConcave { get; set; }

        public double Predictor(ReadOnlySpan<double> theta)
        {
            double z = 0;
            for (int loading = 0; loading < slopes.Length; loading++)
                z += slopes[loading] * theta[Attributes[loading]];
            return z;
        }
    }
}
