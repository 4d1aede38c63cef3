using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.EStep.Fused;

/// <summary>How the fused E-step is cut, and the sizes of its buffers for one model point.</summary>
/// <param name="NodeBlockCount">Node blocks of a class.</param>
/// <param name="SliceCount">Groups that share a node block.</param>
/// <param name="SliceLength">Counts of a slice.</param>
/// <param name="RunLength">Most patterns of a run.</param>
/// <param name="BitStride">Distance of words of 32 columns.</param>
/// <param name="BitLength">Words of all patterns that are held, for all points together.</param>
/// <param name="FragmentLength">What columns add.</param>
/// <param name="BaseLength">What all patterns begin with.</param>
/// <param name="TermLength">Largest terms, and sums.</param>
/// <param name="KeptLength">Terms kept between column groups.</param>
/// <param name="NormalizerLength">Merged terms.</param>
internal sealed record FusedCut(
    int NodeBlockCount, int SliceCount, long SliceLength, int RunLength, long BitStride, long BitLength, long FragmentLength, long BaseLength, long TermLength,
    long KeptLength, long NormalizerLength)
{
    private const long LargestTermBytes = 1L << 30;
    private const long LargestKeptBytes = 1L << 28;
    private const int SmallestRun = 4096;
    private const int WavesOfNodeBlocks = 4;

    /// <summary>What one point takes beside the bits.</summary>
    public long BytesOfPoint => sizeof(double) * (FragmentLength + BaseLength + 2 * TermLength + KeptLength + 3 * NormalizerLength + SliceCount * SliceLength);

    /// <summary>What one point takes with the bits.</summary>
    public long Bytes => sizeof(int) * BitLength + BytesOfPoint;

    /// <summary>Most points whose launches, with indices of 32 bits, reach everything.</summary>
    public int MostPoints => BitLength > int.MaxValue ? 0 : (int)(int.MaxValue / Math.Max(SliceLength, FragmentLength));

    /// <summary>Cuts a problem.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="memory">How the problem is cut; nodes in one tile.</param>
    /// <param name="layout">Columns.</param>
    /// <param name="residentGroups">Groups of threads that the device has room for.</param>
    public static FusedCut Create(CalibrationPlan plan, MemoryPlan memory, ColumnLayout layout, int residentGroups)
    {
        int nodeBlocks = (plan.NodeCount + FusedKernels.Width - 1) / FusedKernels.Width;
        int chunks = plan.ClassCount * nodeBlocks;
        bool keepsTerms = layout.ColumnGroupCount > 1;
        long patterns = memory.IsResident ? memory.Size.PatternCount : memory.PatternTileCapacity;
        long fitting = Math.Max(SmallestRun, LargestTermBytes / (2L * sizeof(double) * chunks));
        if (keepsTerms)
            fitting = Math.Min(fitting, Math.Max(SmallestRun, LargestKeptBytes / (sizeof(double) * FusedKernels.Width * chunks)));
        int run = (int)Math.Min(patterns, Math.Max(fitting, memory.PatternTileCapacity));
        int tiles = (run + FusedKernels.Width - 1) / FusedKernels.Width;
        int slices = chunks <= residentGroups ? residentGroups / chunks : (WavesOfNodeBlocks * residentGroups + chunks - 1) / chunks;
        long stride = patterns + FusedKernels.Width; // the last tile may look beyond
        return new FusedCut(
            nodeBlocks, Math.Clamp(slices, 1, tiles), (long)plan.Blocks.Count * nodeBlocks * layout.AllParts * FusedKernels.Width * FusedKernels.Width, run,
            stride, stride * layout.AllParts * 2,
            (long)plan.Tables.Count * nodeBlocks * layout.AllParts * layout.FragmentCount * 2 * FusedKernels.StepLength,
            (long)plan.Blocks.Count * nodeBlocks * FusedKernels.Width, (long)chunks * run, keepsTerms ? (long)chunks * run * FusedKernels.Width : 1,
            chunks == 1 ? 1 : run);
    }
}
