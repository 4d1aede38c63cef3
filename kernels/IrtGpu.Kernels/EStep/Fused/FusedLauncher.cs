using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using IrtGpu.Data;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.EStep.Fused;

/// <summary>The E-step through tables by products of matrices on CUDA devices of compute capability 8.0 and later.</summary>
/// <remarks>Takes item tables, log weights and patterns as the other kernels do, and leaves counts, node totals and log-likelihoods where they do.</remarks>
internal sealed class FusedLauncher
{
    private const long LargestTermBytes = 1L << 30;
    private const int SmallestRun = 4096;
    private const int WavesOfNodeBlocks = 4;

    private readonly CalibrationPlan plan;
    private readonly MemoryPlan memory;
    private readonly DeviceBuffers buffers;
    private readonly EStepLauncher launcher;
    private readonly PatternStore store;
    private readonly ColumnLayout layout;
    private readonly FusedUnits units;
    private readonly FusedShape shape;
    private readonly FusedViews views;
    private readonly ColumnViews columns;
    private readonly NormalizerViews normalizers; // of several node blocks
    private readonly int runLength;
    private readonly Action<Index1D, FusedShape, PatternViews, ColumnViews, ArrayView<int>> packAnswers;
    private readonly Action<Index1D, FusedShape, int, int, int, ColumnViews, ArrayView<double>, ArrayView<double>> packFragments;
    private readonly Action<KernelConfig, FusedShape, int, int, ColumnViews, TableViews, ArrayView<double>> packBases;
    private readonly Action<
        Index1D, FusedShape, int, int, int, int, int, ColumnViews, ArrayView<int>, ArrayView<double>, ArrayView<double>, ArrayView<double>> spreadCounts;
    private readonly Action<KernelConfig, FusedShape, int, PatternViews, FusedViews, ArrayView<double>> sumWhole;

    private FusedLauncher(
        CalibrationPlan plan, MemoryPlan memory, DeviceBuffers buffers, EStepLauncher launcher, PatternStore store, ColumnLayout layout, FusedUnits units, Cut cut)
    {
        (this.plan, this.memory, this.buffers, this.launcher, this.store, this.layout, this.units) = (plan, memory, buffers, launcher, store, layout, units);
        runLength = cut.RunLength;
        Accelerator accelerator = buffers.Accelerator;
        packAnswers = accelerator.LoadIndexed<FusedShape, PatternViews, ColumnViews, ArrayView<int>>(FusedKernels.PackAnswers);
        packFragments = accelerator.LoadIndexed<FusedShape, int, int, int, ColumnViews, ArrayView<double>, ArrayView<double>>(FusedKernels.PackFragments);
        packBases = accelerator.LoadGrouped<FusedShape, int, int, ColumnViews, TableViews, ArrayView<double>>(FusedKernels.PackBases);
        spreadCounts = accelerator.LoadIndexed<FusedShape, int, int, int, int, int, ColumnViews, ArrayView<int>, ArrayView<double>, ArrayView<double>, ArrayView<double>>(
            FusedKernels.SpreadCounts);
        sumWhole = accelerator.LoadGrouped<FusedShape, int, PatternViews, FusedViews, ArrayView<double>>(FusedKernels.SumWholeLogLikelihood);

        shape = new FusedShape
        {
            BitStride = (int)cut.BitStride,
            FragmentCount = layout.FragmentCount,
            NodeBlockCount = cut.NodeBlockCount,
            ClassCount = plan.ClassCount,
            TermStride = runLength,
            SliceCount = cut.SliceCount,
            SliceLength = (int)cut.SliceLength,
        };
        columns = UploadColumns();
        views = new FusedViews
        {
            Bits = buffers.Allocate<int>(cut.BitLength),
            Fragments = buffers.Allocate<double>(cut.FragmentLength),
            Bases = buffers.Allocate<double>(cut.BaseLength),
            Largest = buffers.Allocate<double>(cut.TermLength),
            Sum = buffers.Allocate<double>(cut.TermLength),
            Counts = buffers.Allocate<double>(cut.SliceCount * cut.SliceLength),
        };
        normalizers = new NormalizerViews
        {
            ChunkLargest = views.Largest,
            ChunkSum = views.Sum,
            Largest = buffers.Allocate<double>(cut.NormalizerLength),
            Sum = buffers.Allocate<double>(cut.NormalizerLength),
            LogLikelihood = buffers.Allocate<double>(cut.NormalizerLength),
        };
        if (memory.IsResident)
            PackAnswers(store.Acquire(0, out _), 0, checked((int)memory.Size.PatternCount));
    }

