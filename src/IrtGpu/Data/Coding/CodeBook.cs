namespace IrtGpu.Data.Coding;

/// <summary>The category codes seen, item by item, and the provisional byte each is stored as until all are known.</summary>
internal sealed class CodeBook
{
    /// <summary>Most categories an item can have: a response is one byte, and 255 means missing.</summary>
    public const int MostCategories = 254;

    /// <summary>Lowest code in the direct table.</summary>
    public const int DirectLow = -8;

    /// <summary>Codes an item has in the direct table, from <see cref="DirectLow"/>.</summary>
    public const int DirectSpan = 264;

    private const byte Unassigned = 254;
    private const int DigitCount = 10;

    private readonly byte[] direct; // [item, code − DirectLow]
    private readonly Dictionary<int, byte>?[] wide;
    private readonly List<int>[] codes; // [item], in the order of arrival
    private readonly List<byte>[] provisionals; // [item], of the same codes
    private readonly Extent?[] overflow;
    private readonly bool isClosed;
    private readonly HashSet<int> missing;
    private readonly bool[] unsound;

    /// <summary>An open book, to be filled from the data; or one closed to the codes of a finished fit.</summary>
    /// <param name="itemCount">Number of items.</param>
    /// <param name="missingCodes">Whole numbers that mean missing in every item.</param>
    /// <param name="expected">Ascending codes of each item, or null. [item][category]</param>
    public CodeBook(int itemCount, HashSet<int> missingCodes, int[][]? expected)
    {
        direct = new byte[itemCount * DirectSpan];
        direct.AsSpan().Fill(Unassigned);
        wide = new Dictionary<int, byte>?[itemCount];
        codes = new List<int>[itemCount];
        provisionals = new List<byte>[itemCount];
        overflow = new Extent?[itemCount];
        unsound = new bool[itemCount];
        missing = missingCodes;
        isClosed = expected is not null;
        for (int item = 0; item < itemCount; item++)
        {
            codes[item] = [];
            provisionals[item] = [];
            foreach (int code in expected?[item] ?? [])
                Assign(item, code);
            foreach (int code in missingCodes) // missing wins where a fit knows the code
            {
                if (IsDirect(code))
                    direct[item * DirectSpan + code - DirectLow] = ResponseData.Missing;
            }
        }
    }

    /// <summary>Provisional byte of each directly tabled code; 254 where there is none yet. [item, code − DirectLow]</summary>
    public ReadOnlySpan<byte> Direct => direct;

    /// <summary>Whether a byte out of <see cref="Direct"/> is a response: a category or <see cref="ResponseData.Missing"/>.</summary>
    public static bool IsKnown(byte provisional) => provisional != Unassigned;

    /// <summary>The provisional byte of a code; missing for missing codes.</summary>
    /// <returns>False when the book is closed and the fit does not know the code.</returns>
    public bool TryEncode(int item, int code, out byte provisional)
    {
        if (IsDirect(code))
        {
            provisional = direct[item * DirectSpan + code - DirectLow];
            if (IsKnown(provisional))
                return true;
        }
        else if (wide[item] is { } known && known.TryGetValue(code, out provisional))
        {
            return true;
        }
        else if (missing.Contains(code))
        {
            provisional = ResponseData.Missing;
            return true;
        }
        provisional = ResponseData.Missing;
        if (isClosed)
            return false;
        provisional = Assign(item, code);
        return true;
    }

    /// <summary>Notes that responses of the item could not be read, so that its codes are not all known.</summary>
    public void MarkUnsound(int item) => unsound[item] = true;

    /// <summary>Notes that part of the text was lost to all items.</summary>
    public void MarkAllUnsound() => unsound.AsSpan().Fill(true);

    public bool IsUnsound(int item) => unsound[item];

    /// <summary>Codes of the item, ascending: its categories.</summary>
    public int[] SortedCodes(int item)
    {
        int[] sorted = [.. codes[item]];
        Array.Sort(sorted);
        return sorted;
    }

    /// <summary>Lowest and highest code of an item with too many; null when it has few enough.</summary>
    public (int Lowest, int Highest)? Overflow(int item) =>
        overflow[item] is { } extent ? (extent.Lowest, extent.Highest) : null;

    /// <summary>Category of each provisional byte; missing stays missing. [item, provisional]</summary>
    /// <param name="sortedCodes">Ascending codes. [item][category]</param>
    public byte[] FinalMap(int[][] sortedCodes)
    {
        byte[] map = new byte[codes.Length * 256];
        for (int item = 0; item < codes.Length; item++)
        {
            Span<byte> row = map.AsSpan(item * 256, 256);
            row.Fill(ResponseData.Missing);
            for (int k = 0; k < codes[item].Count; k++)
                row[provisionals[item][k]] = (byte)Array.BinarySearch(sortedCodes[item], codes[item][k]);
        }
        return map;
    }

    private static bool IsDirect(int code) => code is >= DirectLow and < DirectLow + DirectSpan;

    private byte Assign(int item, int code)
    {
        List<int> known = codes[item];
        if (known.Count == MostCategories)
        {
            overflow[item] ??= new Extent(known.Min(), known.Max());
            overflow[item]!.Include(code);
            return 0;
        }
        byte provisional = FreeProvisional(provisionals[item], code);
        known.Add(code);
        provisionals[item].Add(provisional);
        if (IsDirect(code))
            direct[item * DirectSpan + code - DirectLow] = provisional;
        else
            (wide[item] ??= [])[code] = provisional;
        return provisional;
    }

    // A digit itself where it can be, so that most data are final as they are read; else what is free beyond the digits.
    private static byte FreeProvisional(List<byte> taken, int code)
    {
        if (code is >= 0 and < DigitCount && !taken.Contains((byte)code))
            return (byte)code;
        int free = DigitCount;
        while (taken.Contains((byte)free))
            free = (free + 1) % MostCategories;
        return (byte)free;
    }

    private sealed class Extent(int lowest, int highest)
    {
        public int Lowest { get; private set; } = lowest;

        public int Highest { get; private set; } = highest;

        public void Include(int code)
        {
            Lowest = Math.Min(Lowest, code);
            Highest = Math.Max(Highest, code);
        }
    }
}
