using ILGPU;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Items;

/// <summary>Derivatives of the log probability of every answer, node by node.</summary>
internal static class AnswerDerivativeKernels
{
    /// <summary>Writes ∂ log P_m / ∂(z, shape) of every category of one item at one node.</summary>
    /// <typeparam name="TModel">The items' response function.</typeparam>
    /// <param name="cell">item · L + node, L the padded number of nodes.</param>
    /// <param name="nodeCount">L.</param>
    /// <param name="items">Parameters.</param>
    /// <param name="firstLine">Line of each item's first category. [item]</param>
    /// <param name="theta">Nodes of the items' table. [node, attribute]</param>
    /// <param name="logProbability">log P of the items' table. [row, node]</param>
    /// <param name="scratch">log P of the cell, which models overwrite. [category, cell]</param>
    /// <param name="derivatives">Receives them. [line, node]; lines of an item by category, in each z first, then shape</param>
    public static void FillDerivatives<TModel>(
        Index1D cell, int nodeCount, ItemBlockViews items, ArrayView<int> firstLine, ArrayView<double> theta, ArrayView<double> logProbability,
        ArrayView<double> scratch, ArrayView<double> derivatives)
        where TModel : struct, IItemModel
    {
        int item = cell.X / nodeCount;
        int node = cell.X % nodeCount;
        int cellCount = items.CategoryCount.IntLength * nodeCount;
        int categoryCount = items.CategoryCount[item];
        int localCount = 1 + TModel.ShapeCount(categoryCount);
        long firstTheta = items.FirstTheta[item] + (long)node * items.AttributeCount;
        double z = 0.0;
        for (int j = 0; j < items.AttributeCount; j++)
            z += items.Slopes[(long)item * items.AttributeCount + j] * theta[firstTheta + j];
        for (int category = 0; category < categoryCount; category++)
        {
            for (int m = 0; m < categoryCount; m++)
                scratch[(long)m * cellCount + cell.X] = logProbability[(long)(items.FirstRow[item] + m) * nodeCount + node];
            long line = firstLine[item] + (long)category * localCount;
            var gradient = new ArrayViewVector(derivatives, line * nodeCount + node, nodeCount);
            for (int k = 0; k < localCount; k++)
                gradient[k] = 0.0;
            TModel.AddDerivatives(
                z, categoryCount, new ArrayViewVector(items.Shape, (long)item * items.MaxShape, 1),
                new ArrayViewVector(items.Scores, (long)item * items.MaxCategories, 1), new ArrayViewVector(scratch, cell.X, cellCount),
                new UnitVector(category), gradient, new DiscardingVector());
        }
    }
}
