namespace IrtGpu.Compute.AttributeSets;

/// <summary>Shows a visitor of the whole plan what is seen in a part of it.</summary>
/// <param name="inner">The visitor.</param>
/// <param name="part">The part.</param>
/// <param name="spread">Of the point that is visited, with the shares of all blocks.</param>
internal sealed class SpreadVisitor<TVisitor>(TVisitor inner, AttributeSetPart part, NodeSpread spread) : IPosteriorVisitor
    where TVisitor : IPosteriorVisitor
{
    private readonly double[] all = part.HasAllAttributes ? [] : new double[spread.Whole.Plan.ClassCount * spread.Whole.Plan.NodeCount];

    /// <summary>The visitor.</summary>
    public TVisitor Inner => inner;

    public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior)
    {
        if (part.HasAllAttributes)
        {
            inner.Visit(part.PatternOf(pattern), logLikelihood, posterior);
            return;
        }
        int nodeCount = spread.Whole.Plan.NodeCount;
        int classCount = spread.Whole.Plan.ClassCount;
        int reducedCount = posterior.Length / classCount;
        for (int k = 0; k < classCount; k++)
            spread.Spread(part.FirstBlock(pattern) + k, posterior.Slice(k * reducedCount, reducedCount), all.AsSpan(k * nodeCount, nodeCount));
        inner.Visit(part.PatternOf(pattern), logLikelihood, all);
    }
}
