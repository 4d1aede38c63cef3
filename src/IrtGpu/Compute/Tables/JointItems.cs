using System.Runtime.CompilerServices;
using IrtGpu.Data;
using IrtGpu.Data.Coding;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Tables;

/// <summary>
/// Consecutive items combined so that one table row stands for a joint response: a pattern then costs one row a group of
/// items instead of one an item, both when likelihoods are summed and when counts are collected.
/// </summary>
internal sealed class JointItems : IDisposable
{
    public const int MostRows = 256; // codes in a byte
    public const int UsualRows = 64; // keeps the tables of a usual test, at all nodes, in the L2 cache

    private const long LargestBytes = 1L << 28; // of the tables of one set; beyond, items are combined less

    private readonly CodedRows codes; // [pattern][group]

    private JointItems(int[] items, int[] categoryCount, int[] firstItem, int[] radix, int[] rowCount, int[] allMissing, CodedRows codes)
    {
        Items = items;
        CategoryCount = categoryCount;
        FirstItem = firstItem;
        Radix = radix;
        RowCount = rowCount;
        AllMissing = allMissing;
        this.codes = codes;
        FirstRow = new int[rowCount.Length + 1];
        for (int group = 0; group < rowCount.Length; group++)
            FirstRow[group + 1] = FirstRow[group] + rowCount[group];
    }

    public int GroupCount => RowCount.Length;

    public int[] Items { get; } // [position] the items that are combined, in order

    public int[] CategoryCount { get; } // [position]

    public int[] FirstItem { get; } // [group + 1] position of the group's first item

    public int[] Radix { get; } // [position] categories, and one more where the item has missing responses

    public int[] RowCount { get; } // [group]

    public int[] FirstRow { get; } // [group + 1]

    public int[] AllMissing { get; } // [group] the code of no response at all; −1 where it cannot occur

    public int TotalRows => FirstRow[^1];

    /// <summary>Codes of a pattern. [group]</summary>
    public ReadOnlySpan<byte> CodesOf(int pattern) => codes[pattern];

    /// <summary>Codes of a pattern and of those after it that lie beside it, at most so many. [pattern, group]</summary>
    public ReadOnlySpan<byte> CodesFrom(int pattern, int count) => codes.Run(pattern, count);

    /// <summary>Where a pattern's joint rows begin in a table of some numbers a row; rows of no response at all are left out.</summary>
    /// <param name="pattern">Pattern.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="offsets">Receives them. [group]</param>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe int FindRows(int pattern, int width, int* offsets)
    {
        ReadOnlySpan<byte> row = codes[pattern];
        int count = 0;
        for (int group = 0; group < row.Length; group++)
        {
            if (row[group] != AllMissing[group])
                offsets[count++] = (FirstRow[group] + row[group]) * width;
        }
        return count;
    }

    /// <summary>Gives the codes' temporary file back, if there is one.</summary>
    public void Dispose() => codes.Dispose();

    /// <summary>Combines items.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="items">The items, each once.</param>
    /// <param name="rowLength">Numbers that a joint row will hold.</param>
    /// <param name="largestRowCount">Most joint responses of a group, at most <see cref="MostRows"/>; one item may have more.</param>
    public static JointItems Create(CalibrationPlan plan, PatternTable patterns, int[] items, int rowLength, int largestRowCount = UsualRows)
    {
        bool[] hasMissing = [.. items.Select(patterns.Totals.HasMissing)];
        int[] categoryCount = [.. items.Select(item => plan.Items[item].CategoryCount)]; // the code of no response
        int[] radix = new int[items.Length];
        for (int k = 0; k < items.Length; k++)
            radix[k] = categoryCount[k] + (hasMissing[k] ? 1 : 0);

        long affordableRows = LargestBytes / (sizeof(double) * (long)rowLength);
        int limit = largestRowCount;
        (List<int> firstItem, List<int> rowCount) = Combine(radix, limit);
        while (limit > 1 && rowCount.Sum() > affordableRows)
            (firstItem, rowCount) = Combine(radix, limit /= 2);
        int[] allMissing = new int[rowCount.Count];
        for (int group = 0; group < allMissing.Length; group++)
        {
            for (int item = firstItem[group], stride = 1; item < firstItem[group + 1]; stride *= radix[item++])
                allMissing[group] = hasMissing[item] && allMissing[group] >= 0 ? allMissing[group] + stride * categoryCount[item] : -1;
        }
        CodedRows codes = Encode(patterns, items, categoryCount, radix, firstItem);
        return new JointItems(items, categoryCount, [.. firstItem], radix, [.. rowCount], allMissing, codes);
    }

    /// <summary>Groups with an item that is answered.</summary>
    /// <param name="isAnswered">[item]</param>
    public int[] GroupsWith(bool[] isAnswered)
    {
        List<int> groups = [];
        for (int group = 0; group < GroupCount; group++)
        {
            bool hasAnswer = false;
            for (int position = FirstItem[group]; position < FirstItem[group + 1]; position++)
                hasAnswer |= isAnswered[Items[position]];
            if (hasAnswer)
                groups.Add(group);
        }
        return [.. groups];
    }

    private static (List<int> FirstItem, List<int> RowCount) Combine(int[] radix, int limit)
    {
        List<int> firstItem = [];
        List<int> rowCount = [];
        for (int item = 0; item < radix.Length; item++)
        {
            if (rowCount.Count > 0 && rowCount[^1] * radix[item] <= limit)
            {
                rowCount[^1] *= radix[item];
                continue;
            }
            firstItem.Add(item);
            rowCount.Add(radix[item]);
        }
        firstItem.Add(radix.Length);
        return (firstItem, rowCount);
    }

    private static CodedRows Encode(PatternTable patterns, int[] items, int[] categoryCount, int[] radix, List<int> firstItem)
    {
        int groupCount = firstItem.Count - 1;
        int[] stride = new int[items.Length];
        for (int group = 0; group < groupCount; group++)
        {
            for (int k = firstItem[group], product = 1; k < firstItem[group + 1]; product *= radix[k++])
                stride[k] = product;
        }
        int[] end = [.. firstItem[1..]];
        return patterns.CreateCodes(groupCount, (pattern, codes) =>
        {
            for (; codes.Length > 0; pattern++, codes = codes[groupCount..])
                EncodeRow(patterns.Row(pattern), items, categoryCount, stride, end, codes[..groupCount]);
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EncodeRow(ReadOnlySpan<byte> row, int[] items, int[] categoryCount, int[] stride, int[] end, Span<byte> codes)
    {
        int k = 0;
        for (int group = 0; group < codes.Length; group++)
        {
            int code = 0;
            for (; k < end[group]; k++)
                code += stride[k] * Math.Min(row[items[k]], categoryCount[k]);
            codes[group] = (byte)code;
        }
    }
}
