using System.Runtime.CompilerServices;
using IrtGpu.Items.Evaluation;
using IrtGpu.Models;

namespace IrtGpu.Population;

/// <summary>
/// Sums over the nodes of the sufficient statistics of a normal, the powers θ_j and then θ_j θ_k for k ≤ j, eight nodes at a time.
/// </summary>
/// <remarks>Sums have the same bits whatever the width of the machine's vectors. Not for several threads at once.</remarks>
internal sealed class NodePowers
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
        paddedCount = (nodeCount + Lanes.Count - 1) / Lanes.Count * Lanes.Count;
        columns = new double[attributeCount * paddedCount];
        weights = new double[paddedCount];
        weighted = new double[paddedCount];
        for (int node = 0; node < nodeCount; node++)
        {
            for (int j = 0; j < attributeCount; j++)
                columns[j * paddedCount + node] = theta[node * attributeCount + j];
        }
    }

    /// <summary>The nodes. [node, attribute]</summary>
    public double[] Theta { get; }

    /// <summary>Sums of the powers.</summary>
    /// <param name="nodeTotals">Weight of each node. [node]</param>
    /// <param name="sums">Receives them. [power]</param>
    /// <returns>Sum of the weights.</returns>
    public double Sum(double[] nodeTotals, Span<double> sums)
    {
        nodeTotals.CopyTo(weighted, 0);
        SumWeighted(sums);
        Lanes total = 0.0;
        for (int node = 0; node < paddedCount; node += Lanes.Count)
            total += Lanes.Load(weighted.AsSpan(node));
        return total.Sum();
    }

    /// <summary>log Σ_l exp(η · powers at l); leaves the terms for <see cref="Moments"/>.</summary>
    /// <param name="natural">η. [power]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double LogPartition(ReadOnlySpan<double> natural)
    {
        double largest = double.NegativeInfinity;
        for (int node = 0; node < paddedCount; node += Lanes.Count)
        {
            Lanes sum = 0.0;
            int pair = attributeCount;
            for (int j = 0; j < attributeCount; j++)
            {
                Lanes slope = natural[j];
                for (int k = 0; k <= j; k++)
                    slope += (Lanes)natural[pair++] * Lanes.Load(columns.AsSpan(k * paddedCount + node));
                sum += slope * Lanes.Load(columns.AsSpan(j * paddedCount + node));
            }
            sum.Store(weights.AsSpan(node));
        }
        for (int node = 0; node < nodeCount; node++)
            largest = Math.Max(largest, weights[node]);
        weights.AsSpan(nodeCount).Fill(double.NegativeInfinity);
        Lanes total = 0.0;
        for (int node = 0; node < paddedCount; node += Lanes.Count)
        {
            Lanes term = Elementary.Exp(Lanes.Load(weights.AsSpan(node)) - largest);
            term.Store(weights.AsSpan(node));
            total += term;
        }
        weightSum = total.Sum();
        return largest + Math.Log(weightSum);
    }

    /// <summary>Means and covariances of the powers under the discretised normal of the last <see cref="LogPartition"/>.</summary>
    /// <param name="mean">Receives the means. [power]</param>
    /// <param name="covariance">Receives the covariances. [power, power]</param>
    public void Moments(Span<double> mean, Span<double> covariance)
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
        Lanes even = 0.0;
        Lanes odd = 0.0;
        int node = 0;
        for (; node <= left.Length - 2 * Lanes.Count; node += 2 * Lanes.Count)
        {
            even += Lanes.Load(left[node..]) * Lanes.Load(right[node..]);
            odd += Lanes.Load(left[(node + Lanes.Count)..]) * Lanes.Load(right[(node + Lanes.Count)..]);
        }
        if (node < left.Length)
            even += Lanes.Load(left[node..]) * Lanes.Load(right[node..]);
        return (even + odd).Sum();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> middle, ReadOnlySpan<double> right)
    {
        Lanes even = 0.0;
        Lanes odd = 0.0;
        int node = 0;
        for (; node <= left.Length - 2 * Lanes.Count; node += 2 * Lanes.Count)
        {
            int next = node + Lanes.Count;
            even += Lanes.Load(left[node..]) * Lanes.Load(middle[node..]) * Lanes.Load(right[node..]);
            odd += Lanes.Load(left[next..]) * Lanes.Load(middle[next..]) * Lanes.Load(right[next..]);
        }
        if (node < left.Length)
            even += Lanes.Load(left[node..]) * Lanes.Load(middle[node..]) * Lanes.Load(right[node..]);
        return (even + odd).Sum();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> product)
    {
        for (int node = 0; node < product.Length; node += Lanes.Count)
            (Lanes.Load(left[node..]) * Lanes.Load(right[node..])).Store(product[node..]);
    }
}
