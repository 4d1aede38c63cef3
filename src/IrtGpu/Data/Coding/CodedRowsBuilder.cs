using System.Runtime.CompilerServices;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Storage;

namespace IrtGpu.Data.Coding;

/// <summary>Gathers rows block by block, in memory while they fit and then in a temporary file; codes become final at the end.</summary>
/// <param name="rowLength">Codes a row.</param>
/// <param name="storage">How much may lie in memory, and where the rest goes.</param>
internal sealed class CodedRowsBuilder(int rowLength, RowStorage storage) : IDisposable
{
    private const int CountedTogether = 32; // positions: as many bytes of a row lie side by side
    private const int SectionBytes = 1 << 20;

    private readonly List<NativeBytes> held = [];
    private TemporaryFile? file;
    private long byteCount;

    /// <summary>Takes over the next rows.</summary>
    /// <param name="block">Provisional codes. [row, position]</param>
    /// <exception cref="DataException">The temporary file fails.</exception>
    public void Append(NativeBytes block)
    {
        held.Add(block);
        byteCount += block.Span.Length;
        if (file is null && byteCount <= storage.MemoryLimit)
            return;
        file ??= new TemporaryFile(storage.Folder);
        long offset = byteCount - held.Sum(rows => (long)rows.Span.Length);
        foreach (NativeBytes rows in held)
        {
            file.Write(offset, rows.Span);
            offset += rows.Span.Length;
            rows.Dispose();
        }
        held.Clear();
    }

    /// <summary>The rows in their final codes; memory of each block is given back once it is done.</summary>
    /// <param name="map">Final code of each provisional one. [position, 256]</param>
    /// <exception cref="DataException">The temporary file fails.</exception>
    public CodedRows Finish(byte[] map)
    {
        int rowCount = (int)(byteCount / rowLength);
        return file is null ? FinishInMemory(map, rowCount) : FinishOnDisk(map, rowCount);
    }

    /// <summary>How often each provisional code was given, for some positions.</summary>
    /// <param name="wanted">Which positions. [position]</param>
    /// <returns>[position][code]; null where not wanted.</returns>
    /// <exception cref="DataException">The temporary file fails.</exception>
    public long[]?[] Count(bool[] wanted)
    {
        long[]?[] counts = Array.ConvertAll(wanted, isWanted => isWanted ? new long[256] : null);
        int[][] groups = [.. Enumerable.Range(0, rowLength).Where(position => wanted[position]).Chunk(CountedTogether)];
        if (file is null)
        {
            Parallel.ForEach(groups, positions => held.ForEach(block => CountRows(block.Span, positions)));
            return counts;
        }
        byte[] section = new byte[Math.Max(1, SectionBytes / rowLength) * rowLength];
        for (long offset = 0; groups.Length > 0 && offset < byteCount; offset += section.Length)
        {
            Span<byte> codes = section.AsSpan(0, (int)Math.Min(section.Length, byteCount - offset));
            file.Read(offset, codes);
            foreach (int[] positions in groups)
                CountRows(codes, positions);
        }
        return counts;

        void CountRows(ReadOnlySpan<byte> codes, int[] positions)
        {
            for (ReadOnlySpan<byte> rest = codes; rest.Length > 0; rest = rest[rowLength..])
            {
                foreach (int position in positions)
                    counts[position]![rest[position]]++;
            }
        }
    }

    public void Dispose()
    {
        held.ForEach(block => block.Dispose());
        file?.Dispose();
    }

    private CodedRows FinishInMemory(byte[] map, int rowCount)
    {
        CodedRows rows = CodedRows.Allocate(rowCount, rowLength, storage);
        int[] firstRow = new int[held.Count];
        for (int block = 1; block < held.Count; block++)
            firstRow[block] = firstRow[block - 1] + held[block - 1].Span.Length / rowLength;
        bool isFinal = IsIdentity(map);
        Parallel.For(0, held.Count, block =>
        {
            ReadOnlySpan<byte> source = held[block].Span;
            for (int row = firstRow[block]; source.Length > 0; row++, source = source[rowLength..])
            {
                if (isFinal)
                    source[..rowLength].CopyTo(rows.Writable(row, 1));
                else
                    Recode(source[..rowLength], map, rows.Writable(row, 1));
            }
            held[block].Dispose();
        });
        return rows;
    }

    private CodedRows FinishOnDisk(byte[] map, int rowCount)
    {
        TemporaryFile target = file!;
        if (!IsIdentity(map))
        {
            CodedRows.ForEachSection(rowCount, rowLength, (first, count, buffer) =>
            {
                long offset = (long)first * rowLength;
                Span<byte> codes = buffer.AsSpan(0, count * rowLength);
                target.Read(offset, codes);
                for (Span<byte> rest = codes; rest.Length > 0; rest = rest[rowLength..])
                    Recode(rest[..rowLength], map, rest[..rowLength]);
                target.Write(offset, codes);
            }, needsBuffer: true);
        }
        CodedRows rows = new(target, rowCount, rowLength, storage);
        file = null;
        return rows;
    }

    private static bool IsIdentity(byte[] map)
    {
        for (int entry = 0; entry < map.Length; entry++)
        {
            if (map[entry] != (byte)entry)
                return false;
        }
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Recode(ReadOnlySpan<byte> source, ReadOnlySpan<byte> map, Span<byte> target)
    {
        for (int position = 0; position < source.Length; position++)
            target[position] = map[(position << 8) + source[position]];
    }
}
