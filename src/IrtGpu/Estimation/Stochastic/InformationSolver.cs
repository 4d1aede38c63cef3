using IrtGpu.Foundation.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Estimation.Stochastic;

/// <summary>Steps along the inverse of an information matrix.</summary>
internal sealed class InformationSolver
{
    private static readonly double[] Shares = [0, 0.1, 0.3, 1, 3]; // of the complete information, added where the observed one is not positive definite

    private readonly double[,] inverse; // lower triangle

    private InformationSolver(double[,] inverse, bool isObserved)
    {
        this.inverse = inverse;
        IsObserved = isObserved;
    }

    /// <summary>Whether it is the observed information, nothing added.</summary>
    public bool IsObserved { get; }

    /// <summary>Inverts the observed information, or where that is not positive definite its sum with a share of the complete one.</summary>
    /// <param name="observed">[parameter, parameter]</param>
    /// <param name="complete">[parameter, parameter]</param>
    /// <param name="threads">Number of threads.</param>
    /// <returns>Null where the complete information is not positive definite either.</returns>
    public static InformationSolver? TryCreate(double[,] observed, double[,] complete, int threads)
    {
        int order = observed.GetLength(0);
        foreach (double share in Shares)
        {
            double[,] sum = observed;
            if (share > 0)
            {
                sum = new double[order, order];
                for (int r = 0; r < order; r++)
                {
                    for (int c = 0; c <= r; c++)
                        sum[r, c] = observed[r, c] + share * complete[r, c];
                }
            }
            if (TryInvert(sum, threads) is { } inverse)
                return new InformationSolver(inverse, share == 0);
        }
        return OfSizes(complete);
    }

    /// <summary>The inverse of a matrix.</summary>
    /// <param name="matrix">Symmetric; its lower triangle is read. [parameter, parameter]</param>
    /// <param name="threads">Number of threads; 0: all processors. Does not change results.</param>
    /// <returns>Null where it is not positive definite.</returns>
    public static double[,]? TryInvert(double[,] matrix, int threads)
    {
        int order = matrix.GetLength(0);
        using BlockedCholesky cholesky = new(order, 0, threads > 0 ? threads : Environment.ProcessorCount);
        cholesky.Clear();
        for (int r = 0; r < order; r++)
        {
            Span<double> row = cholesky.Row(r);
            for (int c = 0; c <= r; c++)
                row[c] = matrix[r, c];
        }
        if (!cholesky.TryFactor(out _))
            return null;
        cholesky.Invert();
        double[,] inverse = new double[order, order];
        for (int r = 0; r < order; r++)
        {
            ReadOnlySpan<double> row = cholesky.InverseRow(r);
            for (int c = 0; c <= r; c++)
                inverse[r, c] = inverse[c, r] = row[c];
        }
        return inverse;
    }

    /// <summary>Where not even the complete information is positive definite: its eigenvalues count by their size.</summary>
    private static InformationSolver? OfSizes(double[,] complete)
    {
        MathNet.Numerics.LinearAlgebra.Factorization.Evd<double> spectrum = Matrix<double>.Build.DenseOfArray(complete).Evd(Symmetricity.Symmetric);
        double[] sizes = [.. spectrum.EigenValues.Select(value => Math.Abs(value.Real))];
        double largest = sizes.Max();
        if (!(largest > 0) || !double.IsFinite(largest))
            return null;
        Matrix<double> scaled = spectrum.EigenVectors * Matrix<double>.Build.DenseOfDiagonalArray([.. sizes.Select(size => 1 / Math.Max(size, 1e-6 * largest))]);
        return new InformationSolver((scaled * spectrum.EigenVectors.Transpose()).ToArray(), false);
    }

    /// <summary>Square root of a diagonal element of the inverse.</summary>
    /// <param name="parameter">Which.</param>
    public double StandardError(int parameter) => Math.Sqrt(inverse[parameter, parameter]);

    /// <summary>The inverse times a vector.</summary>
    /// <param name="vector">[parameter]</param>
    public double[] Apply(double[] vector)
    {
        double[] result = new double[vector.Length];
        for (int r = 0; r < result.Length; r++)
        {
            double sum = 0;
            for (int c = 0; c < vector.Length; c++)
                sum += inverse[r, c] * vector[c];
            result[r] = sum;
        }
        return result;
    }
}
