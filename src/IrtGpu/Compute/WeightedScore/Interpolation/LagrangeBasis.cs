using System.Runtime.CompilerServices;
using IrtGpu.Compute.Loops;

namespace IrtGpu.Compute.WeightedScore.Interpolation;

/// <summary>Interpolation through eight points of an equally spaced grid, by Lagrange's polynomials as powers of the position in the middle cell.</summary>
/// <remarks>
/// With f in [0, 1] the position between points 3 and 4 of the eight, value(f) = Σ_point c_point(f) value_point and
/// c_point(f) = Σ_power basis[power, point] f^power. Exact for polynomials of degree 7. Cell c of a grid has the points c … c + 7.
/// </remarks>
internal sealed unsafe class LagrangeBasis : IDisposable
{
    /// <summary>Points of the interpolation.</summary>
    public const int Points = 8;

    /// <summary>The argument lies between this point of the eight and the next.</summary>
    public const int FirstPoint = 3;

    private static readonly double[] Polynomials = LagrangePolynomials();

    private readonly AlignedBuffer polynomials; // [power, point], then [point, power]

    /// <summary>Tables the basis.</summary>
    public LagrangeBasis()
    {
        polynomials = new AlignedBuffer(2L * Polynomials.Length);
        Polynomials.CopyTo(new Span<double>(polynomials.Pointer, Polynomials.Length));
        for (int power = 0; power < Points; power++)
        {
            for (int point = 0; point < Points; point++)
                polynomials.Pointer[Polynomials.Length + point * Points + power] = Polynomials[power * Points + point];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => polynomials.Dispose();

    /// <summary>The coefficients of the eight points.</summary>
    /// <param name="fraction">f.</param>
    /// <param name="coefficients">Receives them. [8]</param>
    public void Coefficients(double fraction, double* coefficients) => ScoreGridKernels.Chosen.Evaluate(polynomials.Pointer, fraction, coefficients);

    /// <summary>Each cell's polynomial in f from the values at its eight points.</summary>
    /// <param name="values">Values. [grid point]</param>
    /// <param name="target">Receives the coefficients. [cell, power]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ToPowers(double[] values, double* target)
    {
        double* basis = polynomials.Pointer + Points * Points;
        int count = values.Length - Points + 1;
        fixed (double* first = values)
        {
            for (int cell = 0; cell < count; cell++)
                ScoreGridKernels.Chosen.Combine(basis, first + cell, target + (long)cell * Points);
        }
    }

    /// <summary>The adjoint of <see cref="ToPowers"/>: turns sums Σ weight · f^k by cell into weights at the grid points, and clears them.</summary>
    /// <param name="powerSums">Sums, then 0. [cell, power]</param>
    /// <param name="deposit">Receives the weights. [grid point]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FromPowers(double* powerSums, double[] deposit)
    {
        double* basis = polynomials.Pointer;
        int cellCount = deposit.Length - Points + 1;
        for (int cell = 0; cell < cellCount; cell++) // in place: the weights that the cell leaves at its eight points
        {
            double* slot = powerSums + (long)cell * Points;
            if (slot[0] == 0)
                continue;
            ScoreGridKernels.Chosen.Combine(basis, slot, slot);
        }
        for (int point = 0; point < deposit.Length; point++)
        {
            int last = Math.Min(point, cellCount - 1);
            double sum = 0;
            for (int cell = Math.Max(0, point - Points + 1); cell <= last; cell++)
                sum += powerSums[(long)cell * Points + point - cell];
            deposit[point] = sum;
        }
        new Span<double>(powerSums, cellCount * Points).Clear();
    }

    /// <summary>Coefficients of the eight basis polynomials in f, the position within the cell. [power, point]</summary>
    private static double[] LagrangePolynomials()
    {
        double[] result = new double[Points * Points];
        for (int point = 0; point < Points; point++)
        {
            double[] polynomial = [1];
            double denominator = 1;
            for (int other = 0; other < Points; other++)
            {
                if (other == point)
                    continue;
                // Multiply by (f + FirstPoint − other).
                double[] next = new double[polynomial.Length + 1];
                for (int power = 0; power < polynomial.Length; power++)
                {
                    next[power + 1] += polynomial[power];
                    next[power] += polynomial[power] * (FirstPoint - other);
                }
                polynomial = next;
                denominator *= point - other;
            }
            for (int power = 0; power < Points; power++)
                result[power * Points + point] = polynomial[power] / denominator;
        }
        return result;
    }
}
