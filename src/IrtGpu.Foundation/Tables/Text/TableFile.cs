using System.Buffers;
using System.Text;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Tables.Text;

/// <summary>Opens files of delimited text, plain or gzip, and turns failures into data problems.</summary>
internal static class TableFile
{
    private const int MostNamesLookedAt = 1000;

    /// <summary>Opens the text; gzip is recognised by its first bytes.</summary>
    /// <exception cref="DataException">The file is missing, a directory, or cannot be read.</exception>
    public static Stream Open(string path) => Open(path, out _);

    /// <summary>Opens the text and tells of the file below it, whose position says how much was taken.</summary>
    /// <exception cref="DataException">The file is missing, a directory, or cannot be read.</exception>
    public static Stream Open(string path, out FileStream file)
    {
        if (Directory.Exists(path))
            throw new DataException([new DataProblem("This is a directory, not a file. Name the data file in it.", path)]);
        if (!File.Exists(path))
            throw new DataException([new DataProblem(Absence(path), path)]);
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            bool isCompressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
            file.Position = 0;
            return isCompressed ? new GzipText(file) : file;
        }
        catch (Exception error) when (Explain(error, path) is { } problem)
        {
            throw new DataException([problem]);
        }
    }

    /// <summary>That there is no such file, and which of its folder's has nearly that name.</summary>
    private static string Absence(string path)
    {
        string folder = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        if (!Directory.Exists(folder))
            return $"There is no such file: there is no folder '{folder}'. Check the path; relative paths start at '{Environment.CurrentDirectory}'.";
        string name = Path.GetFileName(path);
        string[] files = [.. new DirectoryInfo(folder).EnumerateFiles().Take(MostNamesLookedAt).Select(file => file.Name)];
        string? near = files.FirstOrDefault(file => Path.GetFileNameWithoutExtension(file).Equals(name, StringComparison.OrdinalIgnoreCase)) is { } ended
            ? $"Did you mean '{ended}'?" : NearNames.TrySuggest(name, files);
        return $"There is no such file. {near ?? "Check the path."} Relative paths start at '{Environment.CurrentDirectory}'.";
    }

    public static DataProblem EmptyFile(string path) =>
        new("The file is empty. It needs a header line with column names, then one row a person.", path);

    /// <summary>What a failure of reading means to the user; null when it is none of the file.</summary>
    public static DataProblem? Explain(Exception error, string path) => error switch
    {
        DecoderFallbackException => ExplainNonText(path),
        InvalidDataException => new DataProblem("The gzip data is cut short or damaged. Copy or compress the file again.", path),
        UnauthorizedAccessException => new DataProblem($"The file may not be read: {error.Message} Change its permissions, or copy it where you can read it.", path),
        IOException => new DataProblem($"The file cannot be read: {error.Message}", path),
        _ => null,
    };

    // The decoder does not tell where it stopped: the file is read again for that.
    private static DataProblem ExplainNonText(string path)
    {
        using Stream text = Open(path);
        byte[] buffer = new byte[1 << 16];
        long line = 1;
        int length = 0;
        while (true)
        {
            int count = text.ReadAtLeast(buffer.AsSpan(length), 1, throwOnEndOfStream: false);
            length += count;
            int bad = FindNonText(buffer.AsSpan(0, length), isLast: count == 0, out int good);
            line += CountLines(buffer.AsSpan(0, good));
            if (bad >= 0)
                return Describe(buffer.AsSpan(good, length - good), path, line);
            if (count == 0)
                return new DataProblem("The file changed while it was read. Read it again.", path);
            buffer.AsSpan(good, length - good).CopyTo(buffer);
            length -= good;
        }
    }

    private static DataProblem Describe(ReadOnlySpan<byte> bad, string path, long line) => new(
        bad[0] == 0
            ? "The file holds a zero byte (0x00), so it is not delimited text. Export the table as CSV in UTF-8 from the program that wrote it."
            : line == 1 && bad is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]
                ? "The file begins with the UTF-16 byte order mark; only UTF-8 is read. Save it as UTF-8 (CSV UTF-8)."
                : $"The byte 0x{bad[0]:X2} here is not UTF-8 text. Save the file as UTF-8; it may be in Latin-1 or a Windows code page.",
        path, line);

    /// <summary>Position of the first byte that no UTF-8 text holds (NUL or a malformed sequence), or −1.</summary>
    /// <param name="bytes">The text.</param>
    /// <param name="isLast">Whether a sequence that is cut at the end is malformed too.</param>
    /// <param name="good">Bytes before what is bad or cut, less a CR at the end: an LF may follow.</param>
    private static int FindNonText(ReadOnlySpan<byte> bytes, bool isLast, out int good)
    {
        good = 0;
        while (good < bytes.Length && bytes[good] != 0)
        {
            OperationStatus status = Rune.DecodeFromUtf8(bytes[good..], out _, out int consumed);
            if (status == OperationStatus.NeedMoreData && !isLast || bytes[good] == '\r' && good + 1 == bytes.Length && !isLast)
                return -1;
            if (status != OperationStatus.Done)
                return good;
            good += consumed;
        }
        return good < bytes.Length ? good : -1;
    }

    // LF, CR LF or CR, each one.
    private static int CountLines(ReadOnlySpan<byte> text) => text.Count((byte)'\n') + text.Count((byte)'\r') - text.Count("\r\n"u8);
}
