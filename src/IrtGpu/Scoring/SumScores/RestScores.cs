namespace IrtGpu.Scoring.SumScores;

/// <summary>Distributions of the sum of all items but one, for each item.</summary>
/// <remarks>
/// Halving: the distribution that holds all items but those of a run is made for both halves of it by adding the other half, down to runs of
/// one item. log₂ I passes over the items in place of I, and nothing is divided out, which would lose digits.
/// </remarks>
internal sealed class RestScores
{
    private readonly Func<int, ReadOnlySpan<double>> probabilityOf;
    private readonly Action<int, SumScoreDistribution> visit;
    private readonly SumScoreDistribution[] ofDepth;

    private RestScores(int nodeCount, int itemCount, Func<int, ReadOnlySpan<double>> probabilityOf, Action<int, SumScoreDistribution> visit)
    {
        this.probabilityOf = probabilityOf;
        this.visit = visit;
        int depth = 1;
        for (int run = itemCount; run > 1; run = (run + 1) / 2)
            depth++;
        ofDepth = [.. Enumerable.Range(0, depth).Select(_ => new SumScoreDistribution(nodeCount))];
    }

    /// <summary>Shows each item's.</summary>
    /// <param name="nodeCount">Number of nodes.</param>
    /// <param name="itemCount">Number of items.</param>
    /// <param name="probabilityOf">P(category | node) of an item; category numbers are its points. [category, node]</param>
    /// <param name="visit">Receives item and distribution, good during the call.</param>
    public static void Visit(int nodeCount, int itemCount, Func<int, ReadOnlySpan<double>> probabilityOf, Action<int, SumScoreDistribution> visit) =>
        new RestScores(nodeCount, itemCount, probabilityOf, visit).Descend(0, itemCount, 0);

    private void Descend(int begin, int end, int depth)
    {
        if (end - begin == 1)
        {
            visit(begin, ofDepth[depth]);
            return;
        }
        int middle = (begin + end) / 2;
        DescendWithout(middle, end, begin, middle, depth);
        DescendWithout(begin, middle, middle, end, depth);
    }

    private void DescendWithout(int addBegin, int addEnd, int begin, int end, int depth)
    {
        SumScoreDistribution next = ofDepth[depth + 1];
        next.CopyFrom(ofDepth[depth]);
        for (int item = addBegin; item < addEnd; item++)
            next.Add(probabilityOf(item));
        Descend(begin, end, depth + 1);
    }
}
