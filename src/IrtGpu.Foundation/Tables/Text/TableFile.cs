using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Tables.Text;

/// <summary>An opened table: plain or gzip text, hashed while read, with failures turned into data problems.</summary>
internal sealed class TableFile : IDisposable
{
    /// <summary>Bytes read at a time unless said otherwise: a block and its codes fit a core's cache.</summary>
    public const int BlockSize = 1_000_000;

    private readonly string path;
    private readonly HashingStream hashing;
    private readonly Stream text;
    private readonly TextBlockSource blocks;

    private TableFile(string path, HashingStream hashing, Stream text, int blockSize)
    {
        this.path = path;
        this.hashing = hashing;
        this.text = text;
        blocks = new TextBlockSource(text, path, blockSize);
    }

    /// <summary>The delimiter, known once the first block has been read.</summary>
    public byte Delimiter => blocks.Delimiter;

    /// <exception cref="DataException">The file is missing, a directory, or cannot be read.</exception>
    public static TableFile Open(string path, int blockSize = BlockSize)
    {
        if (Directory.Exists(path))
            throw Failure(path, "This is a directory, not a file. Name the data file in it.");
        if (!File.Exists(path))
            throw Failure(path, $"There is no such file. Check the path; relative paths start at '{Environment.CurrentDirectory}'.");
        return Guard(path, () =>
        {
            bool compressed = IsGzip(path);
            var hashing = new HashingStream(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan));
            Stream text = compressed ? new GzipText(hashing) : hashing;
            return new TableFile(path, hashing, text, blockSize);
        });
    }

    /// <inheritdoc cref="TextBlockSource.TryRead"/>
    public bool TryReadBlock(out TextBlock block)
    {
        TextBlock read = default;
        bool any = Guard(path, () => blocks.TryRead(out read));
        block = read;
        return any;
    }

    /// <summary>SHA-256 of the whole file as it lies on the disk, lower-case hexadecimal.</summary>
    public string FinishHash() => Guard(path, hashing.Finish);

    public void Dispose() => text.Dispose();

    /// <exception cref="DataException">The block holds bytes that are not UTF-8 text.</exception>
    public static void RequireText(TextBlock block, string path)
    {
        int bad = TextBytes.FindNonText(block.Text);
        if (bad < 0)
            return;
        long line = block.Line + TextBytes.CountLines(block.Text[..bad]);
        byte value = block.Text[bad];
        string message = value == 0
            ? "The file holds a zero byte (0x00), so it is not delimited text. Export the table as CSV in UTF-8 from the program that wrote it."
            : $"The byte 0x{value:X2} here is not UTF-8 text. Save the file as UTF-8; it may be in Latin-1 or a Windows code page.";
        throw new DataException([new DataProblem(message, path, line)]);
    }

    public static DataProblem EmptyFile(string path) =>
        new("The file is empty. It needs a header line with column names, then one row a person.", path);

    private static bool IsGzip(string path)
    {
        using FileStream probe = File.OpenRead(path);
        return probe.ReadByte() == 0x1F && probe.ReadByte() == 0x8B;
    }

    private static DataException Failure(string path, string message) => new([new DataProblem(message, path)]);

    private static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (InvalidDataException)
        {
            throw Failure(path, "The gzip data is cut short or damaged. Copy or compress the file again.");
        }
        catch (UnauthorizedAccessException error)
        {
            throw Failure(path, $"The file may not be read: {error.Message} Change its permissions, or copy it where you can read it.");
        }
        catch (IOException error)
        {
            throw Failure(path, $"The file cannot be read: {error.Message}");
        }
    }
}
