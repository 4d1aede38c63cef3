using IrtGpu.Foundation.Integration;
using IrtGpu.Specification;

namespace IrtGpu.Planning.Grids;

/// <summary>Quadrature nodes: a line of them in each dimension, and the product of the lines where it is enumerated.</summary>
public sealed class QuadratureGrid
{
    /// <summary>Most Gauss–Hermite nodes a dimension.</summary>
    internal const int LargestMovingNodeCount = 200;

    private const int LargestLineCount = 10_000;
    private const long LargestNodeCount = 100_000_000;

    private readonly double[] theta; // [node, attribute]; empty without a product
    private readonly double[] logWeight; // [node]

    private QuadratureGrid(QuadratureSpecification specification, GridShape shape, double[] line, double[] lineLogWeight, double[] theta, double[] logWeight, double droppedMass)
    {
        Specification = specification;
        Shape = shape;
        Line = line;
        LineLogWeight = lineLogWeight;
        this.theta = theta;
        this.logWeight = logWeight;
        DroppedMass = droppedMass;
    }

    /// <summary>Rule, nodes and range, none of them left open.</summary>
    public QuadratureSpecification Specification { get; }

    /// <summary>Why these nodes, in words that go on from their description.</summary>
    public required string Reason { get; init; }

    /// <summary>Lowest node of the rectangular rule.</summary>
    public double Low => Specification.Low!.Value;

    /// <summary>Highest node of the rectangular rule.</summary>
    public double High => Specification.High!.Value;

    /// <summary>
    /// Distance of neighbouring nodes: in the metric of θ when fixed; of moving nodes that in the middle, in standard deviations of the
    /// population.
    /// </summary>
    public double Spacing => Moves ? Math.PI / Math.Sqrt(NodesPerAttribute) : (High - Low) / (NodesPerAttribute - 1);

    /// <summary>How the lines make up the grid.</summary>
    public GridShape Shape { get; }

    /// <summary>Number of dimensions J.</summary>
    public int AttributeCount => Shape.AttributeCount;

    /// <summary>Nodes a dimension, D.</summary>
    public int NodesPerAttribute => Line.Length;

    /// <summary>Number of nodes L; D^J unless pruned.</summary>
    /// <exception cref="InvalidOperationException">The product is not enumerated.</exception>
    public int NodeCount => Theta.Length / AttributeCount;

    /// <summary>The nodes of one dimension, ascending: the metric of θ when fixed, standard normal metric when moving. [node of the line]</summary>
    public double[] Line { get; }

    /// <summary>Log weights of the line of moving nodes; empty for the rectangular rule. [node of the line]</summary>
    public double[] LineLogWeight { get; }

    /// <summary>Whether nodes move with each block's population (Gauss–Hermite).</summary>
    public bool Moves => Specification.Rule == QuadratureRule.GaussHermite;

    /// <summary>Nodes: the metric of θ when fixed, standard normal metric when moving. [node, attribute]</summary>
    /// <exception cref="InvalidOperationException">The product is not enumerated.</exception>
    public double[] Theta => Shape.IsProduct ? theta : throw NoProduct();

    /// <summary>Fixed log weights of moving nodes; empty for the rectangular rule, whose weights follow the population. [node]</summary>
    /// <exception cref="InvalidOperationException">The product is not enumerated.</exception>
    public double[] LogWeight => Shape.IsProduct ? logWeight : throw NoProduct();

    /// <summary>Weight of the product nodes that pruning dropped.</summary>
    public double DroppedMass { get; }

    /// <summary>Makes the product grid.</summary>
    /// <param name="specification">Rule, nodes, range.</param>
    /// <param name="attributeCount">Number of dimensions J.</param>
    /// <param name="reason">Why these nodes; null: asked for, or the default.</param>
    /// <exception cref="SpecificationException">Too few or too many nodes, an empty range.</exception>
    public static QuadratureGrid Create(QuadratureSpecification specification, int attributeCount, string? reason = null) =>
        Create(specification, GridShape.Product(attributeCount), reason);

