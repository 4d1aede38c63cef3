using System.Numerics.Tensors;

namespace IrtGpu.Scoring.SumScores;

/// <summary>P(sum score | θ) at each node, built item by item.</summary>
/// <remarks>
/// f_(i)(s | θ) = Σ_m P_im(θ) f_(i−1)(s − points_im | θ), f_(0)(0) = 1: Lord &amp; Wingersky (1984), Applied Psychological Measurement 8,
/// 453–461; with more than two categories Thissen, Pommerich, Billeaud &amp; Williams (1995), same journal 19, 39–49. The terms are
/// probabilities and sums of products of them, so that nothing cancels; scores of probability below 1e-308 become 0, which they are.
/// One instance serves one thread.
/// </remarks>
internal sealed class SumScoreDistribution
{
    private double[] current; // [score, node]
    private double[] next;

    /// <summary>The distribution of no items: score 0.</summary>
    /// <param name="nodeCount">Number of nodes.</param>
    /// <param name="largestScore">Largest score that there will be, for the memory; grows where it does not suffice.</param>
    public SumScoreDistribution(int nodeCount, int largestScore = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(nodeCount);
        ArgumentOutOfRangeException.ThrowIfNegative(largestScore);
        NodeCount = nodeCount;
        current = new double[(largestScore + 1) * nodeCount];
        next = new double[current.Length];
        Clear();
    }

    /// <summary>Number of nodes.</summary>
    public int NodeCount { get; }

    /// <summary>Largest score of the items added.</summary>
    public int LargestScore { get; private set; }

    /// <summary>P(score | node). [node]</summary>
    /// <param name="score">0 … <see cref="LargestScore"/>.</param>
    public ReadOnlySpan<double> At(int score) => current.AsSpan(score * NodeCount, NodeCount);

    /// <summary>Forgets all items.</summary>
    public void Clear()
    {
        LargestScore = 0;
        current.AsSpan(0, NodeCount).Fill(1);
    }

    /// <summary>Takes over the items of another distribution at the same nodes.</summary>
    /// <param name="other">The other.</param>
    public void CopyFrom(SumScoreDistribution other)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(other.NodeCount, NodeCount);
        LargestScore = other.LargestScore;
        int length = (LargestScore + 1) * NodeCount;
        if (current.Length < length)
            current = new double[length];
        other.current.AsSpan(0, length).CopyTo(current);
    }

    /// <summary>Adds an item whose categories give 0, 1, … points.</summary>
    /// <param name="probability">P(category | node). [category, node]</param>
    public void Add(ReadOnlySpan<double> probability) => Add(probability, []);

    /// <summary>Adds an item.</summary>
    /// <param name="probability">P(category | node). [category, node]</param>
    /// <param name="points">What each category gives, none negative; empty: its number. [category]</param>
    public void Add(ReadOnlySpan<double> probability, ReadOnlySpan<int> points)
    {
        int categoryCount = probability.Length / NodeCount;
        ArgumentOutOfRangeException.ThrowIfNotEqual(probability.Length, categoryCount * NodeCount, nameof(probability));
        int most = points.IsEmpty ? categoryCount - 1 : TensorPrimitives.Max(points);
        int length = (LargestScore + most + 1) * NodeCount;
        if (next.Length < length)
            next = new double[length];
        next.AsSpan(0, length).Clear();
        for (int category = 0; category < categoryCount; category++)
        {
            ReadOnlySpan<double> own = probability.Slice(category * NodeCount, NodeCount);
            int gained = points.IsEmpty ? category : points[category];
            for (int score = 0; score <= LargestScore; score++)
            {
                Span<double> sum = next.AsSpan((score + gained) * NodeCount, NodeCount);
                TensorPrimitives.MultiplyAdd(At(score), own, sum, sum);
            }
        }
        LargestScore += most;
        (current, next) = (next, current);
    }
}
