using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Inference;

/// <summary>Holds what the cross-product of the patterns' gradients needs beside an E-step, for one model point, and launches <see cref="CrossProductKernels"/>.</summary>
/// <remarks>Made when standard errors are asked for and disposed of after: a calibration that ends without them takes none of its memory.</remarks>
internal sealed class CrossProductLauncher : IDisposable
{
    private const long LargestRun = 32L << 20; // bytes
    private const int SmallestRun = 32; // patterns
    private const long SlicedProducts = 1L << 20; // elements of all slices: enough to keep a large device busy
    private const int LargestLaunch = 1 << 30; // indices of a launch are 32-bit

    private readonly CalibrationPlan plan;
    private readonly MemoryPlan memory;
    private readonly DeviceBuffers traffic;
    private readonly DeviceBuffers buffers;
    private readonly CrossProductTerms terms;
    private readonly DeviceItemTables tables;
    private readonly CrossProductViews views;
    private readonly Cut cut;
    private readonly ArrayView<double> scratch; // [category, item, node]
    private readonly Action<Index1D, TileShape, PatternRun, PatternViews, ArrayView<int>, CrossProductViews, ArrayView<double>> findGradients;
    private readonly Action<Index1D, TileShape, PatternRun, PatternViews, CrossProductViews> addProducts;
    private readonly Action<Index1D, TileShape, PatternRun, PatternViews, ArrayView<int>, CrossProductViews, ArrayView<double>>? findNodeGradients; // null: not asked for
    private readonly Action<Index1D, int, int, CrossProductViews>? addNodeProducts;
    private readonly SliceSum slices;

