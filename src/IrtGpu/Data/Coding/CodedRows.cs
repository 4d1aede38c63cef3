using System.Numerics;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Storage;

namespace IrtGpu.Data.Coding;

/// <summary>Rows of one-byte codes, all of one length; together they may be longer than one array can be.</summary>
/// <remarks>They lie in memory, or in a temporary file that is mapped into it. Rows are read-only and may be read by several threads.</remarks>
public sealed unsafe class CodedRows : IDisposable
{
    private const int ChunkBytes = 1 << 26;
    private const int SectionBytes = 1 << 16; // filled at a time by one thread

    private readonly RowStorage storage;
    private readonly byte[][]? chunks; // [chunk][row, code]; null where the rows are on disk
    private readonly int chunkShift; // rows a chunk, as a power of two
    private readonly int chunkMask; // rows a chunk − 1
    private readonly TemporaryFile? file;
    private byte* mapped; // [row, code]

    /// <summary>Rows of an array, which is used as it is.</summary>
    /// <param name="codes">Codes. [row, position]</param>
    /// <param name="rowLength">Codes a row.</param>
    /// <exception cref="ArgumentException">The array does not consist of whole rows.</exception>
    public CodedRows(byte[] codes, int rowLength)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowLength, 1);
        if (codes.Length % rowLength != 0)
            throw new ArgumentException($"{codes.Length} codes are not whole rows of {rowLength}.", nameof(codes));
        (chunks, chunkShift, chunkMask) = ([codes], 31, int.MaxValue);
        storage = RowStorage.Default;
        RowLength = rowLength;
        RowCount = codes.Length / rowLength;
    }

    /// <summary>Takes over a file.</summary>
    internal CodedRows(TemporaryFile file, int rowCount, int rowLength, RowStorage storage)
    {
        this.file = file;
        this.storage = storage;
        mapped = file.Map((long)rowCount * rowLength);
        RowLength = rowLength;
        RowCount = rowCount;
    }

    private CodedRows(int rowCount, int rowLength, RowStorage storage)
    {
        this.storage = storage;
        RowLength = rowLength;
        RowCount = rowCount;
        chunkShift = BitOperations.Log2((uint)Math.Max(1, ChunkBytes / rowLength));
        chunkMask = (1 << chunkShift) - 1;
        chunks = new byte[(int)(((long)rowCount + chunkMask) >> chunkShift)][];
        for (int chunk = 0; chunk < chunks.Length; chunk++)
        {
            int rows = Math.Min(chunkMask + 1, rowCount - (chunk << chunkShift));
            chunks[chunk] = GC.AllocateUninitializedArray<byte>(rows * rowLength);
        }
    }

    /// <summary>Writes the codes of consecutive rows.</summary>
    /// <param name="firstRow">First row.</param>
    /// <param name="codes">Receives them. [row, position]</param>
    internal delegate void RowFiller(int firstRow, Span<byte> codes);

    /// <summary>Number of rows; 0 once disposed of.</summary>
    public int RowCount { get; private set; }

    /// <summary>Codes a row.</summary>
    public int RowLength { get; }

    /// <summary>Whether the rows lie in a temporary file.</summary>
    public bool IsOnDisk => file is not null;

    /// <summary>One row. [position]</summary>
    /// <param name="row">0-based row.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or the rows were disposed of.</exception>
    public ReadOnlySpan<byte> this[int row]
    {
        get
        {
            if ((uint)row >= (uint)RowCount)
                ThrowNoRow(row);
            return chunks is null
                ? new ReadOnlySpan<byte>(mapped + (long)row * RowLength, RowLength)
                : chunks[row >> chunkShift].AsSpan((row & chunkMask) * RowLength, RowLength);
        }
    }

    /// <summary>A row and those after it that lie beside it in memory, at most so many. [row, position]</summary>
    /// <param name="firstRow">0-based row.</param>
    /// <param name="count">Most rows wanted, at least 1.</param>
    internal ReadOnlySpan<byte> Run(int firstRow, int count)
    {
        if ((uint)firstRow >= (uint)RowCount)
            ThrowNoRow(firstRow);
        count = Math.Min(count, RowCount - firstRow);
        if (chunks is null)
            return new ReadOnlySpan<byte>(mapped + (long)firstRow * RowLength, checked(count * RowLength));
        Span<byte> rest = chunks[firstRow >> chunkShift].AsSpan((firstRow & chunkMask) * RowLength);
        return rest[..(int)Math.Min(rest.Length, (long)count * RowLength)];
    }

    /// <summary>A copy in one array. [row, position]</summary>
    /// <exception cref="OverflowException">The codes are more than one array can hold.</exception>
    public byte[] ToArray()
    {
        byte[] copy = new byte[checked(RowCount * RowLength)];
        for (int row = 0; row < RowCount; row++)
            this[row].CopyTo(copy.AsSpan(row * RowLength));
        return copy;
    }

    /// <summary>Removes the temporary file, if there is one; its rows cannot be read from then on.</summary>
    public void Dispose()
    {
        if (file is null)
            return;
        RowCount = 0;
        mapped = null;
        file.Dispose();
    }

    /// <summary>Rows in memory, still to be written.</summary>
    internal static CodedRows Allocate(int rowCount, int rowLength, RowStorage storage) => new(rowCount, rowLength, storage);

    /// <summary>Makes rows, in sections filled on several threads.</summary>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="rowLength">Codes a row.</param>
    /// <param name="storage">How much may lie in memory, and where the rest goes.</param>
    /// <param name="fill">Called once for each section, from several threads.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    /// <exception cref="DataException">The temporary file fails.</exception>
    internal static CodedRows Create(int rowCount, int rowLength, RowStorage storage, RowFiller fill, int threads = 0)
    {
        bool fits = (long)rowCount * rowLength <= storage.MemoryLimit;
        CodedRows? rows = fits ? Allocate(rowCount, rowLength, storage) : null;
        TemporaryFile? file = fits ? null : new TemporaryFile(storage.Folder);
        try
        {
            ForEachSection(rowCount, rowLength, (first, count, buffer) =>
            {
                Span<byte> codes = rows is null ? buffer.AsSpan(0, count * rowLength) : rows.Writable(first, count);
                fill(first, codes);
                file?.Write((long)first * rowLength, codes);
            }, needsBuffer: !fits, threads);
            return rows ?? new CodedRows(file!, rowCount, rowLength, storage);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Goes through sections of rows on several threads; no section crosses the end of a chunk.</summary>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="rowLength">Codes a row.</param>
    /// <param name="process">Hears of the first row, the number of rows, and a buffer for the section that is the thread's own.</param>
    /// <param name="needsBuffer">Whether the buffer is wanted; else it is empty.</param>
    /// <param name="threads">Number of threads; 0: all processors.</param>
    internal static void ForEachSection(int rowCount, int rowLength, Action<int, int, byte[]> process, bool needsBuffer, int threads = 0)
    {
        int rowsPerSection = 1 << BitOperations.Log2((uint)Math.Max(1, SectionBytes / rowLength));
        int sectionCount = (int)(((long)rowCount + rowsPerSection - 1) / rowsPerSection);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount };
        try
        {
            Parallel.For(0, sectionCount, parallel, () => needsBuffer ? new byte[rowsPerSection * rowLength] : [], (section, _, buffer) =>
            {
                int first = section * rowsPerSection;
                process(first, Math.Min(rowsPerSection, rowCount - first), buffer);
                return buffer;
            }, _ => { });
        }
        catch (AggregateException error) when (error.InnerException is DataException data)
        {
            throw new DataException(data.Problems);
        }
    }

    /// <summary>Rows in memory for writing; all of one chunk. [row, position]</summary>
    internal Span<byte> Writable(int firstRow, int count) =>
        chunks![firstRow >> chunkShift].AsSpan((firstRow & chunkMask) * RowLength, count * RowLength);

    /// <summary>Makes other rows for the same persons or patterns, kept in memory or on disk as these are.</summary>
    internal CodedRows CreateBeside(int rowCount, int rowLength, RowFiller fill) =>
        Create(rowCount, rowLength, storage with { MemoryLimit = IsOnDisk ? 0 : long.MaxValue }, fill);

    private void ThrowNoRow(int row) => throw new ArgumentOutOfRangeException(nameof(row), row, $"There are {RowCount} rows.");
}
