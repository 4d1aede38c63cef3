using System.Runtime.InteropServices;

namespace IrtGpu.Foundation.LinearAlgebra;

/// <summary>A row-major matrix outside the collected heap, rows aligned to 64 bytes, cleared when made.</summary>
internal sealed unsafe class AlignedMatrix : SafeHandle
{
    /// <param name="rows">Number of rows.</param>
    /// <param name="stride">Length of a row, a multiple of 8.</param>
    public AlignedMatrix(int rows, int stride)
        : base(0, ownsHandle: true)
    {
        Rows = rows;
        Stride = stride;
        nuint bytes = (nuint)rows * (nuint)stride * sizeof(double);
        SetHandle((nint)NativeMemory.AlignedAlloc(Math.Max(bytes, 64), 64));
        Clear();
        GC.AddMemoryPressure((long)Math.Max(bytes, 64));
    }

    public int Rows { get; }

    public int Stride { get; }

    /// <summary>The first element.</summary>
    public double* Start => (double*)handle;

    public override bool IsInvalid => handle == 0;

    /// <summary>The row's first element.</summary>
    public double* Row(int row) => Start + (nint)row * Stride;

    /// <summary>The row.</summary>
    public Span<double> Span(int row) => new(Row(row), Stride);

    /// <summary>Sets all elements to 0.</summary>
    public void Clear() => NativeMemory.Clear(Start, (nuint)Rows * (nuint)Stride * sizeof(double));

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        GC.RemoveMemoryPressure((long)Math.Max((nuint)Rows * (nuint)Stride * sizeof(double), 64));
        return true;
    }
}
