using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace IrtGpu.Data;

/// <summary>Numbers the distinct rows of a data set by open addressing on a 64-bit hash, with exact comparison.</summary>
internal static class PatternIndex
{
    private const ulong FirstSecret = 0x9E37_79B9_7F4A_7C15; // 2^64 / golden ratio, odd
    private const ulong SecondSecret = 0xD6E8_FEB8_6659_FD93; // odd, about half of its bits set

    /// <summary>Gives each person the number of its pattern.</summary>
    /// <param name="data">Coded responses.</param>
    /// <param name="patternOfPerson">Filled. [person]</param>
    /// <returns>First person of each pattern. [pattern]</returns>
    public static int[] Assign(ResponseData data, int[] patternOfPerson)
    {
        int personCount = data.PersonCount;
        ulong[] hashes = HashRows(data);
        int[] slots = new int[1024]; // pattern + 1, or 0 where free
        var firstPersons = new List<int>();
        for (int person = 0; person < personCount; person++)
        {
            if (2 * firstPersons.Count >= slots.Length)
                slots = Grow(slots, firstPersons, hashes);
            ulong hash = hashes[person];
            int slot = (int)(hash & (ulong)(slots.Length - 1));
            while (slots[slot] != 0 && !AreAlike(data, hashes, firstPersons[slots[slot] - 1], person))
                slot = (slot + 1) & (slots.Length - 1);
            if (slots[slot] == 0)
            {
                firstPersons.Add(person);
                slots[slot] = firstPersons.Count;
            }
            patternOfPerson[person] = slots[slot] - 1;
        }
        return [.. firstPersons];
    }

    private static bool AreAlike(ResponseData data, ulong[] hashes, int first, int second) =>
        hashes[first] == hashes[second]
        && (data.Groups is null || data.Groups[first] == data.Groups[second])
        && (data.KnownClasses is null || data.KnownClasses[first] == data.KnownClasses[second])
        && data.Row(first).SequenceEqual(data.Row(second));

    private static int[] Grow(int[] slots, List<int> firstPersons, ulong[] hashes)
    {
        int[] larger = new int[4 * slots.Length];
        for (int pattern = 0; pattern < firstPersons.Count; pattern++)
        {
            int slot = (int)(hashes[firstPersons[pattern]] & (ulong)(larger.Length - 1));
            while (larger[slot] != 0)
                slot = (slot + 1) & (larger.Length - 1);
            larger[slot] = pattern + 1;
        }
        return larger;
    }

    private static ulong[] HashRows(ResponseData data)
    {
        ulong[] hashes = new ulong[data.PersonCount];
        if (hashes.Length == 0)
            return hashes;
        Parallel.ForEach(Partitioner.Create(0, hashes.Length), range =>
        {
            for (int person = range.Item1; person < range.Item2; person++)
            {
                ulong seed = (uint)(data.Groups?[person] ?? 0) | (ulong)(uint)(data.KnownClasses?[person] ?? -1) << 32;
                hashes[person] = Hash(data.Row(person), seed);
            }
        });
        return hashes;
    }

    // Eight bytes at a time, each folded in by the two halves of a 64 × 64 bit product.
    private static ulong Hash(ReadOnlySpan<byte> row, ulong seed)
    {
        ulong hash = Mix(seed ^ SecondSecret, FirstSecret ^ (ulong)row.Length);
        while (row.Length >= sizeof(ulong))
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(row), FirstSecret);
            row = row[sizeof(ulong)..];
        }
        ulong rest = 0;
        for (int i = 0; i < row.Length; i++)
            rest |= (ulong)row[i] << (8 * i);
        return Mix(hash ^ rest, SecondSecret);
    }

    private static ulong Mix(ulong value, ulong secret)
    {
        ulong high = Math.BigMul(value, secret, out ulong low);
        return high ^ low;
    }
}
