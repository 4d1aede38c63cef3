using IrtGpu.Compute.Loops;

namespace IrtGpu.Compute.Tables;

/// <summary>Working memory of one thread for a few patterns.</summary>
internal sealed unsafe class TableWorkspace : IDisposable
{
    private const int TargetDoubles = 32768; // 256 KB of posteriors stay in the L2 cache
    private const int FewestPatterns = 48; // share one pass over a node tile of the tables, which large grids stream from farther away
    private const int LargestDoubles = 1 << 23;
    private readonly AlignedBuffer offsets;

    public TableWorkspace(int classCount, int paddedNodeCount, int groupCount)
    {
        int fewest = Math.Clamp(LargestDoubles / (classCount * paddedNodeCount), 1, FewestPatterns);
        PatternCount = Math.Clamp(TargetDoubles / (classCount * paddedNodeCount), fewest, 64);
        Posterior = new AlignedBuffer((long)PatternCount * classCount * paddedNodeCount);
        offsets = new AlignedBuffer(((long)PatternCount * groupCount + 1) / 2);
        OffsetCount = new int[PatternCount];
        Sum = new double[PatternCount];
        LogLikelihood = new double[PatternCount];
    }

    public int PatternCount { get; }

    public AlignedBuffer Posterior { get; } // [pattern, class, padded node]

    public int* Offsets => (int*)offsets.Pointer; // [pattern, group]

    public int[] OffsetCount { get; } // [pattern]

    public double[] Sum { get; } // [pattern]

    public double[] LogLikelihood { get; } // [pattern]

    public void Dispose()
    {
        Posterior.Dispose();
        offsets.Dispose();
    }
}
