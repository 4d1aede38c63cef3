using IrtGpu.Compute.Loops;

namespace IrtGpu.Compute.Tables;

/// <summary>The sums over one run of patterns.</summary>
/// <param name="index">Which shard.</param>
/// <param name="begin">First position.</param>
/// <param name="end">Position after the last.</param>
/// <param name="jointCounts">Room for counts, made when first needed. [table][tile, joint row, lane]</param>
/// <param name="nodeTotals">Room for totals. [block, padded node]</param>
internal sealed class TableShard(int index, int begin, int end, AlignedBuffer?[] jointCounts, AlignedBuffer nodeTotals) : IDisposable
{
    public int Index => index;

    public int Begin => begin;

    public int End => end;

    public double LogLikelihood { get; set; }

    public AlignedBuffer?[] JointCounts => jointCounts; // [table][tile, joint row, lane], made when first needed

    public AlignedBuffer NodeTotals => nodeTotals; // [block, padded node]

    public void Clear()
    {
        LogLikelihood = 0;
        nodeTotals.Clear();
        foreach (AlignedBuffer? buffer in jointCounts)
            buffer?.Clear();
    }

    public void Dispose()
    {
        nodeTotals.Dispose();
        foreach (AlignedBuffer? buffer in jointCounts)
            buffer?.Dispose();
    }
}
