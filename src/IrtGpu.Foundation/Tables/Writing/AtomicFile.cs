using System.IO.Compression;

namespace IrtGpu.Foundation.Tables.Writing;

/// <summary>Writes files whole: to a temporary name in the same folder, then renamed.</summary>
/// <remarks>
/// A reader sees the old file or the new one, never half of it. Links are followed to the file they name; paths under
/// <c>/dev</c> and <c>/proc</c> are written directly, since they cannot be replaced. A name that ends in <c>.gz</c> is compressed.
/// </remarks>
public static class AtomicFile
{
    /// <summary>Writes the file; when anything fails, the old file stays as it was and no temporary file is left.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="cancellation">Ends the writing.</param>
    /// <exception cref="OutputException">The file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The writing was to end.</exception>
    public static void Write(string path, Action<Stream> write, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string? temporary = null;
        try
        {
            string target = Resolve(path);
            if (IsDevice(target))
            {
                using FileStream device = new(target, FileMode.Open, FileAccess.Write);
                WriteTo(device);
                return;
            }
            if (Directory.Exists(target))
                throw new OutputException($"'{path}' is a folder, so no file can be written there. Give a file name, for example '{Path.Combine(path, "scores.csv")}'.");
            temporary = TemporaryName(target);
            using (FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
                {
                    using GZipStream compressed = new(file, CompressionLevel.Optimal);
                    WriteTo(compressed);
                }
                else
                {
                    WriteTo(file);
                }
            }
            File.Move(temporary, target, overwrite: true);
            temporary = null;
        }
        catch (Exception cause) when (cause is (IOException or UnauthorizedAccessException) and not OutputException)
        {
            throw Failure(path, cause);
        }
        finally
        {
            if (temporary is not null)
                TryDelete(temporary);
        }

        void WriteTo(Stream stream)
        {
            using InterruptibleStream interruptible = new(stream, cancellation);
            write(interruptible);
        }
    }

    /// <summary>Does something with files; what the system refuses becomes a message.</summary>
    internal static void Guard(string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception cause) when (cause is (IOException or UnauthorizedAccessException) and not OutputException)
        {
            throw Failure(path, cause);
        }
    }

    private static OutputException Failure(string path, Exception cause) =>
        new($"'{path}' could not be written: {Describe(cause)} Free some space, correct the rights, or write elsewhere with --out.", cause);

    /// <summary>Makes sure now that <see cref="Write"/> can succeed later.</summary>
    /// <param name="path">Where a file is to be written.</param>
    /// <exception cref="OutputException">Nothing can be written there.</exception>
    public static void CheckWritable(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            throw new OutputException("--out is empty. Give the name of a file to write.");
        string? temporary = null;
        try
        {
            string target = Resolve(path);
            if (IsDevice(target))
                return;
            if (Directory.Exists(target))
                throw new OutputException($"'{path}' is a folder, so no file can be written there. Give a file name, for example '{Path.Combine(path, "scores.csv")}'.");
            if (!Directory.Exists(Path.GetDirectoryName(target)))
                throw new OutputException($"'{path}' cannot be written: its folder '{Path.GetDirectoryName(target)}' does not exist. Make the folder first.");
            temporary = TemporaryName(target);
            using FileStream probe = new(temporary, FileMode.CreateNew, FileAccess.Write);
        }
        catch (Exception cause) when (cause is (IOException or UnauthorizedAccessException) and not OutputException)
        {
            throw new OutputException($"'{path}' cannot be written: {Describe(cause)} Correct the rights, or write elsewhere with --out.", cause);
        }
        finally
        {
            if (temporary is not null)
                TryDelete(temporary);
        }
    }

    /// <summary>The system's words without the path it repeats.</summary>
    internal static string Describe(Exception cause) => cause is UnauthorizedAccessException ? "access is denied." : cause.Message.TrimEnd('.') + ".";

    /// <summary>The full path, links followed to the file they name.</summary>
    internal static string Resolve(string path)
    {
        string full = Path.GetFullPath(path);
        return IsDevice(full) || !File.Exists(full) ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
    }

    private static bool IsDevice(string path) =>
        !OperatingSystem.IsWindows() && (path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal))
        && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);

    /// <summary>A name of its own in the same folder, hidden.</summary>
    internal static string TemporaryName(string target) =>
        Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");

    /// <summary>Deletes a file if it can be.</summary>
    internal static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to report.
        }
    }
}
