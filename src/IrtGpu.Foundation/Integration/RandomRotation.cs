namespace IrtGpu.Foundation.Integration;

/// <summary>Orthogonal matrices, each direction as likely as any other.</summary>
internal static class RandomRotation
{
    /// <summary>Makes one: rows of normal numbers, made orthogonal one after the other.</summary>
    /// <param name="dimension">Order.</param>
    /// <param name="nextNormal">Standard normal random numbers.</param>
    /// <returns>[dimension, dimension]</returns>
    public static double[] Create(int dimension, Func<double> nextNormal)
    {
        double[] rotation = new double[dimension * dimension];
        for (int row = 0; row < dimension; row++)
        {
            Span<double> current = rotation.AsSpan(row * dimension, dimension);
            double length = 0;
            while (length < 1e-3) // else the draw lies in the space of the rows before
            {
                for (int k = 0; k < dimension; k++)
                    current[k] = nextNormal();
                for (int pass = 0; pass < 2; pass++) // the second takes away what rounding left
                {
                    for (int before = 0; before < row; before++)
                        RemoveComponent(current, rotation.AsSpan(before * dimension, dimension));
                }
                length = Math.Sqrt(Dot(current, current));
            }
            foreach (ref double element in current)
                element /= length;
        }
        return rotation;
    }

    private static void RemoveComponent(Span<double> vector, ReadOnlySpan<double> direction)
    {
        double component = Dot(vector, direction);
        for (int k = 0; k < vector.Length; k++)
            vector[k] -= component * direction[k];
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int k = 0; k < a.Length; k++)
            sum += a[k] * b[k];
        return sum;
    }
}
