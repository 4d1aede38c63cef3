namespace IrtGpu.Foundation.Integration;

/// <summary>Cubature by spheres: a rule for the surface at each radius of a Gauss rule for the length of a normal vector.</summary>
/// <remarks>
/// The squared length of a normal vector is twice a gamma variable, so that R radii take polynomials up to degree 4R − 1 in it. On the sphere
/// all weights are positive. Up to eight dimensions the rule is of degree 7: Stroud (1971), <em>Approximate Calculation of Multiple Integrals</em>,
/// U_n 7-2, with 2n axes, 2n(n − 1) halves between two axes and the 2ⁿ corners of the cube; at n = 8 the axes have weight 0 and are left out. Beyond it
/// is of degree 5: axes, and those corners of the cube that <see cref="CubeCorners"/> chooses.
/// </remarks>
internal static class SphericalRadial
{
    /// <summary>Fewest dimensions.</summary>
    public const int Fewest = 3;

    /// <summary>Most dimensions.</summary>
    public const int Most = 20;

    private const int MostOfDegree7 = 8; // beyond, weights would be negative

    /// <summary>Degree up to which the rule on the sphere is exact.</summary>
    /// <param name="dimension">Number of dimensions.</param>
    public static int Degree(int dimension) => dimension <= MostOfDegree7 ? 7 : 5;

    /// <summary>Number of nodes.</summary>
    /// <param name="dimension">From <see cref="Fewest"/> to <see cref="Most"/>.</param>
    /// <param name="radii">Number of radii.</param>
    public static int Count(int dimension, int radii) => radii * (dimension <= MostOfDegree7
        ? (dimension < MostOfDegree7 ? 2 * dimension : 0) + 2 * dimension * (dimension - 1) + (1 << dimension)
        : 2 * dimension + (1 << CubeCorners.Find(dimension).Bits));

    /// <summary>Exact for polynomials up to <see cref="Degree"/> with two radii or more.</summary>
    /// <param name="dimension">From <see cref="Fewest"/> to <see cref="Most"/>.</param>
    /// <param name="radii">Number of radii.</param>
    public static NormalRule Create(int dimension, int radii)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, Fewest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, Most);
        Sphere sphere = new(dimension);
        if (dimension <= MostOfDegree7)
            FillDegree7(sphere);
        else
            FillDegree5(sphere);
        (double[] halfSquares, double[] radialWeights) = GaussLaguerre.Rule(radii, dimension / 2.0 - 1);
        int count = radii * sphere.Shares.Count;
        double[] nodes = new double[dimension * count];
        double[] weights = new double[count];
        for (int node = 0; node < count; node++)
        {
            int radius = node / sphere.Shares.Count;
            int direction = node % sphere.Shares.Count;
            weights[node] = radialWeights[radius] * sphere.Shares[direction];
            for (int j = 0; j < dimension; j++)
                nodes[j * count + node] = Math.Sqrt(2 * halfSquares[radius]) * sphere.Directions[direction][j];
        }
        return new NormalRule(dimension, nodes, weights);
    }

    private static void FillDegree7(Sphere sphere)
    {
        int n = sphere.Dimension;
        double common = 1.0 / (n * (n + 2) * (n + 4));
        if (n < MostOfDegree7)
            sphere.AddAxes((MostOfDegree7 - n) * common);
        double half = Math.Sqrt(0.5);
        for (int j = 0; j < n; j++)
        {
            for (int k = 0; k < j; k++)
            {
                for (int signs = 0; signs < 4; signs++)
                {
                    double[] direction = new double[n];
                    direction[j] = signs < 2 ? half : -half;
                    direction[k] = signs % 2 == 0 ? half : -half;
                    sphere.Add(4 * common, direction);
                }
            }
        }
        for (int corner = 0; corner < 1 << n; corner++)
            sphere.AddCorner(n * n * n * common / (1 << n), j => (corner >> j & 1) == 0);
    }

    /// <summary>The fourth moments of a direction, 3 and 1 over n(n + 2), are those of axes and corners with weights 2 and n over n + 2.</summary>
    private static void FillDegree5(Sphere sphere)
    {
        int n = sphere.Dimension;
        CubeCorners corners = CubeCorners.Find(n);
        sphere.AddAxes(2.0 / (n + 2) / (2 * n));
        for (int corner = 0; corner < 1 << corners.Bits; corner++)
            sphere.AddCorner((double)n / (n + 2) / (1 << corners.Bits), j => corners.IsPositive(corner, j));
    }

    /// <summary>A rule on the unit sphere.</summary>
    private sealed class Sphere(int dimension)
    {
        public int Dimension => dimension;

        public List<double[]> Directions { get; } = [];

        public List<double> Shares { get; } = [];

        public void Add(double share, double[] direction)
        {
            Directions.Add(direction);
            Shares.Add(share);
        }

        public void AddAxes(double share)
        {
            for (int j = 0; j < 2 * dimension; j++)
            {
                double[] direction = new double[dimension];
                direction[j / 2] = j % 2 == 0 ? 1 : -1;
                Add(share, direction);
            }
        }

        public void AddCorner(double share, Func<int, bool> isPositive)
        {
            double length = Math.Sqrt(1.0 / dimension);
            double[] direction = new double[dimension];
            for (int j = 0; j < dimension; j++)
                direction[j] = isPositive(j) ? length : -length;
            Add(share, direction);
        }
    }
}
