namespace IrtGpu.Foundation.Integration;

/// <summary>Rank-1 lattices in the unit cube, found component by component.</summary>
/// <remarks>
/// Points {k z / n}, k = 0 … n − 1. Each component of z is that which makes the worst-case error P_2 least, given those before it: the squared
/// error in the Korobov space of smoothness 1, 1/n Σ_k Π_j (1 + γ 2π² B_2({k z_j / n})) − 1, B_2(x) = x² − x + 1/6
/// (Sloan &amp; Reztsov 2002; Nuyens &amp; Cools 2006). With a random shift it is the mean squared error of functions with square-integrable
/// mixed first derivatives. No table is needed, and none of the dimensions is preferred by its weight γ.
/// </remarks>
internal static class RankOneLattice
{
    private const double Weight = 0.1; // γ: what several dimensions do together counts less than what each does alone

    /// <summary>The generating vector.</summary>
    /// <param name="count">Number of points n, a power of 2.</param>
    /// <param name="dimension">Number of dimensions.</param>
    /// <returns>z, odd numbers below n / 2, the first of them 1. [dimension]</returns>
    public static int[] GeneratingVector(int count, int dimension)
    {
        double[] factor = new double[count]; // of a dimension, by {k z / n} · n
        for (int k = 0; k < count; k++)
        {
            double x = (double)k / count;
            factor[k] = 1 + Weight * 2 * Math.PI * Math.PI * (x * x - x + 1.0 / 6);
        }
        double[] products = new double[count];
        Array.Fill(products, 1);
        int[] vector = new int[dimension];
        for (int j = 0; j < dimension; j++)
        {
            vector[j] = j == 0 ? 1 : Best(factor, products);
            for (int k = 0; k < count; k++)
                products[k] *= factor[(int)((long)k * vector[j] & (count - 1))];
        }
        return vector;
    }

    /// <summary>The squared worst-case error P_2 of a lattice.</summary>
    /// <param name="count">Number of points.</param>
    /// <param name="vector">Generating vector. [dimension]</param>
    public static double SquaredError(int count, ReadOnlySpan<int> vector)
    {
        double sum = 0;
        for (int k = 0; k < count; k++)
        {
            double product = 1;
            foreach (int component in vector)
            {
                double x = (double)((long)k * component % count) / count;
                product *= 1 + Weight * 2 * Math.PI * Math.PI * (x * x - x + 1.0 / 6);
            }
            sum += product;
        }
        return sum / count - 1;
    }

    private static int Best(double[] factor, double[] products)
    {
        int best = 1;
        double least = double.PositiveInfinity;
        for (int candidate = 1; candidate < Math.Max(2, factor.Length / 2); candidate += 2) // z and n − z give the same points, mirrored
        {
            double sum = 0;
            for (int k = 0; k < products.Length; k++)
                sum += products[k] * factor[(int)((long)k * candidate & (factor.Length - 1))];
            if (sum < least)
                (best, least) = (candidate, sum);
        }
        return best;
    }
}
