using IrtGpu.Compute.Loops;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Compute.ProductGrid;

/// <summary>Posteriors of a tile's patterns: factors times kernel, or in logarithms where those leave the range of doubles.</summary>
/// <param name="plan">The plan.</param>
/// <param name="patterns">The data.</param>
/// <param name="tables">Filled.</param>
/// <param name="order">Pattern of each position.</param>
internal sealed unsafe class ProductGridPosteriors(CalibrationPlan plan, PatternTable patterns, ProductGridTables tables, int[] order)
{
    private const double SmallestTotal = 1e-250;

    private readonly int classCount = plan.ClassCount;
    private readonly int attributeCount = plan.AttributeCount;
    private readonly ProductGridFactors factors = new(plan, patterns, tables);

    /// <summary>Leaves marginals, totals and class weights of a tile's patterns in the tile.</summary>
    /// <param name="point">Proportions of classes, tilts.</param>
    /// <param name="first">First position.</param>
    /// <param name="count">Number of patterns, of one group and answered set.</param>
    /// <param name="tile">Receives them.</param>
    public void Compute(ModelPoint point, int first, int count, ProductGridTile tile)
    {
        tile.Exact.AsSpan().Clear();
        for (int c = 0; c < classCount; c++)
        {
            ProductGridLoops kernel = tables.KernelOf(order[first], c);
            for (int k = 0; k < count; k++)
                factors.Compute(order[first + k], k, c, kernel, point.Tilts, tile);
            ProductGridJoin.Apply(tables, kernel, tile, c, count);
            for (int k = 0; k < count; k++)
            {
                if (!(tile.Total[c * tile.PatternCount + k] >= SmallestTotal))
                    ComputeExactly(order[first + k], k, c, kernel, point.Tilts, tile);
            }
        }
        for (int k = 0; k < count; k++)
            WeighClasses(point, order[first + k], k, tile);
    }

    /// <summary>Writes a pattern's posterior in a class.</summary>
    /// <param name="pattern">Pattern.</param>
    /// <param name="k">Its place in the tile.</param>
    /// <param name="c">Class.</param>
    /// <param name="tile">The tile, computed.</param>
    /// <param name="posterior">Receives it. [node]</param>
    public void Write(int pattern, int k, int c, ProductGridTile tile, Span<double> posterior)
    {
        double weight = tile.Weight[c * tile.PatternCount + k];
        if (tile.Exact[c * tile.PatternCount + k] is { } exact)
        {
            System.Numerics.Tensors.TensorPrimitives.Multiply(exact, weight, posterior);
            return;
        }
        double one = 1; // of the only row in one dimension
        double* outer = attributeCount == 1 ? &one : tile.Outer(c, k);
        fixed (double* result = posterior)
        {
            LineKernels.Chosen.MultiplyRows(
                tile.Factor(c, attributeCount - 1, k), tables.KernelOf(pattern, c).ByOuter, tables.PaddedLineCount, outer, weight, result, tables.OuterCount, tables.LineCount);
        }
    }

    /// <summary>A pattern in logarithms, over all nodes; leaves its factors without effect.</summary>
    private void ComputeExactly(int pattern, int k, int c, ProductGridLoops kernel, PopulationTilts? tilts, ProductGridTile tile)
    {
        double scale = factors.ComputeLogs(pattern, k, c, kernel, tilts, tile);
        double[] posterior = (double[])kernel.Log.Clone();
        int lineCount = tables.LineCount;
        int stride = plan.NodeCount;
        for (int attribute = 0; attribute < attributeCount; attribute++)
        {
            stride /= lineCount;
            double* factor = tile.Factor(c, attribute, k);
            for (int node = 0; node < posterior.Length; node++)
                posterior[node] += factor[node / stride % lineCount];
        }
        double largest = posterior.Max();
        double total = 0;
        for (int node = 0; node < posterior.Length; node++)
            total += posterior[node] = Math.Exp(posterior[node] - largest);
        stride = plan.NodeCount;
        for (int node = 0; node < posterior.Length; node++)
            posterior[node] /= total;
        for (int attribute = 0; attribute < attributeCount; attribute++)
        {
            stride /= lineCount;
            double* marginal = tile.Marginal(c, attribute, k);
            new Span<double>(marginal, tables.PaddedLineCount).Clear();
            for (int node = 0; node < posterior.Length; node++)
                marginal[node / stride % lineCount] += posterior[node];
            new Span<double>(tile.Factor(c, attribute, k), tables.PaddedLineCount).Clear();
        }
        new Span<double>(tile.Outer(c, k), tables.PaddedOuterCount).Clear();
        int index = c * tile.PatternCount + k;
        tile.Total[index] = 1;
        tile.LogScale[index] = scale + largest + Math.Log(total);
        tile.Exact[index] = posterior;
    }

    /// <summary>Marginal log-likelihood of a pattern and posterior probabilities of its classes.</summary>
    private void WeighClasses(ModelPoint point, int pattern, int k, ProductGridTile tile)
    {
        int firstBlock = tables.FirstBlock(pattern);
        int known = patterns.KnownClasses[pattern];
        double largest = double.NegativeInfinity;
        for (int c = 0; c < classCount; c++)
        {
            int index = c * tile.PatternCount + k;
            bool isPossible = known < 0 || known == c;
            tile.Weight[index] = isPossible ? point.LogProportion[firstBlock + c] + tile.LogScale[index] + Math.Log(tile.Total[index]) : double.NegativeInfinity;
            largest = Math.Max(largest, tile.Weight[index]);
        }
        double total = 0;
        for (int c = 0; c < classCount; c++)
            total += tile.Weight[c * tile.PatternCount + k] = Math.Exp(tile.Weight[c * tile.PatternCount + k] - largest);
        for (int c = 0; c < classCount; c++)
            tile.Weight[c * tile.PatternCount + k] /= total * tile.Total[c * tile.PatternCount + k];
        tile.LogLikelihood[k] = largest + Math.Log(total);
    }
}
