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
    private readonly CalibrationPlan plan;
    private readonly MemoryPlan memory;
    private readonly DeviceBuffers buffers;
    private readonly EStepLauncher launcher;
    private readonly PatternStore store;
    private readonly IReadOnlyList<TileRun> runs; // as many patterns at a time as there are terms for
    private readonly ColumnLayout layout;
    private readonly FusedUnits units;
    private readonly FusedCut cut;
    private readonly FusedShape shape;
    private readonly FusedViews views;
    private readonly ColumnViews columns;
    private readonly NormalizerViews normalizers; // of several node blocks
    private readonly Action<Index1D, FusedShape, PatternViews, ColumnViews, ArrayView<int>> packAnswers;
    private readonly Action<Index1D, FusedShape, int, int, int, ColumnViews, ArrayView<double>, ArrayView<double>> packFragments;
    private readonly Action<KernelConfig, FusedShape, int, int, ColumnViews, TableViews, ArrayView<double>> packBases;
    private readonly Action<
        Index1D, FusedShape, int, int, int, int, int, ColumnViews, ArrayView<int>, ArrayView<double>, ArrayView<double>, ArrayView<double>> spreadCounts;
    private readonly Action<KernelConfig, FusedShape, int, PatternViews, FusedViews, ArrayView<double>> sumWhole;

    private FusedLauncher(
        CalibrationPlan plan, MemoryPlan memory, DeviceBuffers buffers, EStepLauncher launcher, PatternStore store, ColumnLayout layout, FusedUnits units, FusedCut cut,
        int capacity, ArrayView<int>? bits)
    {
        (this.plan, this.memory, this.buffers, this.launcher, this.store) = (plan, memory, buffers, launcher, store);
        (this.layout, this.units, this.cut) = (layout, units, cut);
        runs = store.CutRuns(cut.RunLength);
        Accelerator accelerator = buffers.Accelerator;
        packAnswers = accelerator.LoadIndexed<FusedShape, PatternViews, ColumnViews, ArrayView<int>>(ColumnKernels.PackAnswers);
        packFragments = accelerator.LoadIndexed<FusedShape, int, int, int, ColumnViews, ArrayView<double>, ArrayView<double>>(ColumnKernels.PackFragments);
        packBases = accelerator.LoadGrouped<FusedShape, int, int, ColumnViews, TableViews, ArrayView<double>>(ColumnKernels.PackBases);
        spreadCounts = accelerator.LoadIndexed<FusedShape, int, int, int, int, int, ColumnViews, ArrayView<int>, ArrayView<double>, ArrayView<double>, ArrayView<double>>(
            ColumnKernels.SpreadCounts);
        sumWhole = accelerator.LoadGrouped<FusedShape, int, PatternViews, FusedViews, ArrayView<double>>(FusedKernels.SumWholeLogLikelihood);

        shape = new FusedShape
        {
            BitStride = (int)cut.BitStride,
            FragmentCount = layout.FragmentCount,
            NodeBlockCount = cut.NodeBlockCount,
            ClassCount = plan.ClassCount,
            PointCount = 1,
            BlockStride = plan.Blocks.Count,
            ColumnGroupCount = layout.ColumnGroupCount,
            TermStride = cut.RunLength,
            SliceCount = cut.SliceCount,
            SliceLength = (int)cut.SliceLength,
        };
        columns = UploadColumns();
        views = new FusedViews
        {
            Bits = bits ?? buffers.Allocate<int>(cut.BitLength),
            Fragments = buffers.Allocate<double>(capacity * cut.FragmentLength),
            Bases = buffers.Allocate<double>(capacity * cut.BaseLength),
            Largest = buffers.Allocate<double>(capacity * cut.TermLength),
            Sum = buffers.Allocate<double>(capacity * cut.TermLength),
            Kept = buffers.Allocate<double>(capacity * cut.KeptLength),
            Counts = buffers.Allocate<double>(capacity * cut.SliceCount * cut.SliceLength),
        };
        normalizers = new NormalizerViews
        {
            ChunkLargest = views.Largest,
            ChunkSum = views.Sum,
            Largest = buffers.Allocate<double>(capacity * cut.NormalizerLength),
            Sum = buffers.Allocate<double>(capacity * cut.NormalizerLength),
            LogLikelihood = buffers.Allocate<double>(capacity * cut.NormalizerLength),
        };
        if (memory.IsResident && bits is null)
            PackAnswers(store.Acquire(0, out _), 0, checked((int)memory.Size.PatternCount));
    }

    /// <summary>For the report of the device.</summary>
    public string Description => $"fused kernels with products of {units.Rows} × 8 × 4, {layout.AllParts * FusedKernels.Width} columns";

    /// <summary>What a further model point takes, bytes.</summary>
    public long BytesOfPoint => cut.BytesOfPoint;

    /// <summary>Most model points that launches reach.</summary>
    public int MostPoints => cut.MostPoints;

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
        FusedCut cut = FusedCut.Create(plan, memory, layout, units.GroupsPerMultiprocessor * cuda.NumMultiprocessors);
        return cut.Bytes > freeBytes || cut.MostPoints < 1 ? null : new FusedLauncher(plan, memory, buffers, launcher, store, layout, units, cut, 1, null);
    }

    /// <summary>The same for several model points side by side: cut alike, so that each point has the bits that it has alone.</summary>
    /// <param name="ofPoints">Where to allocate.</param>
    /// <param name="launcherOfPoints">Has item tables and receives the counts.</param>
    /// <param name="capacity">Most points, at most <see cref="MostPoints"/>.</param>
    public FusedLauncher ForPoints(DeviceBuffers ofPoints, EStepLauncher launcherOfPoints, int capacity) =>
        new(plan, memory, ofPoints, launcherOfPoints, store, layout, units, cut, capacity, views.Bits);

    /// <summary>One E-step: counts, node totals and log-likelihoods.</summary>
    /// <param name="logWeight">log τ + log π. [point, block, node]</param>
    /// <param name="pointCount">Model points.</param>
    public void Count(ArrayView<double> logWeight, int pointCount = 1)
    {
        int nodeCount = memory.Size.PaddedNodeCount;
        int sliceLength = checked((int)(pointCount * cut.SliceLength));
        views.Counts.MemSetToZero(buffers.Accelerator.DefaultStream);
        launcher.ClearLogLikelihood();
        packFragments(checked((int)(pointCount * cut.FragmentLength)), shape, layout.AllParts, nodeCount, plan.RowCount, columns, launcher.LogProbability, views.Fragments);
        TableViews inputs = new() { TableOfBlock = launcher.Layout.TableOfBlock, LogProbability = launcher.LogProbability, LogWeight = logWeight };
        packBases(
            (pointCount * plan.Blocks.Count * shape.NodeBlockCount, ColumnKernels.BaseLanes * FusedKernels.Width), shape, nodeCount, plan.RowCount, columns, inputs, views.Bases);
        buffers.CountLaunch(2);
        foreach (TileRun run in runs)
        {
            PatternViews patterns = store.Acquire(run.FirstTile, out int first);
            CountRun(run.Patterns, patterns, first, pointCount);
            store.PrefetchAfter(run.LastTile);
        }
        launcher.AddSlices(views.Counts, sliceLength, shape.SliceCount);
        spreadCounts(
            pointCount * (plan.Tables.Count * plan.RowCount + plan.Blocks.Count) * nodeCount, shape, layout.AllParts, nodeCount, plan.RowCount, pointCount * plan.Tables.Count,
            layout.TotalColumn, columns, launcher.Layout.TableOfBlock, views.Counts, launcher.Counts, launcher.Totals);
        buffers.CountLaunch();
    }

    private void CountRun(PatternTile run, PatternViews patterns, int first, int pointCount)
    {
        FusedShape own = shape with
        {
            PatternCount = run.Count,
            FirstPattern = first,
            FirstBlock = run.Group * plan.ClassCount,
            PointCount = pointCount,
            SliceLength = checked((int)(pointCount * cut.SliceLength)),
        };
        if (!memory.IsResident)
            PackAnswers(patterns, first, run.Count);
        int last = layout.ColumnGroupCount - 1;
        for (int columnGroup = 0; columnGroup < last; columnGroup++)
            Launch(own with { ColumnGroup = columnGroup }, FusedPass.Partial, patterns);
        own = own with { ColumnGroup = last };
        int sliceLength = (run.Count + memory.SliceCount - 1) / memory.SliceCount;
        int sliceCount = (run.Count + sliceLength - 1) / sliceLength;
        if (IsWhole)
        {
            Launch(own, FusedPass.Whole, patterns);
            sumWhole((pointCount * sliceCount, launcher.SumGroup), own, sliceLength, patterns, views, launcher.LogLikelihoods);
            buffers.CountLaunch();
        }
        else
        {
            TileShape tile = new()
            {
                PatternCount = run.Count,
                PatternStride = cut.RunLength,
                FirstPattern = first,
                ClassCount = plan.ClassCount,
                PointCount = pointCount,
                ChunkCount = plan.ClassCount * shape.NodeBlockCount,
                NormalizerStride = cut.RunLength,
                SliceLength = sliceLength,
                SliceCount = sliceCount,
            };
            Launch(own, FusedPass.Terms, patterns);
            launcher.MergeTerms(tile, isFirst: true, normalizers);
            launcher.Normalize(tile, normalizers);
            launcher.CollectLogLikelihood(tile, patterns, normalizers);
            Launch(own, FusedPass.Counts, patterns);
        }
        for (int columnGroup = 0; columnGroup < last; columnGroup++)
            Launch(own with { ColumnGroup = columnGroup }, FusedPass.Posteriors, patterns);
    }

    private void Launch(FusedShape run, FusedPass pass, PatternViews patterns)
    {
        int threads = layout.PartCount * FusedKernels.PartThreads;
        KernelConfig config = new(run.PointCount * plan.ClassCount * shape.NodeBlockCount * shape.SliceCount, threads, SharedMemoryConfig.RequestDynamic<byte>(layout.SharedBytes));
        units.Launch(buffers.Accelerator.DefaultStream, config, run with { Pass = (int)pass }, patterns, launcher.Layout.TableOfBlock, views);
        buffers.CountLaunch();
    }

    private void PackAnswers(PatternViews patterns, int first, int count)
    {
        packAnswers(columns.WordCount * count, shape with { FirstPattern = first, PatternCount = count }, patterns, columns, views.Bits);
        buffers.CountLaunch();
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
            WordCount = layout.AllParts * FusedKernels.Width / 32,
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
}
