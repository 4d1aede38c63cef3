namespace IrtGpu.Foundation.Sampling.Transforms;

/// <summary>All parameters of a model: blocks with transforms, side by side.</summary>
internal sealed class ParameterSpace : Transform
{
    private readonly Transform[] blocks;
    private readonly int[] firstFree;
    private readonly int[] first;

    /// <summary>Puts blocks side by side.</summary>
    /// <param name="blocks">In the order of the parameters.</param>
    public ParameterSpace(params Transform[] blocks)
        : base(blocks.Sum(block => block.FreeCount), blocks.Sum(block => block.Count))
    {
        this.blocks = blocks;
        (firstFree, first) = (new int[blocks.Length], new int[blocks.Length]);
        for (int block = 1; block < blocks.Length; block++)
        {
            firstFree[block] = firstFree[block - 1] + blocks[block - 1].FreeCount;
            first[block] = first[block - 1] + blocks[block - 1].Count;
        }
    }

    public override double Constrain(ReadOnlySpan<double> x, Span<double> parameters)
    {
        double logJacobian = 0;
        for (int block = 0; block < blocks.Length; block++)
            logJacobian += blocks[block].Constrain(x.Slice(firstFree[block], blocks[block].FreeCount), parameters.Slice(first[block], blocks[block].Count));
        return logJacobian;
    }

    public override void Unconstrain(ReadOnlySpan<double> parameters, Span<double> x)
    {
        for (int block = 0; block < blocks.Length; block++)
            blocks[block].Unconstrain(parameters.Slice(first[block], blocks[block].Count), x.Slice(firstFree[block], blocks[block].FreeCount));
    }

    public override void PullBack(ReadOnlySpan<double> x, ReadOnlySpan<double> parameters, ReadOnlySpan<double> gradient, Span<double> result)
    {
        for (int block = 0; block < blocks.Length; block++)
        {
            (int free, int count) = (blocks[block].FreeCount, blocks[block].Count);
            blocks[block].PullBack(
                x.Slice(firstFree[block], free), parameters.Slice(first[block], count), gradient.Slice(first[block], count), result.Slice(firstFree[block], free));
        }
    }
}
