using System.Collections;
using System.Numerics;
using System.Text;
using IrtGpu.Foundation.Tables.Storage;

namespace IrtGpu.Foundation.Tables;

/// <summary>The texts of one column as read: UTF-8 with offsets, made strings only where asked for.</summary>
/// <remarks>In parts: gathered without copies of the whole, and not bound by the size of one array.</remarks>
internal sealed class TextColumn : IReadOnlyList<string>
{
    private readonly Part[] parts;
    private readonly int[] firstRows; // [part]

    private TextColumn(IEnumerable<Part> parts)
    {
        this.parts = [.. parts.Where(part => part.Count > 0)];
        firstRows = new int[this.parts.Length];
        for (int i = 0; i < firstRows.Length; i++)
        {
            firstRows[i] = Count;
            Count += this.parts[i].Count;
        }
    }

    public int Count { get; }

    public string this[int index] => Encoding.UTF8.GetString(Utf8(index));

    /// <summary>The text as UTF-8.</summary>
    /// <param name="row">0-based row.</param>
    public ReadOnlySpan<byte> Utf8(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
        int part = Array.BinarySearch(firstRows, row);
        if (part < 0)
            part = ~part - 1;
        return parts[part].Utf8(row - firstRows[part]);
    }

    /// <summary>The text as characters, in a buffer that grows as needed.</summary>
    public ReadOnlySpan<char> Characters(int row, ref char[] buffer)
    {
        ReadOnlySpan<byte> text = Utf8(row);
        if (buffer.Length < text.Length)
            buffer = new char[2 * text.Length];
        return buffer.AsSpan(0, Encoding.UTF8.GetChars(text, buffer));
    }

    /// <summary>Rows whose text is not blank and was seen before, ascending.</summary>
    public List<int> FindRepeats()
    {
        using NativeBytes hashes = HashAll();
        // Slots hold row + 1, 0 where free; at most three quarters are taken.
        int slotCount = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Count + Count / 3L + 1, 1 << 30));
        using NativeBytes slots = new((long)slotCount * sizeof(int));
        List<int> repeats = [];
        for (int row = 0; row < Count; row++)
        {
            if (IsRepeat(slots.As<int>(), hashes.As<uint>(), row))
                repeats.Add(row);
        }
        return repeats;
    }

    public IEnumerator<string> GetEnumerator()
    {
        for (int row = 0; row < Count; row++)
            yield return this[row];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool IsBlank(uint hash) => hash == 0;

    /// <summary>A hash of each text that is not blank. [row]</summary>
    private NativeBytes HashAll()
    {
        NativeBytes all = new((long)Count * sizeof(uint));
        Parallel.For(0, parts.Length, part =>
        {
            Span<uint> hashes = all.As<uint>();
            for (int index = 0; index < parts[part].Count; index++)
            {
                ReadOnlySpan<byte> text = parts[part].Utf8(index);
                hashes[firstRows[part] + index] = text.IsEmpty ? 0 : Math.Max(1, (uint)(ByteHash.Of(text, 0) >> 32));
            }
        });
        return all;
    }

    private bool IsRepeat(Span<int> slots, ReadOnlySpan<uint> hashes, int row)
    {
        uint hash = hashes[row];
        if (IsBlank(hash))
            return false;
        int slot = (int)(hash & (uint)(slots.Length - 1));
        while (slots[slot] != 0)
        {
            int other = slots[slot] - 1;
            if (hashes[other] == hash && Utf8(other).SequenceEqual(Utf8(row)))
                return true;
            slot = (slot + 1) & (slots.Length - 1);
        }
        slots[slot] = row + 1;
        return false;
    }

    /// <summary>Gathers the texts of a column row by row.</summary>
    /// <param name="partLength">Bytes from which on a part is full.</param>
    internal sealed class Builder(int partLength = 1 << 20)
    {
        private readonly List<Part> parts = [];
        private readonly Part part = new();

        public void Add(ReadOnlySpan<char> text)
        {
            part.Add(text);
            if (part.Length >= partLength)
                parts.Add(part.Take());
        }

        /// <summary>The column; nothing may be added afterwards.</summary>
        public TextColumn Build() => new([.. parts, part.Take()]);
    }

    /// <summary>Texts one behind the other.</summary>
    private sealed class Part
    {
        private byte[] bytes = [];
        private int[] ends = [];

        public int Count { get; private set; }

        /// <summary>Bytes of all its texts.</summary>
        public int Length { get; private set; }

        public void Add(ReadOnlySpan<char> text)
        {
            int most = Encoding.UTF8.GetMaxByteCount(text.Length);
            if (bytes.Length - Length < most)
                Array.Resize(ref bytes, Math.Max(2 * bytes.Length, Length + most));
            if (Count == ends.Length)
                Array.Resize(ref ends, Math.Max(2 * Count, 16));
            Length += Encoding.UTF8.GetBytes(text, bytes.AsSpan(Length));
            ends[Count++] = Length;
        }

        public ReadOnlySpan<byte> Utf8(int index)
        {
            int start = index == 0 ? 0 : ends[index - 1];
            return bytes.AsSpan(start, ends[index] - start);
        }

        /// <summary>A part of what was added so far, without room for more; this begins anew.</summary>
        public Part Take()
        {
            Part taken = new() { bytes = bytes[..Length], ends = ends[..Count], Count = Count, Length = Length };
            (Count, Length) = (0, 0);
            return taken;
        }
    }
}
