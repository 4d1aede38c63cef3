using System.Runtime.InteropServices;

namespace IrtGpu.Compute.Loops;

/// <summary>Zeroed doubles outside the garbage-collected heap, aligned to cache lines so that vector loads never straddle two.</summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    private const nuint CacheLine = 64;
    private double* pointer;

    public AlignedBuffer(long length)
    {
        Length = length;
        pointer = (double*)NativeMemory.AlignedAlloc((nuint)Math.Max(length, 1) * sizeof(double), CacheLine);
        Clear();
    }

    ~AlignedBuffer() => Free();

    public long Length { get; }

    public double* Pointer => pointer;

    public void Clear() => NativeMemory.Clear(pointer, (nuint)Length * sizeof(double));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(pointer);
        pointer = null;
    }
}
