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
    private readonly TLanes[] monomials; // sums over the nodes, by lanes, as SumMonomials has them in order
    private readonly int[] monomialOfPower; // [power]
    private readonly int[] monomialOfPowers; // of the product of two [power, power]
    private double[] lastNatural = []; // of the terms
    private double lastLogPartition;
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
        Dictionary<string, int> places = [];
        foreach (int[] monomial in Monomials(attributeCount))
            places[string.Join(' ', monomial)] = places.Count;
        monomials = new TLanes[places.Count];
        int[][] powers = [.. Monomials(attributeCount).Where(monomial => monomial.Length == 1), .. Monomials(attributeCount).Where(monomial => monomial.Length == 2)];
        monomialOfPower = [.. powers.Select(power => places[string.Join(' ', power)])];
        monomialOfPowers = [.. powers.SelectMany(row => powers.Select(column => places[string.Join(' ', row.Concat(column).OrderDescending())]))];
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
    public override double LogPartition(ReadOnlySpan<double> natural)
    {
        if (!natural.SequenceEqual(lastNatural)) // Newton's method asks again for what it has accepted
        {
            lastLogPartition = SumTerms(natural);
            lastNatural = natural.ToArray();
        }
        return lastLogPartition;
    }

    /// <inheritdoc/>
    public override void Moments(Span<double> mean, Span<double> covariance)
    {
        SumMonomials();
        int count = mean.Length;
        for (int row = 0; row < count; row++)
            mean[row] = LaneArithmetic.SumPairs(monomials[monomialOfPower[row]]) / weightSum;
        for (int row = 0; row < count; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                covariance[row * count + column] = covariance[column * count + row] =
                    LaneArithmetic.SumPairs(monomials[monomialOfPowers[row * count + column]]) / weightSum - mean[row] * mean[column];
            }
        }
    }

    /// <summary>log Σ exp(η · powers); leaves the terms less their largest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double SumTerms(ReadOnlySpan<double> natural)
    {
        TLanes largestOfLane = double.NegativeInfinity;
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
            if (node + TLanes.Count <= nodeCount)
                largestOfLane = TLanes.Max(largestOfLane, sum);
        }
        double largest = LaneArithmetic.Largest(largestOfLane);
        for (int node = nodeCount / TLanes.Count * TLanes.Count; node < nodeCount; node++)
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

    /// <summary>Σ of the terms times θ_j, θ_j θ_k, θ_j θ_k θ_l and θ_j θ_k θ_l θ_m, j ≥ k ≥ l ≥ m: what all products of two powers are among.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SumMonomials()
    {
        TLanes[] sums = monomials;
        Array.Clear(sums);
        for (int node = 0; node < paddedCount; node += TLanes.Count)
        {
            TLanes weight = LaneMemory.Load<TLanes>(weights.AsSpan(node));
            int at = 0;
            for (int j = 0; j < attributeCount; j++)
            {
                TLanes first = weight * LaneMemory.Load<TLanes>(columns.AsSpan(j * paddedCount + node));
                sums[at++] += first;
                for (int k = 0; k <= j; k++)
                {
                    TLanes second = first * LaneMemory.Load<TLanes>(columns.AsSpan(k * paddedCount + node));
                    sums[at++] += second;
                    for (int l = 0; l <= k; l++)
                    {
                        TLanes third = second * LaneMemory.Load<TLanes>(columns.AsSpan(l * paddedCount + node));
                        sums[at++] += third;
                        for (int m = 0; m <= l; m++)
                            sums[at++] += third * LaneMemory.Load<TLanes>(columns.AsSpan(m * paddedCount + node));
                    }
                }
            }
        }
    }

    /// <summary>Attributes of each monomial, in the order in which they are summed.</summary>
    private static IEnumerable<int[]> Monomials(int attributeCount)
    {
        for (int j = 0; j < attributeCount; j++)
        {
            yield return [j];
            for (int k = 0; k <= j; k++)
            {
                yield return [j, k];
                for (int l = 0; l <= k; l++)
                {
                    yield return [j, k, l];
                    for (int m = 0; m <= l; m++)
                        yield return [j, k, l, m];
                }
            }
        }
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
}
