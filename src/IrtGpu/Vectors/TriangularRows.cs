using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Vectors;

/// <summary>Cholesky factors of small matrices, one a person, persons side by side.</summary>
internal static class TriangularRows
{
    private static readonly RowLoops Loops = RowLoops.Chosen;

    /// <summary>Replaces packed lower triangles by L with A = L Lᵀ; A is positive definite.</summary>
    /// <param name="matrix">[element, lane]</param>
    /// <param name="order">Order.</param>
    public static void Factor(Span<double> matrix, int order)
    {
        for (int j = 0; j < order; j++)
        {
            Span<double> diagonal = Row(matrix, j, j, order);
            for (int k = 0; k < j; k++)
                Loops.AddProduct(-1, Row(matrix, j, k, order), Row(matrix, j, k, order), diagonal);
            for (int lane = 0; lane < diagonal.Length; lane++)
                diagonal[lane] = Math.Sqrt(diagonal[lane]);
            for (int i = j + 1; i < order; i++)
            {
                Span<double> element = Row(matrix, i, j, order);
                for (int k = 0; k < j; k++)
                    Loops.AddProduct(-1, Row(matrix, i, k, order), Row(matrix, j, k, order), element);
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
            Span<double> row = Row(vector, j, order);
            for (int k = 0; k < j; k++)
                Loops.AddProduct(-1, Row(factor, j, k, order), Row(vector, k, order), row);
            Loops.Divide(Row(factor, j, j, order), row);
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
            Span<double> row = Row(vector, j, order);
            for (int i = j + 1; i < order; i++)
                Loops.AddProduct(-1, Row(factor, i, j, order), Row(vector, i, order), row);
            Loops.Divide(Row(factor, j, j, order), row);
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
            Span<double> row = Row(result, j, order);
            row.Clear();
            for (int i = j; i < order; i++)
                Loops.AddProduct(1, Row(factor, i, j, order), Row(vector, i, order), row);
        }
    }

    /// <summary>Writes L⁻¹.</summary>
    /// <param name="factor">[element, lane]</param>
    /// <param name="order">Order.</param>
    /// <param name="inverse">Receives it. [element, lane]</param>
    public static void Invert(Span<double> factor, int order, Span<double> inverse)
    {
        for (int i = 0; i < order; i++)
        {
            Span<double> diagonal = Row(inverse, i, i, order);
            diagonal.Fill(1);
            Loops.Divide(Row(factor, i, i, order), diagonal);
            for (int j = i - 1; j >= 0; j--)
            {
                Span<double> element = Row(inverse, i, j, order);
                element.Clear();
                for (int k = j + 1; k <= i; k++)
                    Loops.AddProduct(-1, Row(inverse, i, k, order), Row(factor, k, j, order), element);
                Loops.Divide(Row(factor, j, j, order), element);
            }
        }
    }

    private static Span<double> Row(Span<double> matrix, int row, int column, int order)
    {
        int size = matrix.Length / PackedTriangle.Length(order);
        return matrix.Slice(PackedTriangle.Index(row, column) * size, size);
    }

    private static Span<double> Row(Span<double> vector, int row, int order) => vector.Slice(row * (vector.Length / order), vector.Length / order);

    private static ReadOnlySpan<double> Row(ReadOnlySpan<double> vector, int row, int order) => vector.Slice(row * (vector.Length / order), vector.Length / order);
}
