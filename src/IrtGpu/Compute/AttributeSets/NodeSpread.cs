namespace IrtGpu.Compute.AttributeSets;

/// <summary>Carries what stands at the nodes of measured attributes to the nodes of all attributes: the others are distributed as in the population.</summary>
internal sealed class NodeSpread
{
    private readonly int[] reducedNode; // [node of the whole plan]
    private readonly double[]?[] share; // [block of the part][node of the whole plan] of the weight of its reduced node
    private readonly ModelPoint whole;
    private readonly ModelPoint reduced;
    private readonly int[] blocks; // [block of the part]

    /// <summary>Prepares the shares of a point, each when first asked for.</summary>
    /// <param name="whole">Point of the whole plan.</param>
    /// <param name="reduced">The same in the part's plan.</param>
    /// <param name="blocks">Blocks of the part in the whole plan.</param>
    /// <param name="reducedNode">As <see cref="MeasuredPlan.ReduceNodes"/> gives it.</param>
    public NodeSpread(ModelPoint whole, ModelPoint reduced, int[] blocks, int[] reducedNode)
    {
        this.whole = whole;
        this.reduced = reduced;
        this.blocks = blocks;
        this.reducedNode = reducedNode;
        share = new double[]?[blocks.Length];
    }

    /// <summary>Point of the whole plan.</summary>
    public ModelPoint Whole => whole;

    /// <summary>Finds the shares of all blocks, after which several threads may spread.</summary>
    public void Prepare()
    {
        for (int block = 0; block < blocks.Length; block++)
            _ = ShareOf(block);
    }

    /// <summary>Spreads what stands at the nodes of a block.</summary>
    /// <param name="block">Block of the part.</param>
    /// <param name="values">[node of the part]</param>
    /// <param name="result">Receives them. [node of the whole plan]</param>
    public void Spread(int block, ReadOnlySpan<double> values, Span<double> result)
    {
        double[] shares = ShareOf(block);
        for (int node = 0; node < shares.Length; node++)
            result[node] = values[reducedNode[node]] * shares[node];
    }

    private double[] ShareOf(int block)
    {
        if (share[block] is { } known)
            return known;
        double[] all = whole.LogWeight[blocks[block]];
        double[] measured = reduced.LogWeight[block];
        double[] shares = new double[all.Length];
        for (int node = 0; node < shares.Length; node++)
            shares[node] = Math.Exp(all[node] - measured[reducedNode[node]]);
        return share[block] = shares;
    }
}
