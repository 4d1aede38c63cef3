using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Vectors;

namespace IrtGpu.Estimation.Stochastic.Persons;

/// <summary>Cholesky factors of small matrices, one a person, persons side by side.</summary>
internal static class TriangularRows
{
    private const int Size = PersonTile.Size;

    private static readonly RowLoops Loops = RowLoops.Chosen;

    /// <summary>Replaces packed lower triangles by L with A = L Lᵀ; A is positive definite.</summary>
    /// <param name="matrix">[element, lane]</param>
    /// <param name="order">Order.</param>
    public static void Factor(Span<double> matrix, int order)
    {
        for (int j = 0; j < order; j++)
        {
            Span<double> diagonal = Row(matrix, j, j);
            for (int k = 0; k < j; k++)
                Loops.AddProduct(-1, Row(matrix, j, k), Row(matrix, j, k), diagonal);
            for (int lane = 0; lane < Size; lane++)
                diagonal[lane] = Math.Sqrt(diagonal[lane]);
            for (int i = j + 1; i < order; i++)
            {
                Span<double> element = Row(matrix, i, j);
                for (int k = 0; k < j; k++)
                    Loops.AddProduct(-1, Row(matrix, i, k), Row(matrix, j, k), element);
                Loops.Divide(diagonal, element);
            }
        }
    }

    /// <summary>x ← L⁻¹ x.</summary>
    /// <param name="factor">[element, lane]</param>
    /// <param name="vector">[row, lane]</param>
    /// <param name="order">Order.</param>
    public static void SolveForward(Span<double> factor, Span<double> vector, int order)
    {
        for (int j = 0; j < order; j++)
        {
            Span<double> row = PersonModel.Row(vector, j);
            for (int k = 0; k < j; k++)
                Loops.AddProduct(-1, Row(factor, j, k), PersonModel.Row(vector, k), row);
            Loops.Divide(Row(factor, j, j), row);
        }
    }

    /// <summary>x ← L⁻ᵀ x.</summary>
    /// <param name="factor">[element, lane]</param>
    /// <param name="vector">[row, lane]</param>
    /// <param name="order">Order.</param>
    public static void SolveBackward(Span<double> factor, Span<double> vector, int order)
    {
        for (int j = order - 1; j >= 0; j--)
        {
            Span<double> row = PersonModel.Row(vector, j);
            for (int i = j + 1; i < order; i++)
                Loops.AddProduct(-1, Row(factor, i, j), PersonModel.Row(vector, i), row);
            Loops.Divide(Row(factor, j, j), row);
        }
    }

    /// <summary>y = Lᵀ x.</summary>
    /// <param name="factor">[element, lane]</param>
    /// <param name="vector">x. [row, lane]</param>
    /// <param name="order">Order.</param>
    /// <param name="result">y. [row, lane]</param>
    public static void MultiplyTransposed(Span<double> factor, ReadOnlySpan<double> vector, int order, Span<double> result)
    {
        for (int j = 0; j < order; j++)
        {
            Span<double> row = PersonModel.Row(result, j);
            row.Clear();
            for (int i = j; i < order; i++)
                Loops.AddProduct(1, Row(factor, i, j), PersonModel.Row(vector, i), row);
        }
    }

    private static Span<double> Row(Span<double> matrix, int row, int column) => PersonModel.Row(matrix, PackedTriangle.Index(row, column));
}
