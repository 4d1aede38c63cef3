using ILGPU;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Memory;

namespace IrtGpu.Kernels.Inference;

/// <summary>Σ_p N_p s_p s_pᵀ, s_p the posterior mean of the complete-data gradient s of pattern p, and Σ_p N_p times the posterior mean of s sᵀ.</summary>
/// <remarks>Every number has one thread that adds in index order: the result depends on the cut into tiles, runs and slices alone.</remarks>
internal static class CrossProductKernels
{
    private const int Missing = 255;

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

    /// <summary>s of one pattern at one node of one class, by one free parameter; 0 where the posterior is.</summary>
    /// <param name="cell">((pattern of the run · classes + class) · nodes + node) · free + free parameter.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="run">Patterns.</param>
    /// <param name="patterns">Responses and frequencies.</param>
    /// <param name="tableOfBlock">[block]</param>
    /// <param name="views">Derivatives, terms and functions; receives gradients and weights.</param>
    /// <param name="posterior">Posterior. [class, node, pattern]</param>
    public static void FindNodeGradients(
        Index1D cell, TileShape tile, PatternRun run, PatternViews patterns, ArrayView<int> tableOfBlock, CrossProductViews views,
        ArrayView<double> posterior)
    {
        int free = cell.X % views.FreeCount;
        int row = cell.X / views.FreeCount;
        int node = row % views.NodeCount;
        int k = row / views.NodeCount % tile.ClassCount;
        int pattern = run.First + row / views.NodeCount / tile.ClassCount;
        double weight = posterior[((long)k * tile.NodeCount + node) * tile.PatternStride + pattern];
        double gradient = 0.0;
        if (weight != 0.0)
        {
            int block = tile.FirstBlock + k;
            int function = views.NodeFunction[(long)block * views.FreeCount + free];
            if (function >= 0)
                gradient = views.NodeFunctions[(long)function * tile.NodeCount + node];
            long firstWord = (long)(tile.FirstPattern + pattern) * patterns.WordCount;
            long list = (long)tableOfBlock[block] * views.FreeCount + free;
            long theta = views.NodeSetOfBlock[block] * views.ThetaStride + (long)node * views.AttributeCount;
            for (int term = views.TermStart[list]; term < views.TermStart[list + 1]; term++)
            {
                int item = views.TermItem[term];
                int category = (patterns.Words[firstWord + item / MemoryPlan.ItemsPerWord] >> (8 * (item % MemoryPlan.ItemsPerWord))) & 255;
                if (category == Missing)
                    continue;
                long line = (views.TermFirst[term] + (long)category * views.TermStride[term]) * tile.NodeCount;
                int attribute = views.TermAttribute[term];
                double factor = attribute >= 0 ? views.Theta[theta + attribute] : 1.0;
                gradient += views.TermCoefficient[term] * (views.Derivatives[line + node] * factor);
            }
        }

        views.NodeGradients[cell] = gradient;
        if (free == 0)
            views.NodeWeights[row] = patterns.Frequency[tile.FirstPattern + pattern] * weight;
    }

    /// <summary>Adds weight · s_r s_c over the (pattern, class, node) rows of one slice of the run, c ≤ r.</summary>
    /// <param name="cell">(slice · free + r) · free + c.</param>
    /// <param name="rowCount">Rows of the run.</param>
    /// <param name="sliceLength">Rows of a slice.</param>
    /// <param name="views">In: gradients and weights; products are added to.</param>
    public static void AddNodeProducts(Index1D cell, int rowCount, int sliceLength, CrossProductViews views)
    {
        int column = cell.X % views.FreeCount;
        int rest = cell.X / views.FreeCount;
        int line = rest % views.FreeCount;
        int begin = rest / views.FreeCount * sliceLength;
        int end = IntrinsicMath.Min(begin + sliceLength, rowCount);
        if (column > line || begin >= end)
            return;
        double sum = 0.0;
        for (int row = begin; row < end; row++)
        {
            long gradients = (long)row * views.FreeCount;
            sum += views.NodeWeights[row] * views.NodeGradients[gradients + line] * views.NodeGradients[gradients + column];
        }

        views.NodeProducts[cell.X] += sum;
    }
}
