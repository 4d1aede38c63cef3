using System.Runtime.CompilerServices;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Models;
using IrtGpu.Vectors;

namespace IrtGpu.Population;

/// <summary>
/// Sums over the nodes of the sufficient statistics of a normal, the powers θ_j and then θ_j θ_k for k ≤ j, a vector of nodes at a time.
/// </summary>
/// <remarks>Not for several threads at once.</remarks>
internal abstract class NodePowers : IPowerSums
{
    /// <summary>Those of nodes, by the vectors of this process.</summary>
    /// <param name="theta">Nodes. [node, attribute]</param>
    /// <param name="attributeCount">J.</param>
    public static NodePowers Of(double[] theta, int attributeCount) => VectorWidth.Bits switch
    {
        512 => new NodePowers<Lanes512>(theta, attributeCount),
        256 => new NodePowers<Lanes256>(theta, attributeCount),
        _ => new NodePowers<Lanes128>(theta, attributeCount),
    };

    /// <summary>The nodes. [node, attribute]</summary>
    public abstract double[] Theta { get; }

    /// <summary>Sums of the powers.</summary>
    /// <param name="nodeTotals">Weight of each node. [node]</param>
    /// <param name="sums">Receives them. [power]</param>
    /// <returns>Sum of the weights.</returns>
    public abstract double Sum(double[] nodeTotals, Span<double> sums);

    /// <inheritdoc/>
    public abstract double LogPartition(ReadOnlySpan<double> natural);

    /// <inheritdoc/>
    public abstract void Moments(Span<double> mean, Span<double> covariance);
}