    /// <summary>Makes the grid.</summary>
    /// <param name="specification">Rule, nodes, range.</param>
    /// <param name="shape">How the lines make it up.</param>
    /// <param name="reason">Why these nodes; null: asked for, or the default.</param>
    /// <exception cref="SpecificationException">Too few or too many nodes, an empty range.</exception>
    public static QuadratureGrid Create(QuadratureSpecification specification, GridShape shape, string? reason = null)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(shape);
        reason ??= specification.Nodes is not null || specification.Low is not null ? "as asked for" : "the default";
        if ((LineRefusal(specification, shape.Width) ?? (shape.IsProduct ? ProductRefusal(specification, shape.AttributeCount) : null)) is { } refusal)
            throw new SpecificationException(refusal);
        specification = specification.Resolve(shape.Width);
        int nodes = specification.Nodes!.Value;
        if (specification.Rule == QuadratureRule.GaussHermite)
            return CreateMoving(specification, shape, nodes, reason);
        double low = specification.Low!.Value;
        double width = specification.High!.Value - low;
        double[] line = new double[nodes];
        for (int k = 0; k < nodes; k++)
            line[k] = low + width * k / (nodes - 1);
        return new QuadratureGrid(specification, shape, line, [], shape.IsProduct ? Product(line, shape.AttributeCount) : [], [], 0) { Reason = reason };
    }

    /// <summary>Why a line of nodes cannot be made; null where it can.</summary>
    /// <param name="specification">Rule, nodes, range.</param>
    /// <param name="width">Most dimensions whose nodes are multiplied.</param>
    internal static string? LineRefusal(QuadratureSpecification specification, int width)
    {
        specification = specification.Resolve(width);
        int nodes = specification.Nodes!.Value;
        if (nodes < 2)
            return $"--nodes {nodes} is too few: at least 2 nodes a dimension are needed.";
        if (nodes > LargestLineCount)
            return $"--nodes {nodes} is too many: at most {LargestLineCount} nodes a dimension are handled.";
        if (specification.Rule == QuadratureRule.GaussHermite)
        {
            return nodes > LargestMovingNodeCount
                ? $"--nodes {nodes} is too many for Gauss-Hermite nodes: at most {LargestMovingNodeCount} a dimension keep their weights accurate."
                : null;
        }
        double low = specification.Low!.Value;
        double range = specification.High!.Value - low;
        return range > 0 && double.IsFinite(range) ? null : FormattableString.Invariant(
            $"--range {low},{specification.High} is {(range > 0 ? "too wide for any number" : "empty")}: give the lowest and then the highest node, for example -6,6.");
    }

    /// <summary>Why the product of all lines cannot be enumerated; null where it can.</summary>
    /// <param name="specification">Rule, nodes, range.</param>
    /// <param name="attributeCount">J.</param>
    internal static string? ProductRefusal(QuadratureSpecification specification, int attributeCount)
    {
        int nodes = specification.Resolve(attributeCount).Nodes!.Value;
        double product = Math.Pow(nodes, attributeCount);
        return product <= LargestNodeCount ? null : FormattableString.Invariant(
            $"{nodes} nodes in each of {attributeCount} dimensions are {product:g3} nodes, more than the {LargestNodeCount} that are handled. Lower --nodes.");
    }

    /// <summary>
    /// Sums values over the dimensions of all attributes but some; each sum stands at the node that is first in the dimensions summed
    /// over. A function of the other dimensions alone then has the same weighted sum over the nodes as before.
    /// </summary>
    /// <param name="values">By node of a fixed grid. [node]</param>
    /// <param name="attributes">Attributes that are kept.</param>
    /// <returns>Sums; 0 at the other nodes. [node]</returns>
    internal double[] Gather(ReadOnlySpan<double> values, ReadOnlySpan<int> attributes)
    {
        if (attributes.Length == AttributeCount)
            return values.ToArray();
        double[] sums = values.ToArray();
        int stride = 1;
        for (int attribute = AttributeCount - 1; attribute >= 0; attribute--, stride *= NodesPerAttribute)
        {
            if (!attributes.Contains(attribute))
                SumTowardsFirst(sums, stride);
        }
        return sums;
    }

    /// <summary>Sums values over the dimensions of all attributes but one.</summary>
    /// <param name="values">By node of a fixed grid. [node]</param>
    /// <param name="attribute">The attribute that is kept.</param>
    /// <returns>[node of the line]</returns>
    internal double[] SumsAlong(ReadOnlySpan<double> values, int attribute)
    {
        int stride = 1;
        for (int other = AttributeCount - 1; other > attribute; other--)
            stride *= NodesPerAttribute;
        double[] sums = new double[NodesPerAttribute];
        for (int node = 0; node < values.Length; node++)
            sums[node / stride % NodesPerAttribute] += values[node];
        return sums;
    }

    /// <summary>A node of the line that a fixed grid is the product of.</summary>
    /// <param name="k">Which, ascending.</param>
    internal double LineNode(int k) => Line[k];

    /// <summary>The same kind of grid on other nodes.</summary>
    /// <param name="specification">Rule, nodes, range.</param>
    /// <param name="reason">Why these.</param>
    internal QuadratureGrid With(QuadratureSpecification specification, string reason) => Create(specification, Shape, reason);

    private static InvalidOperationException NoProduct() =>
        new("The nodes of this plan are not multiplied out, as its method of integration shares none between persons. Ask the backend, or go over the line of nodes.");

    private void SumTowardsFirst(double[] values, int stride)
    {
        for (int start = 0; start < values.Length; start += stride * NodesPerAttribute)
        {
            for (int k = 1; k < NodesPerAttribute; k++)
            {
                for (int node = start; node < start + stride; node++)
                {
                    values[node] += values[node + k * stride];
                    values[node + k * stride] = 0;
                }
            }
        }
    }

    private static QuadratureGrid CreateMoving(QuadratureSpecification specification, GridShape shape, int nodes, string reason)
    {
        (double[] line, double[] lineLogWeight) = GaussHermite.Rule(nodes);
        if (!shape.IsProduct)
            return new QuadratureGrid(specification, shape, line, lineLogWeight, [], [], 0) { Reason = reason };
        int attributeCount = shape.AttributeCount;
        double[] theta = Product(line, attributeCount);
        int total = theta.Length / attributeCount;
        double[] perAttribute = Product(lineLogWeight, attributeCount);
        double[] logWeight = new double[total];
        for (int node = 0; node < total; node++)
        {
            for (int attribute = 0; attribute < attributeCount; attribute++)
                logWeight[node] += perAttribute[node * attributeCount + attribute];
        }
        if (specification.PruneBelow <= 0)
            return new QuadratureGrid(specification, shape, line, lineLogWeight, theta, logWeight, 0) { Reason = reason };

        double threshold = logWeight.Max() + Math.Log(specification.PruneBelow);
        int[] kept = [.. Enumerable.Range(0, total).Where(node => logWeight[node] >= threshold)];
        double mass = kept.Sum(node => Math.Exp(logWeight[node]));
        double[] keptTheta = new double[kept.Length * attributeCount];
        double[] keptLogWeight = new double[kept.Length];
        for (int k = 0; k < kept.Length; k++)
        {
            theta.AsSpan(kept[k] * attributeCount, attributeCount).CopyTo(keptTheta.AsSpan(k * attributeCount));
            keptLogWeight[k] = logWeight[kept[k]] - Math.Log(mass);
        }
        return new QuadratureGrid(specification, shape, line, lineLogWeight, keptTheta, keptLogWeight, 1 - mass) { Reason = reason };
    }

    private static double[] Product(double[] line, int attributeCount)
    {
        int total = (int)Math.Pow(line.Length, attributeCount);
        double[] product = new double[(long)total * attributeCount];
        for (int node = 0; node < total; node++)
        {
            int rest = node;
            for (int attribute = attributeCount - 1; attribute >= 0; attribute--)
            {
                product[node * attributeCount + attribute] = line[rest % line.Length];
                rest /= line.Length;
            }
        }
        return product;
    }
}
