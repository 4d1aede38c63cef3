using System.Globalization;
using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Kernels.Loading;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Items;

/// <summary><see cref="ItemTableLauncher{TModel}"/> whatever the model.</summary>
internal interface IItemTableLauncher : IDisposable
{
    /// <summary>The block on the device.</summary>
    ItemBlockViews Items { get; }

    /// <summary>Uploads the block's slopes and shape as they are now.</summary>
    void UploadParameters();

    /// <summary>Queues the computation of log P of the block's items at all nodes.</summary>
    void Launch(ArrayView<double> theta, ArrayView<double> logProbability);

    /// <summary>Queues the computation of log P of the block's first items.</summary>
    /// <param name="itemCount">How many.</param>
    /// <param name="nodeCount">Nodes of an item.</param>
    /// <param name="theta">Nodes. [node, attribute]</param>
    /// <param name="logProbability">Receives the items' rows. [row, node]</param>
    void Launch(int itemCount, int nodeCount, ArrayView<double> theta, ArrayView<double> logProbability);

    /// <summary>Compiles <see cref="ItemDerivativeKernels.SumNodes{TModel}"/> for the block's model.</summary>
    Action<Index1D, DerivativeShape, ItemBlockViews, ArrayView<double>, ArrayView<double>, ArrayView<double>> LoadSumNodes();

    /// <summary>Compiles <see cref="AnswerDerivativeKernels.FillDerivatives{TModel}"/> for the block's model.</summary>
    Action<Index1D, int, ItemBlockViews, ArrayView<int>, ArrayView<double>, ArrayView<double>, ArrayView<double>, ArrayView<double>> LoadFillDerivatives();
}

