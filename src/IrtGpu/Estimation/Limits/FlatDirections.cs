using IrtGpu.Foundation.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Estimation.Limits;

/// <summary>Directions in which an information matrix is as good as 0.</summary>
internal static class FlatDirections
{
    private const double Share = 0.05; // of the largest element of a direction, from which a parameter takes part in it
    private const double SafePivots = 1e3; // where all pivots are that many times the limit, no direction is flat

    /// <summary>Finds them.</summary>
    /// <param name="information">Symmetric. [n, n]</param>
    /// <param name="n">Order.</param>
    /// <param name="negligible">Largest eigenvalue that is as good as 0.</param>
    /// <returns>Parameters that take part in some, and as many of them as there are directions, without which the rest is determined.</returns>
    public static (int[] Parameters, int[] Pivots) Find(ReadOnlySpan<double> information, int n, double negligible)
    {
        if (AreSafe(information, n, SafePivots * negligible))
            return ([], []);
        double[] elements = information[..(n * n)].ToArray();
        if (!Array.TrueForAll(elements, double.IsFinite))
            return ([], []);
        var evd = Matrix<double>.Build.Dense(n, n, (r, c) => elements[r * n + c]).Evd(Symmetricity.Symmetric);
        double[][] directions = [.. Enumerable.Range(0, n).Where(k => Math.Abs(evd.EigenValues[k].Real) <= negligible).Select(k => evd.EigenVectors.Column(k).ToArray())];
        int[] parameters = [.. Enumerable.Range(0, n).Where(k => directions.Any(direction => Math.Abs(direction[k]) > Share * direction.Max(Math.Abs)))];
        return (parameters, ChoosePivots(directions));
    }

    private static bool AreSafe(ReadOnlySpan<double> information, int n, double limit)
    {
        Span<double> factor = n <= 16 ? stackalloc double[n * n] : new double[n * n];
        information[..(n * n)].CopyTo(factor);
        if (!CholeskySolver.TryFactor(factor, n))
            return false;
        bool areSafe = true;
        for (int k = 0; k < n; k++)
            areSafe &= factor[k * n + k] * factor[k * n + k] > limit;
        return areSafe;
    }

    /// <summary>Elimination by the largest element: fixing these parameters leaves no move in any of the directions.</summary>
    private static int[] ChoosePivots(double[][] directions)
    {
        List<int> pivots = [];
        for (int first = 0; first < directions.Length; first++)
        {
            (int row, int pivot) = (first, 0);
            for (int direction = first; direction < directions.Length; direction++)
            {
                for (int k = 0; k < directions[direction].Length; k++)
                {
                    if (Math.Abs(directions[direction][k]) > Math.Abs(directions[row][pivot]))
                        (row, pivot) = (direction, k);
                }
            }
            (directions[first], directions[row]) = (directions[row], directions[first]);
            pivots.Add(pivot);
            for (int direction = first + 1; direction < directions.Length; direction++)
            {
                double factor = directions[direction][pivot] / directions[first][pivot];
                for (int k = 0; k < directions[direction].Length; k++)
                    directions[direction][k] -= factor * directions[first][k];
            }
        }
        return [.. pivots];
    }
}