    /// <summary>For the report of the device.</summary>
    public string Description => $"fused kernels with products of {units.Rows} × 8 × 4, {layout.PartCount * FusedKernels.Width} columns";

    private bool IsWhole => plan.ClassCount * shape.NodeBlockCount == 1;

    /// <summary>Compiles and allocates, where the device, the columns and the memory allow it.</summary>
    /// <param name="session">The open device.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="memory">How the problem is cut; nodes in one tile.</param>
    /// <param name="buffers">Where to allocate.</param>
    /// <param name="launcher">Has item tables and receives the counts.</param>
    /// <param name="store">Patterns on the device.</param>
    /// <param name="freeBytes">Memory that may be taken.</param>
    /// <returns>Null: the other kernels must do.</returns>
    public static FusedLauncher? TryCreate(
        DeviceSession session, CalibrationPlan plan, PatternTable patterns, MemoryPlan memory, DeviceBuffers buffers, EStepLauncher launcher,
        PatternStore store, long freeBytes)
    {
        if (session.Accelerator is not CudaAccelerator cuda || ColumnLayout.TryCreate(plan, patterns) is not { } layout
            || FusedUnits.TryLoad(cuda, layout) is not { } units)
        {
            return null;
        }
        Cut cut = Cut.Create(plan, memory, layout, units.GroupsPerMultiprocessor * cuda.NumMultiprocessors);
        if (cut.Bytes > freeBytes || !cut.IsLaunchable)
            return null;
        return new FusedLauncher(plan, memory, buffers, launcher, store, layout, units, cut);
    }

    /// <summary>One E-step: counts, node totals and log-likelihoods.</summary>
    /// <param name="logWeight">log τ + log π. [block, node]</param>
    public void Count(ArrayView<double> logWeight)
    {
        int nodeCount = memory.Size.PaddedNodeCount;
        views.Counts.MemSetToZero(buffers.Accelerator.DefaultStream);
        launcher.ClearLogLikelihood();
        packFragments((int)views.Fragments.Length, shape, layout.PartCount, nodeCount, plan.RowCount, columns, launcher.LogProbability, views.Fragments);
        TableViews inputs = new() { TableOfBlock = launcher.Layout.TableOfBlock, LogProbability = launcher.LogProbability, LogWeight = logWeight };
        packBases(
            (plan.Blocks.Count * shape.NodeBlockCount, FusedKernels.BaseLanes * FusedKernels.Width), shape, nodeCount, plan.RowCount, columns, inputs, views.Bases);
        buffers.CountLaunch(2);
        foreach ((PatternTile run, PatternViews patterns, int first) in Runs())
            CountRun(run, patterns, first);
        launcher.AddSlices(views.Counts, shape.SliceLength, shape.SliceCount);
        spreadCounts(
            (plan.Tables.Count * plan.RowCount + plan.Blocks.Count) * nodeCount, shape, layout.PartCount, nodeCount, plan.RowCount, plan.Tables.Count,
            layout.TotalColumn, columns, launcher.Layout.TableOfBlock, views.Counts, launcher.Counts, launcher.Totals);
        buffers.CountLaunch();
    }

    private void CountRun(PatternTile run, PatternViews patterns, int first)
    {
        FusedShape own = shape with { PatternCount = run.Count, FirstPattern = first, FirstBlock = run.Group * plan.ClassCount };
        if (!memory.IsResident)
            PackAnswers(patterns, first, run.Count);
        int sliceLength = (run.Count + memory.SliceCount - 1) / memory.SliceCount;
        if (IsWhole)
        {
            Launch(own, FusedPass.Whole, patterns);
            sumWhole(((run.Count + sliceLength - 1) / sliceLength, launcher.SumGroup), own, sliceLength, patterns, views, launcher.LogLikelihoods);
            buffers.CountLaunch();
            return;
        }
        TileShape tile = new()
        {
            PatternCount = run.Count,
            PatternStride = runLength,
            FirstPattern = first,
            ClassCount = plan.ClassCount,
            PointCount = 1,
            ChunkCount = plan.ClassCount * shape.NodeBlockCount,
            NormalizerStride = runLength,
            SliceLength = sliceLength,
            SliceCount = (run.Count + sliceLength - 1) / sliceLength,
        };
        Launch(own, FusedPass.Terms, patterns);
        launcher.MergeTerms(tile, isFirst: true, normalizers);
        launcher.Normalize(tile, normalizers);
        launcher.CollectLogLikelihood(tile, patterns, normalizers);
        Launch(own, FusedPass.Counts, patterns);
    }

