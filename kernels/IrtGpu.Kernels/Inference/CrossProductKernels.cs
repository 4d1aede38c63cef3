using ILGPU;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Memory;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Inference;

/// <summary>Σ_p N_p s_p s_pᵀ, s_p the posterior mean of the complete-data gradient of pattern p.</summary>
/// <remarks>Every number has one thread that adds in index order: the result depends on the cut into tiles, runs and slices alone.</remarks>
internal static class CrossProductKernels
{
    private const int Missing = 255;

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

    /// <summary>s_p of one pattern by one free parameter: Σ over classes and nodes of posterior times the complete-data derivative.</summary>
    /// <remarks>A node of posterior 0 contributes nothing, whatever the derivative is there.</remarks>
    /// <param name="cell">free · patterns of the run + pattern.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="run">Patterns.</param>
    /// <param name="patterns">Responses.</param>
    /// <param name="tableOfBlock">[block]</param>
    /// <param name="views">Derivatives, terms and functions; receives gradients.</param>
    /// <param name="posterior">Posterior. [class, node, pattern]</param>
    public static void FindGradients(
        Index1D cell, TileShape tile, PatternRun run, PatternViews patterns, ArrayView<int> tableOfBlock, CrossProductViews views,
        ArrayView<double> posterior)
    {
        int pattern = run.First + cell.X % run.Count;
        int free = cell.X / run.Count;
        long firstWord = (long)(tile.FirstPattern + pattern) * patterns.WordCount;
        double gradient = 0.0;
        for (int k = 0; k < tile.ClassCount; k++)
        {
            int block = tile.FirstBlock + k;
            long weights = (long)k * tile.NodeCount * tile.PatternStride + pattern;
            int function = views.NodeFunction[(long)block * views.FreeCount + free];
            if (function >= 0)
            {
                double sum = 0.0;
                for (int node = 0; node < views.NodeCount; node++)
                {
                    double weight = posterior[weights + (long)node * tile.PatternStride];
                    sum += weight != 0.0 ? weight * views.NodeFunctions[(long)function * tile.NodeCount + node] : 0.0;
                }

                gradient += sum;
            }

            long list = (long)tableOfBlock[block] * views.FreeCount + free;
            long theta = views.NodeSetOfBlock[block] * views.ThetaStride;
            for (int term = views.TermStart[list]; term < views.TermStart[list + 1]; term++)
            {
                int item = views.TermItem[term];
                int category = (patterns.Words[firstWord + item / MemoryPlan.ItemsPerWord] >> (8 * (item % MemoryPlan.ItemsPerWord))) & 255;
                if (category == Missing)
                    continue;
                long line = (views.TermFirst[term] + (long)category * views.TermStride[term]) * tile.NodeCount;
                int attribute = views.TermAttribute[term];
                double sum = 0.0;
                for (int node = 0; node < views.NodeCount; node++)
                {
                    double weight = posterior[weights + (long)node * tile.PatternStride];
                    double factor = attribute >= 0 ? views.Theta[theta + (long)node * views.AttributeCount + attribute] : 1.0;
                    sum += weight != 0.0 ? weight * (views.Derivatives[line + node] * factor) : 0.0;
                }

                gradient += views.TermCoefficient[term] * sum;
            }
        }

        views.Gradients[(long)(pattern - run.First) * views.FreeCount + free] = gradient;
    }

    /// <summary>Adds N s_r s_c over the patterns of one slice of the run, c ≤ r.</summary>
    /// <param name="cell">(slice · free + r) · free + c.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="run">Patterns.</param>
    /// <param name="patterns">Frequencies.</param>
    /// <param name="views">In: gradients; products are added to.</param>
    public static void AddProducts(Index1D cell, TileShape tile, PatternRun run, PatternViews patterns, CrossProductViews views)
    {
        int column = cell.X % views.FreeCount;
        int rest = cell.X / views.FreeCount;
        int row = rest % views.FreeCount;
        int begin = rest / views.FreeCount * run.SliceLength;
        int end = IntrinsicMath.Min(begin + run.SliceLength, run.Count);
        if (column > row || begin >= end)
            return;
        double sum = 0.0;
        for (int pattern = begin; pattern < end; pattern++)
        {
            long gradients = (long)pattern * views.FreeCount;
            sum += patterns.Frequency[tile.FirstPattern + run.First + pattern] * views.Gradients[gradients + row] * views.Gradients[gradients + column];
        }

        views.Products[cell.X] += sum;
    }
}
