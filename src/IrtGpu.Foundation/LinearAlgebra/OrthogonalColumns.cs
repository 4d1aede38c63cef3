using System.Numerics.Tensors;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Foundation.LinearAlgebra;

/// <summary>X = Q R by columns, with the columns that are linear combinations of earlier ones left out.</summary>
/// <remarks>
/// Modified Gram–Schmidt, twice: Giraud, Langou &amp; Rozložník (2005), Comput. Math. Appl. 50, 1069–1075. A column is left out where less than
/// 1e-7 of its length is new, as R's <c>lm</c> does.
/// </remarks>
internal sealed class OrthogonalColumns
{
    private const double NewPart = 1e-7;

    private OrthogonalColumns(double[][] columns, int[] kept, double[] upper)
    {
        Columns = columns;
        Kept = kept;
        Upper = upper;
    }

    /// <summary>Q. [kept column][row]</summary>
    public double[][] Columns { get; }

    /// <summary>Positions of the columns of X that were kept, ascending.</summary>
    public int[] Kept { get; }

    /// <summary>R, row-major. [kept, kept]</summary>
    public double[] Upper { get; }

    public int Rank => Kept.Length;

    /// <summary>log |XᵀX| of the kept columns.</summary>
    public double LogDeterminant => Enumerable.Range(0, Rank).Sum(j => 2 * Math.Log(Math.Abs(Upper[j * Rank + j])));

    /// <param name="columns">X; destroyed. [column][row]</param>
    public static OrthogonalColumns Factor(double[][] columns)
    {
        List<double[]> kept = [];
        List<int> positions = [];
        List<double[]> coefficients = [];
        for (int column = 0; column < columns.Length; column++)
        {
            double[] current = columns[column];
            double scale = TensorPrimitives.MaxMagnitude<double>(current);
            scale = Math.Abs(scale);
            if (!(scale > 0))
                continue;
            TensorPrimitives.Divide(current, scale, current); // squares of very large or small numbers stay in range
            double length = FixedOrderSums.Norm(current);
            double[] coefficient = new double[kept.Count + 1];
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < kept.Count; j++)
                {
                    double projection = FixedOrderSums.Dot(kept[j], current);
                    coefficient[j] += projection;
                    TensorPrimitives.MultiplyAdd(kept[j], -projection, current, current);
                }
            }
            double rest = FixedOrderSums.Norm(current);
            if (!(rest > NewPart * length))
                continue;
            TensorPrimitives.Divide(current, rest, current);
            coefficient[^1] = rest;
            TensorPrimitives.Multiply(coefficient, scale, coefficient);
            kept.Add(current);
            positions.Add(column);
            coefficients.Add(coefficient);
        }
        int rank = kept.Count;
        double[] upper = new double[rank * rank];
        for (int j = 0; j < rank; j++)
        {
            for (int i = 0; i <= j; i++)
                upper[i * rank + j] = coefficients[j][i];
        }
        return new OrthogonalColumns([.. kept], [.. positions], upper);
    }

    /// <summary>Solves R x = b in place.</summary>
    public void SolveUpper(Span<double> vector)
    {
        for (int i = Rank - 1; i >= 0; i--)
        {
            double sum = vector[i];
            for (int j = i + 1; j < Rank; j++)
                sum -= Upper[i * Rank + j] * vector[j];
            vector[i] = sum / Upper[i * Rank + i];
        }
    }

    /// <summary>R⁻¹ M R⁻ᵀ for a symmetric M. [kept, kept]</summary>
    public double[] Congruence(ReadOnlySpan<double> symmetric)
    {
        int n = Rank;
        double[] result = symmetric.ToArray();
        Span<double> column = new double[n];
        for (int side = 0; side < 2; side++)
        {
            for (int j = 0; j < n; j++)
            {
                for (int i = 0; i < n; i++)
                    column[i] = result[i * n + j];
                SolveUpper(column);
                for (int i = 0; i < n; i++)
                    result[i * n + j] = column[i];
            }
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < i; j++)
                    (result[i * n + j], result[j * n + i]) = (result[j * n + i], result[i * n + j]);
            }
        }
        return result;
    }
}
