using ILGPU;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Items;

/// <summary>Where a kernel finds the items of one block, all of the same model; each row is padded to the widest item.</summary>
internal readonly struct ItemBlockViews
{
    public int AttributeCount { get; init; }

    public int MaxShape { get; init; }

    public int MaxCategories { get; init; }

    public ArrayView<double> Slopes { get; init; } // [item, attribute]

    public ArrayView<double> Shape { get; init; } // [item, maxShape]

    public ArrayView<double> Scores { get; init; } // [item, maxCategories]

    public ArrayView<int> CategoryCount { get; init; } // [item]

    public ArrayView<int> FirstRow { get; init; } // [item]

    public ArrayView<long> FirstTheta { get; init; } // [item]
}

/// <summary>Log category probabilities of items at quadrature nodes.</summary>
internal static class ItemTableKernels
{
    /// <summary>Writes log P of every category of one item at one node.</summary>
    /// <remarks>
    /// One thread a cell (item, node), nodes fastest, so that neighbouring threads write neighbouring memory and read the
    /// same item. A thread owns its category rows at its node: no cell is written twice, no order matters.
    /// </remarks>
    /// <typeparam name="TModel">The block's item response function.</typeparam>
    /// <param name="cell">(item − firstItem) · nodeCount + node.</param>
    /// <param name="firstItem">The block's item that cell 0 belongs to.</param>
    /// <param name="nodeCount">L.</param>
    /// <param name="items">The block's parameters.</param>
    /// <param name="theta">Quadrature nodes. [node, attribute], those of an item from its own beginning</param>
    /// <param name="logProbability">Receives log P. [row, node]</param>
    public static void LogProbabilities<TModel>(
        Index1D cell, int firstItem, int nodeCount, ItemBlockViews items, ArrayView<double> theta, ArrayView<double> logProbability)
        where TModel : struct, IItemModel
    {
        int item = firstItem + cell.X / nodeCount;
        int node = cell.X % nodeCount;
        long firstTheta = items.FirstTheta[item] + (long)node * items.AttributeCount;
        double z = 0.0;
        for (int attribute = 0; attribute < items.AttributeCount; attribute++)
        {
            z += items.Slopes[(long)item * items.AttributeCount + attribute]
                * theta[firstTheta + attribute];
        }

        TModel.LogProbabilities(
            z,
            items.CategoryCount[item],
            new ArrayViewVector(items.Shape, (long)item * items.MaxShape, 1),
            new ArrayViewVector(items.Scores, (long)item * items.MaxCategories, 1),
            new ArrayViewVector(logProbability, (long)items.FirstRow[item] * nodeCount + node, nodeCount));
    }
}