    private CrossProductLauncher(
        DeviceSession session, ModelPoint point, MemoryPlan memory, DeviceBuffers traffic, DeviceItemTables tables, CrossProductTerms terms, Cut cut)
    {
        plan = point.Plan;
        this.memory = memory;
        this.traffic = traffic;
        this.tables = tables;
        this.terms = terms;
        this.cut = cut;
        int freeCount = plan.Layout.FreeCount;
        int nodeCount = memory.Size.PaddedNodeCount;
        Accelerator accelerator = session.Accelerator;
        findGradients = accelerator.LoadIndexed<TileShape, PatternRun, PatternViews, ArrayView<int>, CrossProductViews, ArrayView<double>>(CrossProductKernels.FindGradients);
        addProducts = accelerator.LoadIndexed<TileShape, PatternRun, PatternViews, CrossProductViews>(CrossProductKernels.AddProducts);
        if (cut.NodeRunLength > 0)
        {
            findNodeGradients = accelerator.LoadIndexed<TileShape, PatternRun, PatternViews, ArrayView<int>, CrossProductViews, ArrayView<double>>(CrossProductKernels.FindNodeGradients);
            addNodeProducts = accelerator.LoadIndexed<int, int, CrossProductViews>(CrossProductKernels.AddNodeProducts);
        }
        slices = new SliceSum(traffic);
        buffers = new DeviceBuffers(session);
        try
        {
            scratch = buffers.Allocate<double>(ScratchLength(tables, nodeCount));
            views = new CrossProductViews
            {
                FreeCount = freeCount,
                NodeCount = plan.NodeCount,
                AttributeCount = plan.AttributeCount,
                ThetaStride = (long)nodeCount * plan.AttributeCount,
                NodeSetOfBlock = Send([.. plan.Blocks.Select(block => plan.Tables[block.Table].NodeSet)]),
                Derivatives = buffers.Allocate<double>((long)terms.LineCount * nodeCount),
                TermStart = Send(terms.TermStart),
                TermItem = Send([.. terms.Terms.Select(term => term.Item)]),
                TermFirst = Send([.. terms.Terms.Select(term => term.First)]),
                TermStride = Send([.. terms.Terms.Select(term => term.Stride)]),
                TermAttribute = Send([.. terms.Terms.Select(term => term.Attribute)]),
                TermCoefficient = Send([.. terms.Terms.Select(term => term.Coefficient)]),
                NodeFunction = Send(terms.NodeFunction),
                NodeFunctions = Send(Pad(terms.NodeFunctions, nodeCount)),
                Gradients = buffers.Allocate<double>((long)cut.RunLength * freeCount),
                Products = buffers.Allocate<double>((long)cut.SliceCount * freeCount * freeCount),
                NodeGradients = buffers.Allocate<double>(cut.NodeRunLength * RowsOfPattern * freeCount),
                NodeWeights = buffers.Allocate<double>(cut.NodeRunLength * RowsOfPattern),
                NodeProducts = buffers.Allocate<double>(cut.NodeRunLength > 0 ? (long)cut.SliceCount * freeCount * freeCount : 0),
            };
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Allocates and compiles; null where launches or what is free do not suffice.</summary>
    /// <param name="session">The open device.</param>
    /// <param name="point">Parameters, nodes and weights; at least one parameter free.</param>
    /// <param name="memory">How the backend cut the problem; nodes in one tile.</param>
    /// <param name="traffic">Where copies and launches are counted.</param>
    /// <param name="tables">Item parameters on the device, those of <paramref name="point"/>.</param>
    /// <param name="freeBytes">What is free beside the backend; a quarter of it is left for others.</param>
    /// <param name="ofNodes">Whether the products at nodes are asked for, too.</param>
    public static CrossProductLauncher? TryCreate(
        DeviceSession session, ModelPoint point, MemoryPlan memory, DeviceBuffers traffic, DeviceItemTables tables, long freeBytes, bool ofNodes)
    {
        long freeCount = point.Plan.Layout.FreeCount;
        if (freeCount is 0 || freeCount * freeCount > LargestLaunch)
            return null;
        CrossProductTerms terms = new(point);
        long tileBytes = sizeof(double) * (long)memory.PatternTileCapacity * memory.Size.ClassCount * memory.NodeTileWidth;
        int runLength = (int)Math.Clamp(
            Math.Min(tileBytes, LargestRun) / (sizeof(double) * freeCount), Math.Min(SmallestRun, memory.PatternTileCapacity), memory.PatternTileCapacity);
        runLength = (int)Math.Min(runLength, LargestLaunch / freeCount);
        long rowsOfPattern = (long)memory.Size.ClassCount * point.Plan.NodeCount;
        int nodeRunLength = ofNodes ? (int)Math.Min(LargestRun / (sizeof(double) * rowsOfPattern * (freeCount + 1)), memory.PatternTileCapacity) : 0;
        if (ofNodes && nodeRunLength == 0)
            return null;
        Cut cut = new(runLength, (int)Math.Clamp(SlicedProducts / (freeCount * freeCount), 1, memory.SliceCount), nodeRunLength);
        int nodeCount = memory.Size.PaddedNodeCount;
        long bytes = sizeof(double) * (ScratchLength(tables, nodeCount) + (terms.LineCount + (long)terms.NodeFunctions.Count) * nodeCount
                + runLength * freeCount + nodeRunLength * rowsOfPattern * (freeCount + 1) + (ofNodes ? 2L : 1L) * cut.SliceCount * freeCount * freeCount)
            + (4L * sizeof(int) + sizeof(double)) * terms.Terms.Count + sizeof(int) * ((long)terms.TermStart.Length + terms.NodeFunction.Length);
        if (bytes > freeBytes / 4 * 3)
            return null;
        try
        {
            return new CrossProductLauncher(session, point, memory, traffic, tables, terms, cut);
        }
        catch (DeviceMemoryException)
        {
            return null; // posterior by posterior then, which needs no more than there is
        }
    }

    /// <summary>Computes the derivatives of all item tables.</summary>
    /// <param name="theta">Nodes. [node set, padded node, attribute]</param>
    /// <param name="logProbability">Item tables. [table, row, padded node]</param>
    public void FillDerivatives(ArrayView<double> theta, ArrayView<double> logProbability)
    {
        long tableLength = (long)plan.RowCount * memory.Size.PaddedNodeCount;
        foreach (DeviceItemTables.Part part in tables.Parts)
        {
            int[] lines = [.. part.Sets.Select(set => terms.FirstLine[part.Table][plan.ParameterSets[set].Item])];
            part.Launcher.LoadFillDerivatives()(
                part.Block.ItemCount * memory.Size.PaddedNodeCount, memory.Size.PaddedNodeCount, part.Launcher.Items, Send(lines),
                DeviceItemTables.NodesFrom(theta, plan.Tables[part.Table].NodeSet * views.ThetaStride),
                logProbability.SubView(part.Table * tableLength, tableLength), scratch, views.Derivatives);
            traffic.CountLaunch();
        }
    }

    /// <summary>Adds the patterns of a tile.</summary>
    /// <param name="shape">The tile.</param>
    /// <param name="patterns">Responses and frequencies.</param>
    /// <param name="launcher">Has the tile's posteriors.</param>
    /// <param name="theta">Nodes. [node set, padded node, attribute]</param>
    public void AddTile(TileShape shape, PatternViews patterns, EStepLauncher launcher, ArrayView<double> theta)
    {
        CrossProductViews all = views with { Theta = theta };
        for (int first = 0; first < shape.PatternCount; first += cut.RunLength)
        {
            PatternRun run = new()
            {
                First = first,
                Count = Math.Min(cut.RunLength, shape.PatternCount - first),
                SliceLength = (cut.RunLength + cut.SliceCount - 1) / cut.SliceCount,
            };
            findGradients(all.FreeCount * run.Count, shape, run, patterns, launcher.Layout.TableOfBlock, all, launcher.Posterior);
            addProducts(cut.SliceCount * all.FreeCount * all.FreeCount, shape, run, patterns, all);
            traffic.CountLaunch(2);
        }
        for (int first = 0; findNodeGradients is not null && first < shape.PatternCount; first += cut.NodeRunLength)
        {
            PatternRun run = new() { First = first, Count = Math.Min(cut.NodeRunLength, shape.PatternCount - first) };
            int rows = (int)(run.Count * RowsOfPattern);
            findNodeGradients(rows * all.FreeCount, shape, run, patterns, launcher.Layout.TableOfBlock, all, launcher.Posterior);
            addNodeProducts!(cut.SliceCount * all.FreeCount * all.FreeCount, rows, (rows + cut.SliceCount - 1) / cut.SliceCount, all);
            traffic.CountLaunch(2);
        }
    }

    /// <summary>Adds slices and downloads the sum of products of gradients.</summary>
    /// <returns>[free, free], lower triangle</returns>
    public double[] Download() => Download(views.Products);

    /// <summary>Adds slices and downloads the sum of products at nodes less that of gradients: frequency times posterior covariance of the complete-data gradient.</summary>
    /// <returns>[free, free], lower triangle</returns>
    public double[] DownloadCovariance()
    {
        double[] covariance = Download(views.NodeProducts);
        double[] ofMeans = Download(views.Products);
        for (int element = 0; element < covariance.Length; element++)
            covariance[element] -= ofMeans[element];
        return covariance;
    }

    private double[] Download(ArrayView<double> products)
    {
        double[] sum = new double[views.FreeCount * views.FreeCount];
        slices.Add(products, sum.Length, cut.SliceCount);
        traffic.Download(products, sum);
        return sum;
    }

    /// <inheritdoc/>
    public void Dispose() => buffers.Dispose();

    private long RowsOfPattern => (long)plan.ClassCount * plan.NodeCount;

    private static long ScratchLength(DeviceItemTables tables, int nodeCount) =>
        tables.Parts.Max(part => (long)part.Block.MaxCategories * part.Block.ItemCount * nodeCount);

    private static double[] Pad(IReadOnlyList<double[]> lines, int length)
    {
        double[] padded = new double[(long)lines.Count * length];
        for (int line = 0; line < lines.Count; line++)
            lines[line].CopyTo(padded, line * length);
        return padded;
    }

    private ArrayView<T> Send<T>(T[] values)
        where T : unmanaged
    {
        ArrayView<T> view = buffers.Allocate<T>(values.Length);
        traffic.Upload(view, values);
        return view;
    }

    /// <summary>Patterns whose gradients are held at once, parts of such a run with products of their own, and patterns whose gradients at nodes are held at once.</summary>
    private readonly record struct Cut(int RunLength, int SliceCount, int NodeRunLength);
}
