using System.Runtime.InteropServices;

namespace IrtGpu.Foundation.Tables.Storage;

/// <summary>Bytes outside the managed heap, so that memory goes back the moment it is no longer needed.</summary>
/// <remarks>
/// On Linux large blocks are mapped, not taken from the C allocator: that one raises its mapping threshold as blocks are
/// freed, and from then on keeps what is freed below others, which nearly doubles the memory of reading.
/// </remarks>
internal sealed unsafe partial class NativeBytes : SafeHandle
{
    private const int SmallestMapping = 1 << 16;
    private const int ReadWrite = 1 | 2; // PROT_READ, PROT_WRITE
    private const int PrivateAnonymous = 0x02 | 0x20; // MAP_PRIVATE, MAP_ANONYMOUS
    private const nint MapFailed = -1;

    private readonly long length;
    private readonly bool isMapped;

    /// <summary>A copy.</summary>
    public NativeBytes(ReadOnlySpan<byte> content)
        : this((long)content.Length)
    {
        content.CopyTo(Span);
    }

    /// <summary>Zeros.</summary>
    /// <param name="length">Number of bytes.</param>
    public NativeBytes(long length)
        : base(0, ownsHandle: true)
    {
        this.length = length;
        if (OperatingSystem.IsLinux() && length >= SmallestMapping)
        {
            nint mapping = Map(0, (nuint)length, ReadWrite, PrivateAnonymous, -1, 0);
            isMapped = mapping != MapFailed;
            if (isMapped)
                SetHandle(mapping);
        }
        if (!isMapped)
            SetHandle((nint)NativeMemory.AllocZeroed((nuint)Math.Max(length, 1)));
    }

    public override bool IsInvalid => handle == 0;

    public Span<byte> Span => new((void*)handle, checked((int)length));

    /// <summary>The bytes as numbers.</summary>
    public Span<T> As<T>()
        where T : unmanaged => new((void*)handle, checked((int)(length / sizeof(T))));

    protected override bool ReleaseHandle()
    {
        if (isMapped)
            return Unmap(handle, (nuint)length) == 0;
        NativeMemory.Free((void*)handle);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(nint address, nuint length);
}
