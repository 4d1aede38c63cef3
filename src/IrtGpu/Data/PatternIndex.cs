using System.Collections.Concurrent;
using System.Numerics;
using IrtGpu.Foundation.Tables.Storage;

namespace IrtGpu.Data;

/// <summary>Numbers the distinct rows of a data set by open addressing on a hash, with exact comparison.</summary>
internal static class PatternIndex
{
    private const int SmallestTable = 1024;

    /// <summary>Gives each person the number of its pattern; patterns are numbered in the order of their first persons.</summary>
    /// <param name="data">Coded responses.</param>
    /// <param name="patternOfPerson">Filled. [person]</param>
    /// <returns>Number of patterns.</returns>
    public static int Assign(ResponseData data, int[] patternOfPerson)
    {
        int personCount = data.PersonCount;
        using NativeBytes hashed = HashRows(data);
        ReadOnlySpan<uint> hashes = hashed.As<uint>();
        int largestTable = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(personCount + personCount / 3L + 1, SmallestTable, 1 << 30));
        NativeBytes table = new((long)SmallestTable * sizeof(int));
        Span<int> slots = table.As<int>(); // first person of a pattern + 1, or 0 where free
        int patternCount = 0;
        for (int person = 0; person < personCount; person++)
        {
            if (4L * patternCount >= 3L * slots.Length && slots.Length < largestTable)
            {
                int length = Math.Min(4 * slots.Length, largestTable);
                table.Dispose();
                table = new NativeBytes((long)length * sizeof(int));
                slots = table.As<int>();
                Fill(slots, patternOfPerson.AsSpan(0, person), hashes);
            }
            int slot = (int)(hashes[person] & (uint)(slots.Length - 1));
            while (slots[slot] != 0 && !AreAlike(data, hashes, slots[slot] - 1, person))
                slot = (slot + 1) & (slots.Length - 1);
            if (slots[slot] == 0)
            {
                slots[slot] = person + 1;
                patternOfPerson[person] = patternCount++;
            }
            else
            {
                patternOfPerson[person] = patternOfPerson[slots[slot] - 1];
            }
        }
        table.Dispose();
        return patternCount;
    }

    private static bool AreAlike(ResponseData data, ReadOnlySpan<uint> hashes, int first, int second) =>
        hashes[first] == hashes[second]
        && (data.Groups is null || data.Groups[first] == data.Groups[second])
        && (data.KnownClasses is null || data.KnownClasses[first] == data.KnownClasses[second])
        && data.Row(first).SequenceEqual(data.Row(second));

    private static void Fill(Span<int> slots, ReadOnlySpan<int> patternOfPerson, ReadOnlySpan<uint> hashes)
    {
        int pattern = 0;
        for (int person = 0; person < patternOfPerson.Length; person++)
        {
            if (patternOfPerson[person] != pattern)
                continue; // not the first of its pattern
            pattern++;
            int slot = (int)(hashes[person] & (uint)(slots.Length - 1));
            while (slots[slot] != 0)
                slot = (slot + 1) & (slots.Length - 1);
            slots[slot] = person + 1;
        }
    }

    private static NativeBytes HashRows(ResponseData data)
    {
        NativeBytes all = new((long)data.PersonCount * sizeof(uint));
        if (data.PersonCount == 0)
            return all;
        Parallel.ForEach(Partitioner.Create(0, data.PersonCount), range =>
        {
            Span<uint> hashes = all.As<uint>();
            for (int person = range.Item1; person < range.Item2; person++)
            {
                ulong seed = (uint)(data.Groups?[person] ?? 0) | (ulong)(uint)(data.KnownClasses?[person] ?? -1) << 32;
                hashes[person] = (uint)(ByteHash.Of(data.Row(person), seed) >> 32);
            }
        });
        return all;
    }
}
