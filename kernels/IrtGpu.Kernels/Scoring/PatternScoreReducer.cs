using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Compute;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Scoring;

/// <summary>Launches <see cref="PersonScoreKernels"/> on a tile of posteriors and brings home a few numbers a pattern.</summary>
internal sealed class PatternScoreReducer
{
    private readonly CalibrationPlan plan;
    private readonly MemoryPlan memory;
    private readonly DeviceBuffers buffers;
    private readonly ArrayView<int> nodeSetOfBlock; // [block]
    private readonly ArrayView<double> sums; // [chunk, sum, pattern]
    private readonly ArrayView<double> device; // [score, pattern]
    private readonly double[] host; // [score, pattern]
    private readonly double[] logLikelihood; // [pattern]
    private readonly Action<Index1D, TileShape, ArrayView<double>, PersonScoreViews> sumChunk;
    private readonly Action<Index1D, TileShape, PersonScoreViews> mergeMeans;
    private readonly Action<Index1D, TileShape, ArrayView<double>, PersonScoreViews> sumSquares;
    private readonly Action<Index1D, TileShape, PersonScoreViews> mergeCovariances;

    /// <summary>Compiles the kernels and allocates their sums.</summary>
    public PatternScoreReducer(CalibrationPlan plan, MemoryPlan memory, DeviceBuffers buffers)
    {
        this.plan = plan;
        this.memory = memory;
        this.buffers = buffers;
        Accelerator accelerator = buffers.Accelerator;
        sumChunk = accelerator.LoadIndexed<TileShape, ArrayView<double>, PersonScoreViews>(PersonScoreKernels.SumChunk);
        mergeMeans = accelerator.LoadIndexed<TileShape, PersonScoreViews>(PersonScoreKernels.MergeMeans);
        sumSquares = accelerator.LoadIndexed<TileShape, ArrayView<double>, PersonScoreViews>(PersonScoreKernels.SumSquares);
        mergeCovariances = accelerator.LoadIndexed<TileShape, PersonScoreViews>(PersonScoreKernels.MergeCovariances);
        nodeSetOfBlock = buffers.Allocate<int>(plan.Blocks.Count);
        buffers.Upload(nodeSetOfBlock, [.. plan.Blocks.Select(block => plan.Tables[block.Table].NodeSet)]);
        sums = buffers.Allocate<double>((long)memory.PatternTileCapacity * plan.ClassCount * memory.ScoreChunksPerClass * memory.ScoreSums);
        device = buffers.Allocate<double>((long)memory.PatternTileCapacity * memory.ScoreRows);
        host = new double[(long)memory.PatternTileCapacity * memory.ScoreRows];
        logLikelihood = new double[memory.PatternTileCapacity];
    }

    /// <summary>Empty scores of so many patterns.</summary>
    public PatternScores CreateScores(int count) => new(
        plan.AttributeCount, plan.ClassCount, new double[(long)count * plan.AttributeCount], new double[(long)count * plan.CovarianceCount],
        new double[(long)count * plan.AttributeCount], new double[(long)count * plan.ClassCount], new double[count]);

    /// <summary>Scores the tile that the launcher holds.</summary>
    /// <param name="launcher">Has posteriors and log-likelihoods of the tile.</param>
    /// <param name="theta">Nodes on the device. [node set, node, attribute]</param>
    /// <param name="thetaStride">Elements of a node set.</param>
    /// <param name="tile">Patterns.</param>
    /// <param name="shape">The tile's shape.</param>
    /// <param name="point">Nodes on the host.</param>
    /// <param name="order">Pattern at each position. [position]</param>
    /// <param name="scores">Receives the tile's scores.</param>
    public void Reduce(
        EStepLauncher launcher, ArrayView<double> theta, long thetaStride, PatternTile tile, TileShape shape, ModelPoint point, int[] order,
        PatternScores scores)
    {
        PersonScoreViews views = new()
        {
            AttributeCount = plan.AttributeCount,
            CovarianceCount = plan.CovarianceCount,
            ChunksPerClass = memory.ScoreChunksPerClass,
            ThetaStride = thetaStride,
            NodeSetOfBlock = nodeSetOfBlock,
            Theta = theta,
            Sums = sums,
            Scores = device,
        };
        int chunks = plan.ClassCount * memory.ScoreChunksPerClass;
        sumChunk(chunks * shape.PatternCount, shape, launcher.Posterior, views);
        mergeMeans(shape.PatternCount, shape, views);
        sumSquares(chunks * shape.PatternCount, shape, launcher.Posterior, views);
        mergeCovariances(shape.PatternCount, shape, views);
        for (int k = 0; k < 4; k++)
            buffers.CountLaunch();
        buffers.Download(device, host);
        buffers.Download(launcher.Normalizers.LogLikelihood, logLikelihood);
        Parallel.For(0, tile.Count, position => Store(position, order[tile.First + position], tile.Group, point, scores));
    }

    private void Store(int position, int pattern, int group, ModelPoint point, PatternScores scores)
    {
        int stride = memory.PatternTileCapacity;
        int row = 0;
        for (int j = 0; j < plan.AttributeCount; j++)
            scores.Mean[pattern * plan.AttributeCount + j] = host[row++ * stride + position];
        for (int pair = 0; pair < plan.CovarianceCount; pair++)
            scores.Covariance[pattern * plan.CovarianceCount + pair] = host[row++ * stride + position];
        for (int k = 0; k < plan.ClassCount; k++)
            scores.ClassProbability[pattern * plan.ClassCount + k] = host[row++ * stride + position];
        int mode = (int)host[row * stride + position];
        double[] nodes = point.ThetaOfBlock(plan.Blocks[group * plan.ClassCount + mode / memory.NodeTileWidth]);
        nodes.AsSpan(mode % memory.NodeTileWidth * plan.AttributeCount, plan.AttributeCount)
            .CopyTo(scores.MapTheta.AsSpan(pattern * plan.AttributeCount));
        scores.LogLikelihood[pattern] = logLikelihood[position];
    }
}
