using System.Collections;
using System.Numerics;
using System.Text;
using IrtGpu.Foundation.Tables.Storage;

namespace IrtGpu.Data.Reading;

/// <summary>Identifiers of persons as read: UTF-8 text with offsets, made strings only where asked for.</summary>
/// <remarks>One part a block of text: joined without a copy, and not bound by the size of one array.</remarks>
internal sealed class PersonIds : IReadOnlyList<string>
{
    private readonly Part[] parts;
    private readonly int[] firstPersons; // [part]

    /// <param name="parts">Ids in the order of the persons.</param>
    public PersonIds(IEnumerable<Part> parts)
    {
        this.parts = [.. parts.Where(part => part.Count > 0)];
        firstPersons = new int[this.parts.Length];
        for (int i = 0; i < firstPersons.Length; i++)
        {
            firstPersons[i] = Count;
            Count += this.parts[i].Count;
        }
    }

    public int Count { get; }

    public string this[int index] => Encoding.UTF8.GetString(Utf8(index));

    /// <summary>The identifier as UTF-8 text.</summary>
    /// <param name="person">0-based row.</param>
    public ReadOnlySpan<byte> Utf8(int person)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(person);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(person, Count);
        int part = Array.BinarySearch(firstPersons, person);
        if (part < 0)
            part = ~part - 1;
        return parts[part].Utf8(person - firstPersons[part]);
    }

    /// <summary>Persons whose identifier is not blank and was seen before, ascending.</summary>
    public List<int> FindRepeats()
    {
        using NativeBytes hashes = HashAll();
        // Slots hold person + 1, 0 where free; at most three quarters are taken.
        int slotCount = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Count + Count / 3L + 1, 1 << 30));
        using NativeBytes slots = new((long)slotCount * sizeof(int));
        List<int> repeats = [];
        for (int person = 0; person < Count; person++)
        {
            if (IsRepeat(slots.As<int>(), hashes.As<uint>(), person))
                repeats.Add(person);
        }
        return repeats;
    }

    public IEnumerator<string> GetEnumerator()
    {
        for (int person = 0; person < Count; person++)
            yield return this[person];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool IsBlank(uint hash) => hash == 0;

    /// <summary>A hash of each identifier that is not blank. [person]</summary>
    private NativeBytes HashAll()
    {
        NativeBytes all = new((long)Count * sizeof(uint));
        Parallel.For(0, parts.Length, part =>
        {
            Span<uint> hashes = all.As<uint>();
            for (int index = 0; index < parts[part].Count; index++)
            {
                ReadOnlySpan<byte> id = parts[part].Utf8(index);
                hashes[firstPersons[part] + index] = id.IsEmpty ? 0 : Math.Max(1, (uint)(PatternIndex.Hash(id, 0) >> 32));
            }
        });
        return all;
    }

    private bool IsRepeat(Span<int> slots, ReadOnlySpan<uint> hashes, int person)
    {
        uint hash = hashes[person];
        if (IsBlank(hash))
            return false;
        int slot = (int)(hash & (uint)(slots.Length - 1));
        while (slots[slot] != 0)
        {
            int other = slots[slot] - 1;
            if (hashes[other] == hash && Utf8(other).SequenceEqual(Utf8(person)))
                return true;
            slot = (slot + 1) & (slots.Length - 1);
        }
        slots[slot] = person + 1;
        return false;
    }

    /// <summary>The identifiers of one block of text.</summary>
    internal sealed class Part
    {
        private byte[] text = [];
        private int[] ends = [];
        private int used;

        public int Count { get; private set; }

        public void Add(ReadOnlySpan<byte> id)
        {
            if (text.Length - used < id.Length)
                Array.Resize(ref text, Math.Max(2 * text.Length, used + id.Length));
            if (Count == ends.Length)
                Array.Resize(ref ends, Math.Max(2 * Count, 16));
            id.CopyTo(text.AsSpan(used));
            used += id.Length;
            ends[Count++] = used;
        }

        public ReadOnlySpan<byte> Utf8(int index)
        {
            int start = index == 0 ? 0 : ends[index - 1];
            return text.AsSpan(start, ends[index] - start);
        }

        /// <summary>Gives back what was reserved for more.</summary>
        public void Trim()
        {
            Array.Resize(ref text, used);
            Array.Resize(ref ends, Count);
        }
    }
}
