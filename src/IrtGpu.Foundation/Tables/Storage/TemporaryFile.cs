using System.IO.MemoryMappedFiles;
using IrtGpu.Foundation.Tables.Problems;
using Microsoft.Win32.SafeHandles;

namespace IrtGpu.Foundation.Tables.Storage;

/// <summary>A file without a name: written, changed, then mapped for reading; gone when it is disposed of or the process ends.</summary>
/// <remarks>
/// It is written through the file, not through memory: a full disk is then an error that can be told, not the end of the process.
/// The mapping is never given back by the finaliser, since rows handed out may still be in use; <see cref="Dispose"/> does it.
/// </remarks>
internal sealed unsafe class TemporaryFile : IDisposable
{
    private readonly string folder;
    private readonly FileStream file;
    private MemoryMappedFile? mapping;
    private MemoryMappedViewAccessor? view;

    /// <param name="folder">Where.</param>
    /// <exception cref="DataException">The folder is missing or may not be written to.</exception>
    public TemporaryFile(string folder)
    {
        this.folder = folder;
        string path = Path.Combine(folder, $"irtgpu-{Path.GetRandomFileName()}");
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            BufferSize = 0,
            Share = FileShare.Delete,
            Options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        file = Guard(() =>
        {
            FileStream opened = new(path, options);
            if (!OperatingSystem.IsWindows())
                File.Delete(path); // the name; the content stays while the file is open or mapped
            return opened;
        });
    }

    private SafeFileHandle Handle => file.SafeFileHandle;

    /// <exception cref="DataException">The disk is full or fails.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(Handle, bytes, offset);
        }
        catch (IOException error)
        {
            throw Failure(error);
        }
    }

    /// <exception cref="DataException">The disk fails.</exception>
    public void Read(long offset, Span<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0)
            {
                int count = RandomAccess.Read(Handle, bytes, offset);
                if (count == 0)
                    throw new EndOfStreamException("The file ends too early.");
                offset += count;
                bytes = bytes[count..];
            }
        }
        catch (IOException error)
        {
            throw Failure(error);
        }
    }

    /// <summary>Address of the first byte; valid until this is disposed of.</summary>
    /// <param name="length">Bytes that were written.</param>
    /// <exception cref="DataException">The file cannot be mapped.</exception>
    public byte* Map(long length)
    {
        mapping = Guard(() => MemoryMappedFile.CreateFromFile(file, null, length, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true));
        view = Guard(() => mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read));
        byte* address = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref address); // not released: so the finaliser leaves the view alone
        return address + view.PointerOffset;
    }

    public void Dispose()
    {
        view?.SafeMemoryMappedViewHandle.ReleasePointer();
        view?.Dispose();
        mapping?.Dispose();
        file.Dispose();
        (view, mapping) = (null, null);
    }

    private T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failure(error);
        }
    }

    private DataException Failure(Exception error) => new([new DataProblem(
        $"The responses do not fit in memory, and the temporary file for them fails: {error.Message} " +
        "Free space there, or set the environment variable TMPDIR to a folder on a larger disk.", folder)]);
}
