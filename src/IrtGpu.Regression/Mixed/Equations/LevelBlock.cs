namespace IrtGpu.Regression.Mixed.Equations;

/// <summary>The small dense blocks of single levels: k effects by k effects.</summary>
internal static class LevelBlock
{
    /// <summary>Adds TᵀAT + I of a level to a block.</summary>
    public static void AddDiagonal(ReadOnlySpan<double> a, double[] t, int k, Span<double> block, int stride)
    {
        if (k == 1)
        {
            block[0] += t[0] * a[0] * t[0] + 1;
            return;
        }
        for (int c = 0; c < k; c++)
        {
            for (int e = 0; e < k; e++)
            {
                double sum = 0;
                for (int d = 0; d < k; d++)
                    sum += a[e * k + d] * t[d * k + c];
                if (sum == 0)
                    continue;
                for (int row = c; row < k; row++)
                    block[row * stride + c] += t[e * k + row] * sum;
            }
            block[c * stride + c] += 1;
        }
    }

    /// <summary>T_gᵀ A T of the rows of one later level, into <paramref name="scaled"/>. [k_g, k]</summary>
    public static void ScaleCoupling(ReadOnlySpan<double> a, double[] left, int leftWidth, double[] right, int k, Span<double> scaled)
    {
        scaled[..(leftWidth * k)].Clear();
        for (int e = 0; e < leftWidth; e++)
        {
            for (int c = 0; c < k; c++)
            {
                double sum = 0;
                for (int d = 0; d < k; d++)
                    sum += a[e * k + d] * right[d * k + c];
                for (int row = 0; row < leftWidth; row++)
                    scaled[row * k + c] += left[e * leftWidth + row] * sum;
            }
        }
    }

    /// <summary>Replaces the lower triangle of a block by its Cholesky factor; false where it is not positive definite.</summary>
    /// <param name="factor">The block. [k, k]</param>
    /// <param name="k">Its order.</param>
    /// <param name="pivots">Product of squared pivots, multiplied up: one logarithm of many.</param>
    /// <param name="logDeterminant">Receives the logarithm of the product where it grows large or small.</param>
    public static bool TryFactor(Span<double> factor, int k, ref double pivots, ref double logDeterminant)
    {
        for (int c = 0; c < k; c++)
        {
            for (int d = 0; d <= c; d++)
            {
                double sum = factor[c * k + d];
                for (int e = 0; e < d; e++)
                    sum -= factor[c * k + e] * factor[d * k + e];
                if (d < c)
                {
                    factor[c * k + d] = sum / factor[d * k + d];
                    continue;
                }
                if (!(sum > 0) || !double.IsFinite(sum))
                    return false;
                factor[c * k + c] = Math.Sqrt(sum);
                pivots *= sum;
                if (pivots is > 1e200 or < 1e-200)
                {
                    logDeterminant += Math.Log(pivots);
                    pivots = 1;
                }
            }
        }
        return true;
    }

    /// <summary>Where an element of a symmetric matrix over all effects lies, for a column of a factor that is eliminated level by level.</summary>
    /// <param name="data">Pattern.</param>
    /// <param name="diagonal">Blocks within levels. [stage][level, k, k]</param>
    /// <param name="below">Rows below them. [stage][row, k]</param>
    /// <param name="row">Row, not before the column.</param>
    /// <param name="column">Column.</param>
    /// <param name="block">The array that holds it.</param>
    /// <param name="offset">Its place there.</param>
    public static void Place(CrossProducts data, double[][] diagonal, double[][] below, int row, int column, out double[] block, out int offset)
    {
        int stage = 0;
        while (column >= data.Groupings[stage].EndScalar)
            stage++;
        Grouping grouping = data.Groupings[stage];
        int k = grouping.Width;
        int level = (column - grouping.FirstScalar) / k;
        int effect = column - grouping.Scalar(level);
        if (row < grouping.Scalar(level) + k)
        {
            block = diagonal[stage];
            offset = (level * k + row - grouping.Scalar(level)) * k + effect;
            return;
        }
        int begin = data.RowStart[stage][level];
        int found = Array.BinarySearch(data.Rows[stage], begin, data.RowStart[stage][level + 1] - begin, row);
        block = below[stage];
        offset = found * k + effect;
    }
}
