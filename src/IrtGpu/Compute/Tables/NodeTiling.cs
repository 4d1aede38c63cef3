namespace IrtGpu.Compute.Tables;

/// <summary>Splits nodes into tiles of equal width, a multiple of the vector length; tile · width + lane is the node.</summary>
/// <param name="TileCount">Number of tiles.</param>
/// <param name="Width">Nodes a tile, padded.</param>
internal readonly record struct NodeTiling(int TileCount, int Width)
{
    private const int VectorLength = 8;
    private const int LargestWidth = 64; // eight vector accumulators

    /// <summary>All nodes, padding included.</summary>
    public int PaddedCount => TileCount * Width;

    /// <summary>The tiling of a number of nodes.</summary>
    /// <param name="nodeCount">L.</param>
    public static NodeTiling Of(int nodeCount)
    {
        int tiles = (nodeCount + LargestWidth - 1) / LargestWidth;
        int width = ((nodeCount + tiles - 1) / tiles + VectorLength - 1) / VectorLength * VectorLength;
        return new NodeTiling((nodeCount + width - 1) / width, width);
    }
}
