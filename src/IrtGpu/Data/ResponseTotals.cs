using System.Numerics;
using System.Runtime.CompilerServices;
using IrtGpu.Foundation.Sharding;

namespace IrtGpu.Data;

/// <summary>How often each category of each item was given in each observed group, from one pass over the patterns.</summary>
internal sealed class ResponseTotals
{
    private const int PatternsPerPart = 4096;
    private const int LargestPartCount = 64; // of patterns, each summed in order and then added in order
    private const int MostCountedCategories = 16; // of items counted many at a time: that takes a pass for each category

    private readonly int[] categoryCount; // [item]
    private readonly int[] firstCell; // [item + 1] cells of an item: its categories, then no response
    private readonly double[] weight; // [group, cell]
    private readonly bool[] isSeen; // [group, cell] also where only persons of weight 0 gave it

    private ResponseTotals(int groupCount, int[] categoryCount)
    {
        this.categoryCount = categoryCount;
        firstCell = new int[categoryCount.Length + 1];
        for (int item = 0; item < categoryCount.Length; item++)
            firstCell[item + 1] = firstCell[item] + categoryCount[item] + 1;
        weight = new double[groupCount * firstCell[^1]];
        isSeen = new bool[weight.Length];
        GroupCount = groupCount;
    }

    /// <summary>Observed groups, up to the last that has a pattern.</summary>
    public int GroupCount { get; }

    private int CellCount => firstCell[^1];

    public static ResponseTotals Of(PatternTable patterns)
    {
        int groupCount = 1;
        foreach (int group in patterns.Groups)
            groupCount = Math.Max(groupCount, group + 1);
        Shards shards = Shards.Cut(patterns.PatternCount, PatternsPerPart, LargestPartCount);
        ResponseTotals[] parts = new ResponseTotals[shards.Count];
        Parallel.For(0, shards.Count, part =>
        {
            parts[part] = new ResponseTotals(groupCount, patterns.CategoryCount);
            parts[part].Add(patterns, shards.Begin(part), shards.End(part));
        });
        for (int part = 1; part < parts.Length; part++)
        {
            for (int cell = 0; cell < parts[0].weight.Length; cell++)
            {
                parts[0].weight[cell] += parts[part].weight[cell];
                parts[0].isSeen[cell] |= parts[part].isSeen[cell];
            }
        }
        return parts[0];
    }

    /// <summary>Summed weight of the patterns of a group that gave a category.</summary>
    public double Weight(int group, int item, int category) => weight[group * CellCount + firstCell[item] + category];

    /// <summary>Whether any pattern of the group answered the item.</summary>
    public bool IsAnswered(int group, int item) =>
        isSeen.AsSpan(group * CellCount + firstCell[item], categoryCount[item]).Contains(true);

    /// <summary>Whether any pattern lacks a response to the item.</summary>
    public bool HasMissing(int item)
    {
        for (int group = 0; group < GroupCount; group++)
        {
            if (isSeen[group * CellCount + firstCell[item] + categoryCount[item]])
                return true;
        }
        return false;
    }

    private void Add(PatternTable patterns, int first, int end)
    {
        int[] all = [.. Enumerable.Range(0, categoryCount.Length)];
        int[] narrow = [.. all.Where(item => categoryCount[item] <= MostCountedCategories)];
        int[] wide = [.. all.Except(narrow)];
        RowCounters?[] counters = new RowCounters?[GroupCount];
        for (int pattern = first; pattern < end; pattern++)
        {
            int group = patterns.Groups[pattern];
            bool isSingle = patterns.Frequency[pattern] == 1;
            AddRow(patterns.Row(pattern), isSingle ? wide : all, group, patterns.Frequency[pattern]);
            if (!isSingle || narrow.Length == 0)
                continue;
            RowCounters rows = counters[group] ??= new RowCounters(categoryCount.Length, narrow.Max(item => categoryCount[item]));
            rows.Add(patterns.Row(pattern));
            if (rows.IsFull)
                AddCounted(rows, narrow, group);
        }
        for (int group = 0; group < GroupCount; group++)
        {
            if (counters[group] is { } rows)
                AddCounted(rows, narrow, group);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRow(ReadOnlySpan<byte> row, int[] items, int group, double frequency)
    {
        foreach (int item in items)
        {
            int cell = group * CellCount + firstCell[item] + Math.Min(row[item], categoryCount[item]);
            weight[cell] += frequency;
            isSeen[cell] = true;
        }
    }

    private void AddCounted(RowCounters counters, int[] items, int group)
    {
        foreach (int item in items)
        {
            int missing = counters.RowCount;
            for (int category = 0; category <= categoryCount[item]; category++)
            {
                int cell = group * CellCount + firstCell[item] + category;
                int count = category < categoryCount[item] ? counters.Count(item, category) : missing;
                missing -= count;
                weight[cell] += count;
                isSeen[cell] |= count > 0;
            }
        }
        counters.Clear();
    }

    /// <summary>Counts categories of up to 255 rows in bytes, many items at a time.</summary>
    private sealed class RowCounters(int itemCount, int categoryCount)
    {
        private readonly byte[] counts = new byte[itemCount * categoryCount]; // [category, item]

        public int RowCount { get; private set; }

        public bool IsFull => RowCount == byte.MaxValue;

        public int Count(int item, int category) => counts[category * itemCount + item];

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Add(ReadOnlySpan<byte> row)
        {
            RowCount++;
            int item = 0;
            for (; item <= itemCount - Vector<byte>.Count; item += Vector<byte>.Count)
            {
                Vector<byte> responses = new(row[item..]);
                for (int category = 0; category < categoryCount; category++)
                {
                    Span<byte> target = counts.AsSpan(category * itemCount + item);
                    (new Vector<byte>(target) - Vector.Equals(responses, new Vector<byte>((byte)category))).CopyTo(target);
                }
            }
            for (; item < itemCount; item++)
            {
                if (row[item] < categoryCount)
                    counts[row[item] * itemCount + item]++;
            }
        }

        public void Clear()
        {
            RowCount = 0;
            counts.AsSpan().Clear();
        }
    }
}
