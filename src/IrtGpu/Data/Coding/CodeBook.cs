using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Coding;

/// <summary>The answers seen, item by item, and the provisional byte each is stored as until it is known what they stand for.</summary>
internal sealed class CodeBook
{
    /// <summary>Lowest code in the direct table.</summary>
    public const int DirectLow = -8;

    /// <summary>Codes an item has in the direct table, from <see cref="DirectLow"/>.</summary>
    public const int DirectSpan = 264;

    /// <summary>Characters in the table of answers that are one character.</summary>
    public const int CharacterSpan = 128;

    private const byte Unassigned = 254;

    private readonly byte[] direct; // [item, code − DirectLow]
    private readonly byte[] characters; // [item, character]; no digits
    private readonly byte[] blanks; // [item]
    private readonly AnswerList[] lists; // [item]
    private readonly HashSet<int> missing;

    /// <param name="itemCount">Number of items.</param>
    /// <param name="missingCodes">Whole numbers that mean missing in every item.</param>
    public CodeBook(int itemCount, HashSet<int> missingCodes)
    {
        direct = new byte[itemCount * DirectSpan];
        direct.AsSpan().Fill(Unassigned);
        characters = new byte[itemCount * CharacterSpan];
        characters.AsSpan().Fill(Unassigned);
        blanks = new byte[itemCount];
        blanks.AsSpan().Fill(ResponseData.Missing);
        lists = [.. Enumerable.Range(0, itemCount).Select(_ => new AnswerList())];
        missing = missingCodes;
        for (int item = 0; item < itemCount; item++)
        {
            foreach (int code in missingCodes.Where(IsDirect))
                Direct(item, code) = ResponseData.Missing;
        }
    }

    /// <summary>Number of items.</summary>
    public int ItemCount => lists.Length;

    /// <summary>The answers to an item.</summary>
    public AnswerList this[int item] => lists[item];

    /// <summary>Provisional byte of each directly tabled code; 254 where there is none yet. [item, code − DirectLow]</summary>
    public ReadOnlySpan<byte> DirectTable => direct;

    /// <summary>Provisional byte of each answer that is one character and no digit; 254 where there is none yet. [item, character]</summary>
    public ReadOnlySpan<byte> CharacterTable => characters;

    /// <summary>What a blank field is stored as. [item]</summary>
    public ReadOnlySpan<byte> Blanks => blanks;

    /// <summary>Whether a byte out of a table is a response: an answer or <see cref="ResponseData.Missing"/>.</summary>
    public static bool IsKnown(byte provisional) => provisional != Unassigned;

    /// <summary>Lets blank fields of the item be answers.</summary>
    public void TakeBlanks(int item) => blanks[item] = lists[item].ReserveBlank();

    /// <summary>The provisional byte of a whole number; missing for missing codes.</summary>
    /// <param name="item">0-based item.</param>
    /// <param name="code">The number.</param>
    /// <param name="line">Where it stands.</param>
    public byte Encode(int item, int code, long line)
    {
        if (IsDirect(code) && IsKnown(Direct(item, code)))
            return Direct(item, code);
        if (missing.Contains(code))
            return ResponseData.Missing;
        if (lists[item].TryFind(code, out byte known))
            return known;
        (byte provisional, bool isOwn) = lists[item].Add(code, line);
        if (IsDirect(code) && isOwn)
            Direct(item, code) = provisional;
        return provisional;
    }

    /// <summary>The provisional byte of a text that is no whole number.</summary>
    /// <param name="item">0-based item.</param>
    /// <param name="text">The text; not blank.</param>
    /// <param name="form">What it is as a number.</param>
    /// <param name="line">Where it stands.</param>
    public byte Encode(int item, ReadOnlySpan<char> text, NumberForm form, long line)
    {
        if (!lists[item].TryFind(text, out byte provisional))
            provisional = lists[item].Add(text, form, line);
        if (text.Length == 1 && text[0] < CharacterSpan && lists[item].TryFind(text, out _)) // its own, and not one that it shares
            characters[item * CharacterSpan + text[0]] = provisional;
        return provisional;
    }

    /// <summary>Notes that part of the text was lost to all items.</summary>
    public void MarkAllUnsound()
    {
        foreach (AnswerList list in lists)
            list.IsUnsound = true;
    }

    private static bool IsDirect(int code) => code is >= DirectLow and < DirectLow + DirectSpan;

    private ref byte Direct(int item, int code) => ref direct[item * DirectSpan + code - DirectLow];
}
