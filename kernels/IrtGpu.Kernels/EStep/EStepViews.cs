using ILGPU;
using IrtGpu.Kernels.Memory;

namespace IrtGpu.Kernels.EStep;

/// <summary>Where the category rows of items and the tables of blocks are; the same for every tile.</summary>
internal readonly struct LayoutViews
{
    public int RowCount { get; init; }

    public ArrayView<int> FirstRow { get; init; } // [item, padded to whole words]

    public ArrayView<int> CategoryCount { get; init; } // [item, padded to whole words]; padding 0

    public ArrayView<int> TableOfBlock { get; init; } // [point, block]; tables of all points
}

/// <summary>One tile of patterns of one observed group, times one tile of nodes.</summary>
internal readonly struct TileShape
{
    public int PatternCount { get; init; }

    /// <summary>Distance of neighbouring (class, node) rows of the tile's buffers.</summary>
    public int PatternStride { get; init; }

    /// <summary>Where the tile begins in <see cref="PatternViews"/>.</summary>
    public int FirstPattern { get; init; }

    /// <summary>Where the tile begins in the normalisers.</summary>
    public int FirstNormalizer { get; init; }

    public int NodeCount { get; init; }

    public int FirstNode { get; init; }

    /// <summary>Distance of blocks in the log weights: all nodes, padded.</summary>
    public int WeightStride { get; init; }

    public int ClassCount { get; init; }

    /// <summary>Model points that are evaluated side by side; each has its own tables, weights, blocks and sums.</summary>
    public int PointCount { get; init; }

    /// <summary>Block of the group's first class, at the first point.</summary>
    public int FirstBlock { get; init; }

    /// <summary>Blocks of a point.</summary>
    public int BlockStride { get; init; }

    /// <summary>Chunks of a point.</summary>
    public int ChunkCount { get; init; }

    /// <summary>Distance of points in the normalisers.</summary>
    public int NormalizerStride { get; init; }

    public int SliceLength { get; init; }

    /// <summary>Slices that the tile fills.</summary>
    public int SliceCount { get; init; }
}

/// <summary>What normalisation keeps beside the tile.</summary>
internal readonly struct NormalizerViews
{
    public ArrayView<double> ChunkLargest { get; init; } // [point, chunk, pattern of the tile]

    public ArrayView<double> ChunkSum { get; init; } // [point, chunk, pattern of the tile]; after Normalize the chunk's factor

    public ArrayView<double> Largest { get; init; } // [point, pattern]

    public ArrayView<double> Sum { get; init; } // [point, pattern]

    public ArrayView<double> LogLikelihood { get; init; } // [point, pattern]
}
