using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Cpu;

/// <summary>
/// Consecutive items combined so that one table row stands for a joint response: a pattern then costs one row a group of
/// items instead of one an item, both when likelihoods are summed and when counts are collected.
/// </summary>
internal sealed class JointItems
{
    private const int LargestRowCount = 64; // keeps the tables of a usual test in the L2 cache, and codes in a byte
    private const long LargestBytes = 1L << 28; // of the tables of one set; beyond, items are combined less

    private JointItems(int[] firstItem, int[] radix, int[] rowCount, int[] allMissing, byte[] codes)
    {
        FirstItem = firstItem;
        Radix = radix;
        RowCount = rowCount;
        AllMissing = allMissing;
        Codes = codes;
        FirstRow = new int[rowCount.Length + 1];
        for (int group = 0; group < rowCount.Length; group++)
            FirstRow[group + 1] = FirstRow[group] + rowCount[group];
    }

    public int GroupCount => RowCount.Length;

    public int[] FirstItem { get; } // [group + 1]

    public int[] Radix { get; } // [item] categories, and one more where the item has missing responses

    public int[] RowCount { get; } // [group]

    public int[] FirstRow { get; } // [group + 1]

    public int[] AllMissing { get; } // [group] the code of no response at all; −1 where it cannot occur

    public byte[] Codes { get; } // [pattern, group]

    public int TotalRows => FirstRow[^1];

    public static JointItems Create(CalibrationPlan plan, PatternTable patterns, int paddedNodeCount)
    {
        int itemCount = plan.ItemCount;
        bool[] hasMissing = new bool[itemCount];
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
        {
            ReadOnlySpan<byte> row = patterns.Row(pattern);
            for (int item = 0; item < itemCount; item++)
                hasMissing[item] |= row[item] == ResponseData.Missing;
        }
        int[] radix = new int[itemCount];
        for (int item = 0; item < itemCount; item++)
            radix[item] = plan.Items[item].CategoryCount + (hasMissing[item] ? 1 : 0);

        long affordableRows = LargestBytes / (sizeof(double) * (long)paddedNodeCount);
        int limit = LargestRowCount;
        (List<int> firstItem, List<int> rowCount) = Combine(radix, limit);
        while (limit > 1 && rowCount.Sum() > affordableRows)
            (firstItem, rowCount) = Combine(radix, limit /= 2);
        int[] allMissing = new int[rowCount.Count];
        for (int group = 0; group < allMissing.Length; group++)
        {
            for (int item = firstItem[group], stride = 1; item < firstItem[group + 1]; stride *= radix[item++])
                allMissing[group] = hasMissing[item] && allMissing[group] >= 0 ? allMissing[group] + stride * plan.Items[item].CategoryCount : -1;
        }
        byte[] codes = Encode(plan, patterns, radix, firstItem);
        return new JointItems([.. firstItem], radix, [.. rowCount], allMissing, codes);
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

    private static byte[] Encode(CalibrationPlan plan, PatternTable patterns, int[] radix, List<int> firstItem)
    {
        int groupCount = firstItem.Count - 1;
        byte[] codes = new byte[(long)patterns.PatternCount * groupCount];
        Parallel.For(0, (patterns.PatternCount + 4095) / 4096, chunk =>
        {
            int end = Math.Min((chunk + 1) * 4096, patterns.PatternCount);
            for (int pattern = chunk * 4096; pattern < end; pattern++)
            {
                ReadOnlySpan<byte> row = patterns.Row(pattern);
                for (int group = 0; group < groupCount; group++)
                {
                    int code = 0;
                    for (int item = firstItem[group], stride = 1; item < firstItem[group + 1]; stride *= radix[item++])
                        code += stride * (row[item] == ResponseData.Missing ? plan.Items[item].CategoryCount : row[item]);
                    codes[(long)pattern * groupCount + group] = (byte)code;
                }
            }
        });
        return codes;
    }
}
