namespace IrtGpu.Regression.Mixed;

/// <summary>A random-effect term of the model.</summary>
/// <param name="Group">Grouping factor.</param>
/// <param name="Effects">Names of its effects.</param>
/// <param name="GroupingIndex">Position of the grouping factor in order of elimination.</param>
/// <param name="Offset">Position of its first effect among those of a level.</param>
/// <param name="Standardization">Upper triangular R with Z = Z′R for the standardized columns Z′, whose mean squares are 1 and cross-products 0. [k, k]</param>
internal sealed record MixedTerm(string Group, IReadOnlyList<string> Effects, int GroupingIndex, int Offset, double[] Standardization)
{
    public int Width => Effects.Count;

    /// <summary>R⁻¹M for a matrix M. [k, columns]</summary>
    public double[] ToOriginal(ReadOnlySpan<double> matrix, int columns)
    {
        int k = Width;
        double[] result = matrix.ToArray();
        for (int column = 0; column < columns; column++)
        {
            for (int i = k - 1; i >= 0; i--)
            {
                double sum = result[i * columns + column];
                for (int j = i + 1; j < k; j++)
                    sum -= Standardization[i * k + j] * result[j * columns + column];
                result[i * columns + column] = sum / Standardization[i * k + i];
            }
        }
        return result;
    }

    /// <summary>R M for a matrix M. [k, columns]</summary>
    public double[] ToStandardized(ReadOnlySpan<double> matrix, int columns)
    {
        int k = Width;
        double[] result = new double[k * columns];
        for (int i = 0; i < k; i++)
        {
            for (int j = i; j < k; j++)
            {
                for (int column = 0; column < columns; column++)
                    result[i * columns + column] += Standardization[i * k + j] * matrix[j * columns + column];
            }
        }
        return result;
    }
}