/// <summary>The sums, by vectors of one width.</summary>
/// <typeparam name="TLanes">The vector.</typeparam>
internal sealed class NodePowers<TLanes> : NodePowers
    where TLanes : struct, ILanes<TLanes>
{
    private readonly int attributeCount;
    private readonly int nodeCount;
    private readonly int paddedCount;
    private readonly double[] columns; // [attribute, padded node]
    private readonly double[] weights; // terms of the last normal [padded node]
    private readonly double[] weighted; // [padded node]
    private double weightSum;

    /// <param name="theta">Nodes. [node, attribute]</param>
    /// <param name="attributeCount">J.</param>
    public NodePowers(double[] theta, int attributeCount)
    {
        Theta = theta;
        this.attributeCount = attributeCount;
        nodeCount = theta.Length / attributeCount;
        paddedCount = (nodeCount + LaneMemory.MostLanes - 1) / LaneMemory.MostLanes * LaneMemory.MostLanes;
        columns = new double[attributeCount * paddedCount];
        weights = new double[paddedCount];
        weighted = new double[paddedCount];
        for (int node = 0; node < nodeCount; node++)
        {
            for (int j = 0; j < attributeCount; j++)
                columns[j * paddedCount + node] = theta[node * attributeCount + j];
        }
    }

    /// <inheritdoc/>
    public override double[] Theta { get; }

    /// <inheritdoc/>
    public override double Sum(double[] nodeTotals, Span<double> sums)
    {
        nodeTotals.CopyTo(weighted, 0);
        SumWeighted(sums);
        TLanes total = 0.0;
        for (int node = 0; node < paddedCount; node += TLanes.Count)
            total += LaneMemory.Load<TLanes>(weighted.AsSpan(node));
        return LaneArithmetic.SumPairs(total);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double LogPartition(ReadOnlySpan<double> natural)
    {
        double largest = double.NegativeInfinity;
        for (int node = 0; node < paddedCount; node += TLanes.Count)
        {
            TLanes sum = 0.0;
            int pair = attributeCount;
            for (int j = 0; j < attributeCount; j++)
            {
                TLanes slope = natural[j];
                for (int k = 0; k <= j; k++)
                    slope += natural[pair++] * LaneMemory.Load<TLanes>(columns.AsSpan(k * paddedCount + node));
                sum += slope * LaneMemory.Load<TLanes>(columns.AsSpan(j * paddedCount + node));
            }
            LaneMemory.Store(sum, weights.AsSpan(node));
        }
        for (int node = 0; node < nodeCount; node++)
            largest = Math.Max(largest, weights[node]);
        weights.AsSpan(nodeCount).Fill(double.NegativeInfinity);
        TLanes total = 0.0;
        for (int node = 0; node < paddedCount; node += TLanes.Count)
        {
            TLanes term = Elementary.Exp(LaneMemory.Load<TLanes>(weights.AsSpan(node)) - largest);
            LaneMemory.Store(term, weights.AsSpan(node));
            total += term;
        }
        weightSum = LaneArithmetic.SumPairs(total);
        return largest + Math.Log(weightSum);
    }

    /// <inheritdoc/>
    public override void Moments(Span<double> mean, Span<double> covariance)
    {
        weights.CopyTo(weighted, 0);
        SumWeighted(mean);
        for (int row = 0; row < mean.Length; row++)
            mean[row] /= weightSum;
        int index = 0;
        for (int j = 0; j < attributeCount; j++)
        {
            Multiply(weights, Column(j), weighted);
            Fill(index++, mean, covariance);
        }
        for (int j = 0; j < attributeCount; j++)
        {
            for (int k = 0; k <= j; k++)
            {
                Multiply(weights, Column(j), weighted);
                Multiply(weighted, Column(k), weighted);
                Fill(index++, mean, covariance);
            }
        }
    }

    // The row of a power, of which the weighted values are there.
    private void Fill(int row, ReadOnlySpan<double> mean, Span<double> covariance)
    {
        Span<double> values = covariance.Slice(row * mean.Length, mean.Length);
        SumWeighted(values);
        for (int column = 0; column < values.Length; column++)
            values[column] = values[column] / weightSum - mean[row] * mean[column];
    }

    /// <summary>Sums of the powers times the weighted values at hand. [power]</summary>
    private void SumWeighted(Span<double> sums)
    {
        int pair = attributeCount;
        for (int j = 0; j < attributeCount; j++)
        {
            sums[j] = Dot(weighted, Column(j));
            for (int k = 0; k <= j; k++)
                sums[pair++] = Dot(weighted, Column(j), Column(k));
        }
    }

    private ReadOnlySpan<double> Column(int attribute) => columns.AsSpan(attribute * paddedCount, paddedCount);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        TLanes even = 0.0;
        TLanes odd = 0.0;
        int node = 0;
        for (; node <= left.Length - 2 * TLanes.Count; node += 2 * TLanes.Count)
        {
            even += LaneMemory.Load<TLanes>(left[node..]) * LaneMemory.Load<TLanes>(right[node..]);
            odd += LaneMemory.Load<TLanes>(left[(node + TLanes.Count)..]) * LaneMemory.Load<TLanes>(right[(node + TLanes.Count)..]);
        }
        if (node < left.Length)
            even += LaneMemory.Load<TLanes>(left[node..]) * LaneMemory.Load<TLanes>(right[node..]);
        return LaneArithmetic.SumPairs(even + odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> middle, ReadOnlySpan<double> right)
    {
        TLanes even = 0.0;
        TLanes odd = 0.0;
        int node = 0;
        for (; node <= left.Length - 2 * TLanes.Count; node += 2 * TLanes.Count)
        {
            int next = node + TLanes.Count;
            even += LaneMemory.Load<TLanes>(left[node..]) * LaneMemory.Load<TLanes>(middle[node..]) * LaneMemory.Load<TLanes>(right[node..]);
            odd += LaneMemory.Load<TLanes>(left[next..]) * LaneMemory.Load<TLanes>(middle[next..]) * LaneMemory.Load<TLanes>(right[next..]);
        }
        if (node < left.Length)
            even += LaneMemory.Load<TLanes>(left[node..]) * LaneMemory.Load<TLanes>(middle[node..]) * LaneMemory.Load<TLanes>(right[node..]);
        return LaneArithmetic.SumPairs(even + odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> product)
    {
        for (int node = 0; node < product.Length; node += TLanes.Count)
            LaneMemory.Store(LaneMemory.Load<TLanes>(left[node..]) * LaneMemory.Load<TLanes>(right[node..]), product[node..]);
    }
}
