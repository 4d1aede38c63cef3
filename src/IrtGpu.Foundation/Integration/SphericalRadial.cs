namespace IrtGpu.Foundation.Integration;

/// <summary>Cubature by spheres: a rule for the surface at each radius of a Gauss rule for the length of a normal vector.</summary>
/// <remarks>
/// Degree 7 on the sphere: Stroud (1971), <em>Approximate Calculation of Multiple Integrals</em>, U_n 7-2, whose 2n + 2n(n − 1) + 2ⁿ nodes have
/// positive weights up to n = 7; at n = 8 the axes have weight 0 and are left out. The squared length of a normal vector is twice a gamma
/// variable, so that two radii take polynomials up to degree 7.
/// </remarks>
internal static class SphericalRadial
{
    /// <summary>Fewest dimensions.</summary>
    public const int Fewest = 3;

    /// <summary>Most dimensions: beyond, weights are negative.</summary>
    public const int Most = 8;

    /// <summary>Number of nodes.</summary>
    /// <param name="dimension">From <see cref="Fewest"/> to <see cref="Most"/>.</param>
    public static int Count(int dimension) => 2 * ((dimension < Most ? 2 * dimension : 0) + 2 * dimension * (dimension - 1) + (1 << dimension));

    /// <summary>Exact for polynomials up to degree 7.</summary>
    /// <param name="dimension">From <see cref="Fewest"/> to <see cref="Most"/>.</param>
    public static NormalRule Degree7(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, Fewest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, Most);
        (List<double[]> directions, List<double> shares) = Sphere(dimension);
        (double[] halfSquares, double[] radialWeights) = GaussLaguerre.Rule(2, dimension / 2.0 - 1);
        int count = 2 * directions.Count;
        double[] nodes = new double[dimension * count];
        double[] weights = new double[count];
        for (int node = 0; node < count; node++)
        {
            int radius = node / directions.Count;
            int direction = node % directions.Count;
            weights[node] = radialWeights[radius] * shares[direction];
            for (int j = 0; j < dimension; j++)
                nodes[j * count + node] = Math.Sqrt(2 * halfSquares[radius]) * directions[direction][j];
        }
        return new NormalRule(dimension, nodes, weights);
    }

    private static (List<double[]> Directions, List<double> Shares) Sphere(int n)
    {
        List<double[]> directions = [];
        List<double> shares = [];
        double common = 1.0 / (n * (n + 2) * (n + 4));
        for (int j = 0; j < n && n < Most; j++)
        {
            foreach (int sign in (int[])[1, -1])
                Add((8 - n) * common, (j, sign));
        }
        double half = Math.Sqrt(0.5);
        for (int j = 0; j < n; j++)
        {
            for (int k = 0; k < j; k++)
            {
                for (int signs = 0; signs < 4; signs++)
                    Add(4 * common, (j, signs < 2 ? half : -half), (k, signs % 2 == 0 ? half : -half));
            }
        }
        for (int corner = 0; corner < 1 << n; corner++)
        {
            double length = Math.Sqrt(1.0 / n);
            Add(n * n * n * common / (1 << n), [.. Enumerable.Range(0, n).Select(j => (j, (corner >> j & 1) == 0 ? length : -length))]);
        }
        return (directions, shares);

        void Add(double share, params (int Dimension, double Coordinate)[] coordinates)
        {
            double[] direction = new double[n];
            foreach ((int dimension, double coordinate) in coordinates)
                direction[dimension] = coordinate;
            directions.Add(direction);
            shares.Add(share);
        }
    }
}
