using ILGPU;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Memory;

namespace IrtGpu.Kernels.Scoring;

/// <summary>What the score kernels need beside the tile.</summary>
internal readonly struct PersonScoreViews
{
    public int AttributeCount { get; init; }

    public int CovarianceCount { get; init; }

    public int ChunksPerClass { get; init; }

    /// <summary>Elements of a node set.</summary>
    public long ThetaStride { get; init; }

    public ArrayView<int> NodeSetOfBlock { get; init; } // [block]

    public ArrayView<double> Theta { get; init; } // [node set, node, attribute]

    public ArrayView<double> Sums { get; init; } // [chunk, total largest mode moments…, pattern]

    public ArrayView<double> Scores { get; init; } // [mean covariance class mode, pattern]
}

/// <summary>Reduces a tile of posteriors to scores: chunks of nodes first, then chunks in order.</summary>
/// <remarks>One thread a (chunk, pattern) or a pattern, patterns fastest; a chunk is a run of nodes of one class.</remarks>
internal static class PersonScoreKernels
{
    private const int Total = 0;
    private const int Largest = 1;
    private const int Mode = 2;
    private const int Moments = 3;

    /// <summary>Σ w, the largest w with its place, and Σ w θ_j of a chunk.</summary>
    /// <param name="cell">chunk · P + pattern.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="posterior">Posterior. [class, node, pattern]</param>
    /// <param name="views">Nodes; receives the sums.</param>
    public static void SumChunk(Index1D cell, TileShape tile, ArrayView<double> posterior, PersonScoreViews views)
    {
        NodeRun run = new(cell, tile, views);
        double total = 0.0;
        double largest = -1.0;
        int mode = run.First;
        for (int node = run.First; node < run.End; node++)
        {
            double weight = posterior[run.Weight + (long)node * tile.PatternStride];
            total += weight;
            mode = weight > largest ? node : mode;
            largest = weight > largest ? weight : largest;
        }

        long output = SumIndex(run.Chunk, tile, views, run.Pattern);
        views.Sums[output + (long)Total * tile.PatternStride] = total;
        views.Sums[output + (long)Largest * tile.PatternStride] = largest;
        views.Sums[output + (long)Mode * tile.PatternStride] = run.Class * tile.NodeCount + mode;
        for (int j = 0; j < views.AttributeCount; j++)
        {
            double moment = 0.0;
            for (int node = run.First; node < run.End; node++)
            {
                moment += posterior[run.Weight + (long)node * tile.PatternStride]
                    * views.Theta[run.Theta + (long)node * views.AttributeCount + j];
            }

            views.Sums[output + (long)(Moments + j) * tile.PatternStride] = moment;
        }
    }

    /// <summary>Mean, class probabilities and mode of a pattern.</summary>
    /// <param name="pattern">Pattern of the tile.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="views">In: sums of chunks; receives scores.</param>
    public static void MergeMeans(Index1D pattern, TileShape tile, PersonScoreViews views)
    {
        double largest = -1.0;
        double mode = 0.0;
        int classRow = views.AttributeCount + views.CovarianceCount;
        for (int k = 0; k < tile.ClassCount; k++)
        {
            double total = 0.0;
            for (int chunk = k * views.ChunksPerClass; chunk < (k + 1) * views.ChunksPerClass; chunk++)
            {
                long sums = SumIndex(chunk, tile, views, pattern.X);
                total += views.Sums[sums + (long)Total * tile.PatternStride];
                double chunkLargest = views.Sums[sums + (long)Largest * tile.PatternStride];
                mode = chunkLargest > largest ? views.Sums[sums + (long)Mode * tile.PatternStride] : mode;
                largest = chunkLargest > largest ? chunkLargest : largest;
            }

            views.Scores[(long)(classRow + k) * tile.PatternStride + pattern.X] = total;
        }

        views.Scores[(long)(classRow + tile.ClassCount) * tile.PatternStride + pattern.X] = mode;
        for (int j = 0; j < views.AttributeCount; j++)
            views.Scores[(long)j * tile.PatternStride + pattern.X] = AddMoments(j, tile, views, pattern.X);
    }

    /// <summary>Σ w (θ_j − mean_j)(θ_k − mean_k) of a chunk.</summary>
    /// <param name="cell">chunk · P + pattern.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="posterior">Posterior. [class, node, pattern]</param>
    /// <param name="views">Nodes and means; receives the sums.</param>
    public static void SumSquares(Index1D cell, TileShape tile, ArrayView<double> posterior, PersonScoreViews views)
    {
        NodeRun run = new(cell, tile, views);
        long output = SumIndex(run.Chunk, tile, views, run.Pattern) + (long)Moments * tile.PatternStride;
        for (int r = 0; r < views.AttributeCount; r++)
        {
            double meanR = views.Scores[(long)r * tile.PatternStride + run.Pattern];
            for (int c = 0; c <= r; c++)
            {
                double meanC = views.Scores[(long)c * tile.PatternStride + run.Pattern];
                double square = 0.0;
                for (int node = run.First; node < run.End; node++)
                {
                    long position = run.Theta + (long)node * views.AttributeCount;
                    square += posterior[run.Weight + (long)node * tile.PatternStride]
                        * (views.Theta[position + r] - meanR) * (views.Theta[position + c] - meanC);
                }

                views.Sums[output] = square;
                output += tile.PatternStride;
            }
        }
    }

    /// <summary>Covariance of a pattern.</summary>
    /// <param name="pattern">Pattern of the tile.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="views">In: sums of chunks; receives covariances.</param>
    public static void MergeCovariances(Index1D pattern, TileShape tile, PersonScoreViews views)
    {
        for (int pair = 0; pair < views.CovarianceCount; pair++)
            views.Scores[(long)(views.AttributeCount + pair) * tile.PatternStride + pattern.X] = AddMoments(pair, tile, views, pattern.X);
    }

    private static double AddMoments(int moment, TileShape tile, PersonScoreViews views, int pattern)
    {
        double sum = 0.0;
        for (int chunk = 0; chunk < tile.ClassCount * views.ChunksPerClass; chunk++)
            sum += views.Sums[SumIndex(chunk, tile, views, pattern) + (long)(Moments + moment) * tile.PatternStride];
        return sum;
    }

    private static long SumIndex(int chunk, TileShape tile, PersonScoreViews views, int pattern) =>
        (long)chunk * (Moments + views.CovarianceCount) * tile.PatternStride + pattern;

    /// <summary>The nodes that one thread sums over.</summary>
    private readonly struct NodeRun
    {
        public NodeRun(Index1D cell, TileShape tile, PersonScoreViews views)
        {
            Pattern = cell.X % tile.PatternCount;
            Chunk = cell.X / tile.PatternCount;
            Class = Chunk / views.ChunksPerClass;
            First = Chunk % views.ChunksPerClass * MemoryPlan.ChunkLength;
            End = IntrinsicMath.Min(First + MemoryPlan.ChunkLength, tile.NodeCount);
            Weight = (long)Class * tile.NodeCount * tile.PatternStride + Pattern;
            Theta = views.NodeSetOfBlock[tile.FirstBlock + Class] * views.ThetaStride;
        }

        public int Pattern { get; }

        public int Chunk { get; }

        public int Class { get; }

        public int First { get; }

        public int End { get; }

        /// <summary>Where the class's posteriors of the pattern begin.</summary>
        public long Weight { get; }

        /// <summary>Where the class's nodes begin.</summary>
        public long Theta { get; }
    }
}
