using IrtGpu.Compute.Loops;
using IrtGpu.Data;
using IrtGpu.Items.Evaluation;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Adaptive.Persons;

/// <summary>The posterior of one pattern at nodes of its own; one instance serves one thread.</summary>
/// <remarks>
/// Items are evaluated once at the pattern's nodes, and what their derivatives need of that is kept until the next pattern: for dichotomous
/// items of the exponential family 1 − P, for graded and sequential ones the like of the answer's thresholds, at most a number for each category, so that it
/// stays in a second-level cache.
/// </remarks>
internal sealed class PersonPosterior : IDisposable
{
    private readonly CalibrationPlan plan;
    private readonly PatternTable patterns;
    private readonly PersonNodes[] variants;
    private readonly int[] keptRows; // first kept row of an item, and their number at last [item + 1]
    private readonly AlignedBuffer theta; // [class, attribute, stride]
    private readonly AlignedBuffer weights; // [class, stride]
    private readonly AlignedBuffer kept; // [class, row, stride]
    private readonly AlignedBuffer product; // [stride]
    private readonly double[] shares; // [class]

    /// <summary>Makes room.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="variants">Rules of the same number of nodes, one of which each pattern has.</param>
    public PersonPosterior(CalibrationPlan plan, PatternTable patterns, PersonNodes[] variants)
    {
        this.plan = plan;
        this.patterns = patterns;
        this.variants = variants;
        Stride = variants[0].Stride;
        keptRows = new int[plan.ItemCount + 1];
        for (int item = 0; item < plan.ItemCount; item++)
            keptRows[item + 1] = keptRows[item] + plan.Items[item].Family.Operations.KeptRowCount(plan.Items[item].CategoryCount);
        theta = new AlignedBuffer((long)plan.ClassCount * plan.AttributeCount * Stride);
        weights = new AlignedBuffer((long)plan.ClassCount * Stride);
        kept = new AlignedBuffer((long)plan.ClassCount * keptRows[^1] * Stride);
        product = new AlignedBuffer(Stride);
        shares = new double[plan.ClassCount];
    }

    /// <summary>Number of nodes, padded.</summary>
    public int Stride { get; }

    /// <summary>Weights of all classes. [class, stride]</summary>
    public Span<double> AllWeights => Rows(weights, 0, plan.ClassCount);

    /// <summary>Nodes in a class. [attribute, stride]</summary>
    public Span<double> Theta(int k) => Rows(theta, (long)k * plan.AttributeCount, plan.AttributeCount);

    /// <summary>Posterior weights in a class, 0 beyond the last node. [stride]</summary>
    public Span<double> Weights(int k) => Rows(weights, k, 1);

    /// <summary>What the last <see cref="Compute"/> kept of an item that the pattern answered. [row, stride]</summary>
    public Span<double> Kept(int k, int item) => Rows(kept, (long)k * keptRows[^1] + keptRows[item], keptRows[item + 1] - keptRows[item]);

    /// <summary>Posterior probability of a class.</summary>
    public double Share(int k) => shares[k];

    /// <summary>The block of a class.</summary>
    public PlannedBlock Block(int pattern, int k) => plan.Blocks[patterns.Groups[pattern] * plan.ClassCount + k];

    /// <summary>Whether a known membership leaves the class.</summary>
    public bool IsPossible(int pattern, int k) => patterns.KnownClasses[pattern] < 0 || patterns.KnownClasses[pattern] == k;

    /// <summary>Lays the nodes of a pattern in all classes that are possible.</summary>
    /// <param name="pattern">Pattern.</param>
    /// <param name="placements">Where.</param>
    public void Place(int pattern, Placements placements)
    {
        PersonNodes nodes = NodesOf(pattern);
        for (int k = 0; k < plan.ClassCount; k++)
        {
            if (IsPossible(pattern, k))
                PersonLoops.Chosen.Place(nodes, placements.Centre(pattern, k), placements.Factor(pattern, k), Theta(k));
        }
    }

    /// <summary>The posterior of a pattern: places its nodes and weighs them, so that the weights of all classes sum to 1.</summary>
    /// <param name="point">Populations and proportions.</param>
    /// <param name="items">Items at the point.</param>
    /// <param name="pattern">Pattern.</param>
    /// <param name="placements">Where its nodes lie.</param>
    /// <returns>The marginal log-likelihood of the pattern.</returns>
    public double Compute(ModelPoint point, ItemsAt items, int pattern, Placements placements)
    {
        Place(pattern, placements);
        double largest = double.NegativeInfinity;
        for (int k = 0; k < plan.ClassCount; k++)
        {
            Span<double> logJoint = Weights(k);
            if (!IsPossible(pattern, k))
            {
                logJoint.Fill(double.NegativeInfinity);
                continue;
            }
            AddLogJoint(point, items, pattern, k, placements, logJoint);
            largest = Math.Max(largest, PersonLoops.Chosen.Largest(logJoint));
        }
        double sum = 0;
        for (int k = 0; k < plan.ClassCount; k++)
        {
            shares[k] = PersonLoops.Chosen.Exponentiate(Weights(k), largest);
            sum += shares[k];
        }
        PersonLoops.Chosen.Scale(AllWeights, 1 / sum);
        for (int k = 0; k < plan.ClassCount; k++)
            shares[k] /= sum;
        return largest + Math.Log(sum);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        theta.Dispose();
        weights.Dispose();
        kept.Dispose();
        product.Dispose();
    }

    private void AddLogJoint(ModelPoint point, ItemsAt items, int pattern, int k, Placements placements, Span<double> logJoint)
    {
        PlannedBlock block = Block(pattern, k);
        double constant = placements.LogDeterminant(pattern, k) + point.LogProportion[block.Index];
        double[] logWeight = NodesOf(pattern).LogWeight;
        for (int node = 0; node < logWeight.Length; node++)
            logJoint[node] = logWeight[node] + constant;
        ReadOnlySpan<double> nodes = Theta(k);
        point.Populations[block.Index].AddLogDensities(nodes, logJoint);
        int[] setOfItem = plan.Tables[block.Table].SetOfItem;
        ReadOnlySpan<byte> responses = patterns.Row(pattern);
        Span<double> factors = Rows(product, 0, 1);
        factors.Fill(1);
        int factorCount = 0;
        for (int item = 0; item < responses.Length; item++)
        {
            if (responses[item] == ResponseData.Missing)
                continue;
            int set = setOfItem[item];
            items.Operations(set).AddResponse(items.At(set, responses[item], nodes, Stride), logJoint, factors, Kept(k, item));
            if (++factorCount % ItemModelOperations.MostFactors == 0)
                PersonLoops.Chosen.TakeLogarithms(factors, logJoint);
        }
        PersonLoops.Chosen.TakeLogarithms(factors, logJoint);
    }

    private unsafe Span<double> Rows(AlignedBuffer buffer, long row, int count) => new(buffer.Pointer + row * Stride, count * Stride);

    private PersonNodes NodesOf(int pattern) => variants[PersonNodes.VariantOf(patterns.Row(pattern), variants.Length)];
}