    private void Launch(FusedShape run, FusedPass pass, PatternViews patterns)
    {
        int threads = layout.PartCount * FusedKernels.PartThreads;
        KernelConfig config = new(plan.ClassCount * shape.NodeBlockCount * shape.SliceCount, threads, SharedMemoryConfig.RequestDynamic<byte>(layout.SharedBytes));
        units.Launch(buffers.Accelerator.DefaultStream, config, run with { Pass = (int)pass }, patterns, launcher.Layout.TableOfBlock, views);
        buffers.CountLaunch();
    }

    private void PackAnswers(PatternViews patterns, int first, int count)
    {
        packAnswers(columns.WordCount * count, shape with { FirstPattern = first, PatternCount = count }, patterns, columns, views.Bits);
        buffers.CountLaunch();
    }

    /// <summary>Patterns of one group that lie together; as many at a time as there are terms for.</summary>
    private IEnumerable<(PatternTile Run, PatternViews Patterns, int First)> Runs()
    {
        for (int index = 0; index < store.Tiles.Count;)
        {
            PatternTile run = store.Tiles[index];
            PatternViews patterns = store.Acquire(index, out int first);
            index++;
            while (memory.IsResident && index < store.Tiles.Count && store.Tiles[index].Group == run.Group && run.Count + store.Tiles[index].Count <= runLength)
                run = run with { Count = run.Count + store.Tiles[index++].Count };
            yield return (run, patterns, first);
            store.PrefetchAfter(index - 1);
        }
    }

    private ColumnViews UploadColumns()
    {
        ArrayView<int> Put(int[] values)
        {
            ArrayView<int> view = buffers.Allocate<int>(values.Length);
            buffers.Upload(view, values);
            return view;
        }
        return new ColumnViews
        {
            WordCount = layout.PartCount * FusedKernels.Width / 32,
            Item = Put(layout.Item),
            Category = Put(layout.Category),
            Row = Put(layout.Row),
            ReferenceRow = Put(layout.ReferenceRow),
            BaseRow = Put(layout.BaseRow),
            ColumnOfRow = Put(layout.ColumnOfRow),
            FirstRow = Put(layout.FirstRow),
            EndRow = Put(layout.EndRow),
        };
    }

    /// <summary>Sizes of the buffers.</summary>
    private sealed record Cut(
        int NodeBlockCount, int SliceCount, long SliceLength, int RunLength, long BitStride, long BitLength, long FragmentLength, long BaseLength, long TermLength,
        long NormalizerLength)
    {
        /// <summary>Whether indices of the launches, which are 32-bit, reach everything.</summary>
        public bool IsLaunchable => Math.Max(BitLength, Math.Max(SliceLength, FragmentLength)) <= int.MaxValue;

        public long Bytes => sizeof(int) * BitLength
            + sizeof(double) * (FragmentLength + BaseLength + 2 * TermLength + 3 * NormalizerLength + SliceCount * SliceLength);

        public static Cut Create(CalibrationPlan plan, MemoryPlan memory, ColumnLayout layout, int residentGroups)
        {
            int nodeBlocks = (plan.NodeCount + FusedKernels.Width - 1) / FusedKernels.Width;
            int chunks = plan.ClassCount * nodeBlocks;
            long patterns = memory.IsResident ? memory.Size.PatternCount : memory.PatternTileCapacity;
            long fitting = Math.Max(SmallestRun, LargestTermBytes / (2L * sizeof(double) * chunks));
            int run = (int)Math.Min(patterns, Math.Max(fitting, memory.PatternTileCapacity));
            int tiles = (run + FusedKernels.Width - 1) / FusedKernels.Width;
            int slices = chunks <= residentGroups ? residentGroups / chunks : (WavesOfNodeBlocks * residentGroups + chunks - 1) / chunks;
            long stride = patterns + FusedKernels.Width; // the last tile may look beyond
            return new Cut(
                nodeBlocks, Math.Clamp(slices, 1, tiles), (long)plan.Blocks.Count * nodeBlocks * layout.PartCount * FusedKernels.Width * FusedKernels.Width, run,
                stride, stride * layout.PartCount * 2,
                (long)plan.Tables.Count * nodeBlocks * layout.PartCount * layout.FragmentCount * 2 * FusedKernels.StepLength,
                (long)plan.Blocks.Count * nodeBlocks * FusedKernels.Width, (long)chunks * run, chunks == 1 ? 1 : run);
        }
    }
}
