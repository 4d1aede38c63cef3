using IrtGpu.Compute;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Scoring;

/// <summary>The posteriors of one pattern tile on the host, for visitors.</summary>
internal sealed class PosteriorTile(CalibrationPlan plan, MemoryPlan memory)
{
    private readonly double[] device = new double[(long)plan.ClassCount * memory.NodeTileWidth * memory.PatternTileCapacity]; // [class, node, pattern]
    private readonly double[] posterior = new double[(long)memory.PatternTileCapacity * plan.ClassCount * plan.NodeCount]; // [pattern, class, node]
    private readonly double[] logLikelihood = new double[memory.PatternTileCapacity]; // [pattern]

    /// <summary>Fetches one node tile of the device's tile and turns it around.</summary>
    public void Download(DeviceBuffers buffers, EStepLauncher launcher, TileShape shape)
    {
        buffers.Download(launcher.Posterior, device);
        double[] part = new double[shape.PatternCount];
        buffers.Download(launcher.Normalizers.LogLikelihood.SubView(shape.FirstNormalizer, shape.PatternCount), part);
        part.CopyTo(logLikelihood, 0);
        int length = Math.Min(shape.NodeCount, plan.NodeCount - shape.FirstNode);
        Parallel.For(0, shape.PatternCount, pattern =>
        {
            for (int k = 0; k < shape.ClassCount; k++)
            {
                Span<double> to = posterior.AsSpan((pattern * plan.ClassCount + k) * plan.NodeCount + shape.FirstNode, length);
                for (int node = 0; node < length; node++)
                    to[node] = device[(k * shape.NodeCount + node) * shape.PatternStride + pattern];
            }
        });
    }

    /// <summary>Shows the tile: the pattern at position p of the store goes to visitor p modulo their number, in order.</summary>
    /// <param name="tile">Patterns.</param>
    /// <param name="order">Pattern at each position. [position]</param>
    /// <param name="visitors">The visitors.</param>
    public void Visit<TVisitor>(PatternTile tile, int[] order, TVisitor[] visitors)
        where TVisitor : IPosteriorVisitor
    {
        int width = plan.ClassCount * plan.NodeCount;
        Parallel.For(0, visitors.Length, v =>
        {
            int skip = ((v - tile.First) % visitors.Length + visitors.Length) % visitors.Length;
            for (int pattern = skip; pattern < tile.Count; pattern += visitors.Length)
                visitors[v].Visit(order[tile.First + pattern], logLikelihood[pattern], posterior.AsSpan(pattern * width, width));
        });
    }
}
