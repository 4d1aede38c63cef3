using System.Runtime.InteropServices;

namespace IrtGpu.Data;

/// <summary>Bytes outside the managed heap, so that each block's memory goes back the moment it has been copied.</summary>
internal sealed unsafe class NativeBytes : SafeHandle
{
    private readonly int length;

    public NativeBytes(ReadOnlySpan<byte> content)
        : base(0, ownsHandle: true)
    {
        length = content.Length;
        SetHandle((nint)NativeMemory.Alloc((nuint)Math.Max(length, 1)));
        content.CopyTo(Span);
    }

    public override bool IsInvalid => handle == 0;

    public Span<byte> Span => new((void*)handle, length);

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