/// <summary>Holds one block's items on the device and launches <see cref="ItemTableKernels"/> for them.</summary>
/// <remarks>
/// What does not change during a calibration (categories, scores, rows) is uploaded once; slopes and shape by
/// <see cref="UploadParameters"/>. Nodes and the table belong to the caller, since blocks share them. Everything is
/// queued on the accelerator's default stream, in the order of the calls.
/// </remarks>
/// <typeparam name="TModel">The block's item response function.</typeparam>
internal sealed class ItemTableLauncher<TModel> : IItemTableLauncher
    where TModel : struct, IItemModel
{
    /// <summary>Cells a launch: indices stay far below 2³¹, also after rounding up to whole groups.</summary>
    private const int MostCellsPerLaunch = 1 << 30;

    private readonly Accelerator accelerator;
    private readonly ItemBlock block;
    private readonly MemoryBuffer1D<double, Stride1D.Dense> parameters; // slopes [item, attribute], then shape [item, maxShape]
    private readonly double[] staged; // as on the device, so that one copy will do
    private readonly MemoryBuffer1D<double, Stride1D.Dense> scores; // [item, maxCategories]
    private readonly MemoryBuffer1D<int, Stride1D.Dense> categoryCount; // [item]
    private readonly MemoryBuffer1D<int, Stride1D.Dense> firstRow; // [item]
    private readonly MemoryBuffer1D<long, Stride1D.Dense> firstTheta; // [item]
    private readonly Action<Index1D, int, int, ItemBlockViews, ArrayView<double>, ArrayView<double>> kernel;
    private readonly int cellsPerLaunch;
    private readonly int tableRows;

    /// <summary>Allocates the block's buffers, compiles the kernel and uploads all of the block.</summary>
    /// <param name="accelerator">Where to compute; must outlive the launcher.</param>
    /// <param name="block">The items.</param>
    /// <param name="cellsPerLaunch">At most so many (item, node) cells a launch, but always whole items.</param>
    public ItemTableLauncher(Accelerator accelerator, ItemBlock block, int cellsPerLaunch = MostCellsPerLaunch)
    {
        this.accelerator = accelerator;
        this.cellsPerLaunch = cellsPerLaunch;
        this.block = block;
        kernel = accelerator.LoadIndexed<int, int, ItemBlockViews, ArrayView<double>, ArrayView<double>>(
            ItemTableKernels.LogProbabilities<TModel>);
        staged = new double[block.Slopes.Length + block.Shape.Length];
        parameters = accelerator.Allocate1D<double>(staged.Length);
        UploadParameters();
        scores = accelerator.Allocate1D(block.Scores);
        categoryCount = accelerator.Allocate1D(block.CategoryCount);
        firstRow = accelerator.Allocate1D(block.FirstRow);
        firstTheta = accelerator.Allocate1D(block.FirstTheta);
        for (int item = 0; item < block.ItemCount; item++)
            tableRows = Math.Max(tableRows, block.FirstRow[item] + block.CategoryCount[item]);
    }

    /// <inheritdoc/>
    public ItemBlockViews Items => new()
    {
        AttributeCount = block.AttributeCount,
        MaxShape = block.MaxShape,
        MaxCategories = block.MaxCategories,
        Slopes = parameters.View.SubView(0, block.Slopes.Length),
        Shape = parameters.View.SubView(block.Slopes.Length, block.Shape.Length),
        Scores = scores.View,
        CategoryCount = categoryCount.View,
        FirstRow = firstRow.View,
        FirstTheta = firstTheta.View,
    };

    /// <summary>Uploads the block's slopes and shape as they are now.</summary>
    public void UploadParameters()
    {
        block.Slopes.CopyTo(staged, 0);
        block.Shape.CopyTo(staged, block.Slopes.Length);
        parameters.CopyFromCPU(staged);
    }

    /// <summary>Queues the computation of log P of the block's items at all nodes.</summary>
    /// <param name="theta">Nodes. [node, attribute]</param>
    /// <param name="logProbability">Receives the block's rows; others stay as they are. [row, node]</param>
    /// <exception cref="ArgumentException">The nodes are not whole rows, or the table is too short for the block.</exception>
    public void Launch(ArrayView<double> theta, ArrayView<double> logProbability)
    {
        if (theta.Length == 0 || theta.Length % block.AttributeCount != 0)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{theta.Length} node coordinates are not a whole, positive number of nodes in {block.AttributeCount} dimensions."),
                nameof(theta));
        }

        int nodeCount = checked((int)(theta.Length / block.AttributeCount));
        if (logProbability.Length < (long)tableRows * nodeCount)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"The table holds {logProbability.Length} values; {tableRows} rows of {nodeCount} nodes need {(long)tableRows * nodeCount}."),
                nameof(logProbability));
        }

        Launch(block.ItemCount, nodeCount, theta, logProbability);
    }

    /// <inheritdoc/>
    public void Launch(int itemCount, int nodeCount, ArrayView<double> theta, ArrayView<double> logProbability)
    {
        int itemsPerLaunch = Math.Max(1, cellsPerLaunch / nodeCount);
        for (int firstItem = 0; firstItem < itemCount; firstItem += itemsPerLaunch)
            kernel(Math.Min(itemsPerLaunch, itemCount - firstItem) * nodeCount, firstItem, nodeCount, Items, theta, logProbability);
    }

    /// <inheritdoc/>
    public Action<Index1D, DerivativeShape, ItemBlockViews, ArrayView<double>, ArrayView<double>, ArrayView<double>> LoadSumNodes() =>
        accelerator.LoadIndexed<DerivativeShape, ItemBlockViews, ArrayView<double>, ArrayView<double>, ArrayView<double>>(
            ItemDerivativeKernels.SumNodes<TModel>);

    /// <inheritdoc/>
    public Action<Index1D, int, ItemBlockViews, ArrayView<int>, ArrayView<double>, ArrayView<double>, ArrayView<double>, ArrayView<double>> LoadFillDerivatives() =>
        accelerator.LoadIndexed<int, ItemBlockViews, ArrayView<int>, ArrayView<double>, ArrayView<double>, ArrayView<double>, ArrayView<double>>(
            AnswerDerivativeKernels.FillDerivatives<TModel>);

    /// <inheritdoc/>
    public void Dispose()
    {
        parameters.Dispose();
        scores.Dispose();
        categoryCount.Dispose();
        firstRow.Dispose();
        firstTheta.Dispose();
    }
}
