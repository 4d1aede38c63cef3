namespace IrtGpu.Foundation.LinearAlgebra;

/// <summary>Where the elements of a lower triangle stand, row after row: (0,0), (1,0), (1,1), (2,0), …</summary>
/// <remarks>Plain arithmetic, so device code may call it.</remarks>
internal static class PackedTriangle
{
    /// <summary>Number of elements on and below the diagonal.</summary>
    public static int Length(int order) => order * (order + 1) / 2;

    /// <summary>Place of an element on or below the diagonal.</summary>
    /// <param name="row">Row.</param>
    /// <param name="column">Column, at most the row.</param>
    public static int Index(int row, int column) => row * (row + 1) / 2 + column;

    /// <summary>Place of a diagonal element.</summary>
    public static int Diagonal(int row) => Index(row, row);

    /// <summary>Place of an element of the symmetric matrix whose lower triangle is stored.</summary>
    public static int SymmetricIndex(int row, int column) => row >= column ? Index(row, column) : Index(column, row);
}
