using IrtGpu.Compute.Loops;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Scoring;

/// <summary>First and second powers of the nodes, and their sums under weights.</summary>
/// <remarks>
/// On a product grid, node = outer · K + inner, the last θ depends on the inner index alone and the others on the outer. Weights are then
/// multiplied by the powers of the outer coordinates first, a product of matrices [power, outer] by [outer, inner], and by the powers of the
/// inner one last: the weights are read once, and no column is as long as they are.
/// </remarks>
internal sealed unsafe class NodeColumns
{
    private const int ShortestLine = 8; // below, padding is most of it

    private readonly double[] theta; // [node, attribute]
    private readonly int attributeCount;
    private readonly int lineCount; // K; 1 where the nodes are no product
    private readonly int outerCount;
    private readonly int powerCount; // 1, θ_j, θ_j θ_k of the columns
    private readonly double[] powers; // of the outer coordinates, or of all where the nodes are no product [power, outer]
    private readonly double[] line; // last θ by the inner index [inner]
    private readonly double[] lineSquares; // its squares [inner]

    /// <param name="theta">Nodes. [node, attribute]</param>
    /// <param name="attributeCount">J.</param>
    public NodeColumns(double[] theta, int attributeCount)
    {
        this.theta = theta;
        this.attributeCount = attributeCount;
        int nodeCount = theta.Length / attributeCount;
        int found = LineOf(theta, attributeCount);
        lineCount = found >= ShortestLine ? found : 1;
        outerCount = nodeCount / lineCount;
        int outerAttributes = IsProduct ? attributeCount - 1 : attributeCount;
        powerCount = 1 + outerAttributes + outerAttributes * (outerAttributes + 1) / 2;
        powers = new double[PaddedPowers * outerCount];
        for (int outer = 0; outer < outerCount; outer++)
        {
            int power = 0;
            powers[power++ * outerCount + outer] = 1;
            for (int j = 0; j < outerAttributes; j++)
                powers[power++ * outerCount + outer] = Theta(outer * lineCount, j);
            for (int j = 0; j < outerAttributes; j++)
            {
                for (int k = 0; k <= j; k++)
                    powers[power++ * outerCount + outer] = Theta(outer * lineCount, j) * Theta(outer * lineCount, k);
            }
        }
        line = [.. Enumerable.Range(0, lineCount).Select(inner => Theta(inner, attributeCount - 1))];
        lineSquares = [.. line.Select(value => value * value)];
    }

    /// <summary>Doubles of scratch that sums take.</summary>
    public int ScratchLength => IsProduct ? (PaddedPowers + 1) * PaddedLine : 0;

    private bool IsProduct => lineCount > 1;

    private int PaddedPowers => (powerCount + 3) / 4 * 4; // the product of matrices takes four at a time

    private int PaddedLine => (lineCount + 7) / 8 * 8;

    /// <summary>A coordinate of a node.</summary>
    public double Theta(int node, int attribute) => theta[node * attributeCount + attribute];

    /// <summary>Adds Σ w θ_j and Σ w θ_j θ_k.</summary>
    /// <param name="weights">w. [node]</param>
    /// <param name="mean">Added to. [attribute]</param>
    /// <param name="products">Added to. [packed pair of attributes]</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/>.</param>
    /// <returns>Σ w.</returns>
    public double AddMoments(ReadOnlySpan<double> weights, Span<double> mean, Span<double> products, Span<double> scratch)
    {
        if (IsProduct)
            return AddProduct(weights, mean, products, scratch);
        for (int j = 0; j < mean.Length; j++)
            mean[j] += FixedOrderSums.Dot(weights, Power(1 + j));
        for (int pair = 0; pair < products.Length; pair++)
            products[pair] += FixedOrderSums.Dot(weights, Power(1 + mean.Length + pair));
        return FixedOrderSums.Sum(weights);
    }

    private double AddProduct(ReadOnlySpan<double> weights, Span<double> mean, Span<double> products, Span<double> scratch)
    {
        int padded = PaddedLine;
        Span<double> sums = scratch[..(PaddedPowers * padded)]; // [power, inner]; beyond the line what is of no use
        Span<double> last = scratch.Slice(PaddedPowers * padded, padded);
        sums.Clear();
        last.Clear();
        weights[^lineCount..].CopyTo(last); // padded: nothing is read behind the weights
        fixed (double* w = weights, a = powers, c = sums, end = last)
        {
            MatrixKernels.MultiplyAdd(a, outerCount, 1, w, lineCount, c, padded, PaddedPowers, outerCount - 1, padded);
            MatrixKernels.MultiplyAdd(a + outerCount - 1, outerCount, 1, end, padded, c, padded, PaddedPowers, 1, padded);
        }
        int j = attributeCount - 1; // the inner attribute
        for (int k = 0; k < j; k++)
        {
            ReadOnlySpan<double> bySlope = Line(sums, 1 + k);
            mean[k] += FixedOrderSums.Sum(bySlope);
            products[j * (j + 1) / 2 + k] += FixedOrderSums.Dot(bySlope, line);
        }
        for (int pair = 0; pair < j * (j + 1) / 2; pair++)
            products[pair] += FixedOrderSums.Sum(Line(sums, 1 + j + pair));
        ReadOnlySpan<double> alone = Line(sums, 0);
        mean[j] += FixedOrderSums.Dot(alone, line);
        products[j * (j + 1) / 2 + j] += FixedOrderSums.Dot(alone, lineSquares);
        return FixedOrderSums.Sum(alone);
    }

    private ReadOnlySpan<double> Power(int power) => powers.AsSpan(power * outerCount, outerCount);

    private ReadOnlySpan<double> Line(ReadOnlySpan<double> sums, int power) => sums.Slice(power * PaddedLine, lineCount);

    /// <summary>K where the nodes are a product of a line in the last coordinate and of the others; else 1.</summary>
    private static int LineOf(double[] theta, int attributeCount)
    {
        int nodeCount = theta.Length / attributeCount;
        int others = attributeCount - 1;
        if (others == 0)
            return 1;
        ReadOnlySpan<double> Others(int node) => theta.AsSpan(node * attributeCount, others);
        int length = 1;
        while (length < nodeCount && Others(length).SequenceEqual(Others(0)))
            length++;
        if (nodeCount % length != 0)
            return 1;
        for (int node = 0; node < nodeCount; node++)
        {
            int first = node / length * length;
            if (!Others(node).SequenceEqual(Others(first)) || theta[node * attributeCount + others] != theta[(node - first) * attributeCount + others])
                return 1;
        }
        return length;
    }
}
