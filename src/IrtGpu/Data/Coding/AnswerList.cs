using System.Globalization;
using IrtGpu.Data.Answers;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Coding;

/// <summary>The answers to one item, seen or expected, each with its provisional byte.</summary>
internal sealed class AnswerList
{
    /// <summary>Most answers an item can have: a response is one byte, and 255 means missing.</summary>
    public const int Most = 254;

    private const int DigitCount = 10;

    private readonly List<Answer> answers = [];
    private readonly HashSet<byte> taken = [];
    private Dictionary<int, byte>? numbers;
    private Dictionary<string, byte>? texts;
    private Dictionary<string, byte>? expected; // by what spellings have in common
    private byte? other;

    /// <summary>In the order of arrival.</summary>
    public IReadOnlyList<Answer> Answers => answers;

    /// <summary>The byte that stands for blank fields; null: they are missing.</summary>
    public byte? Blank { get; private set; }

    /// <summary>The byte that all answers beyond those that have one share; null: there are none such, or they are too many.</summary>
    public byte? Other => OverflowCount > 0 ? other : null;

    /// <summary>Answers beyond those that have a byte of their own, counted field by field.</summary>
    public long OverflowCount { get; private set; }

    /// <summary>Lowest and highest number among all, where there are too many.</summary>
    public (int Lowest, int Highest) Extent { get; private set; }

    /// <summary>Whether some field of the item was not sound, so that its answers are not all known.</summary>
    public bool IsUnsound { get; set; }

    /// <summary>Gives blank fields a byte of their own.</summary>
    public byte ReserveBlank() => Blank ??= FreeByte(-1);

    /// <summary>Lets further answers share a byte once there are too many, but for some.</summary>
    /// <param name="answers">Whole numbers and texts that keep a byte of their own, however they are spelled.</param>
    public void ShareBeyond(IEnumerable<string> answers)
    {
        other ??= FreeByte(-1);
        expected = new Dictionary<string, byte>(StringComparer.Ordinal);
        foreach (string text in answers)
        {
            NumberForm form = WholeNumber.Parse(text, out int number);
            expected.TryAdd(AnswerText.Comparable(text), form == NumberForm.Whole ? Add(number, 0).Provisional : Add(text, form, 0));
        }
    }

    public bool TryFind(int number, out byte provisional)
    {
        provisional = 0;
        return numbers?.TryGetValue(number, out provisional) ?? false;
    }

    public bool TryFind(ReadOnlySpan<char> text, out byte provisional)
    {
        provisional = 0;
        return texts?.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out provisional) ?? false;
    }

    /// <summary>Takes up a number that was not there.</summary>
    /// <returns>Its byte, and whether that is its own.</returns>
    public (byte Provisional, bool IsOwn) Add(int number, long line)
    {
        if (IsFull)
        {
            int lowest = Math.Min(OverflowCount == 0 ? answers.Min(answer => answer.Number ?? int.MaxValue) : Extent.Lowest, number);
            int highest = Math.Max(OverflowCount == 0 ? answers.Max(answer => answer.Number ?? int.MinValue) : Extent.Highest, number);
            Extent = (lowest, highest);
            return (Overflow(AnswerText.Comparable(number)), false);
        }
        byte provisional = FreeByte(number);
        (numbers ??= []).Add(number, provisional);
        answers.Add(new Answer(number.ToString(CultureInfo.InvariantCulture), number, NumberForm.Whole, provisional, line));
        return (provisional, true);
    }

    /// <summary>Takes up a text that was not there.</summary>
    public byte Add(ReadOnlySpan<char> text, NumberForm form, long line)
    {
        if (IsFull)
            return Overflow(expected is null ? "" : AnswerText.Comparable(text.ToString()));
        byte provisional = FreeByte(-1);
        string kept = text.ToString();
        (texts ??= new Dictionary<string, byte>(StringComparer.Ordinal)).Add(kept, provisional);
        answers.Add(new Answer(kept, DecimalComma.Whole(kept), form, provisional, line));
        return provisional;
    }

    private bool IsFull => taken.Count == Most;

    private byte Overflow(string comparable)
    {
        if (expected is not null && expected.TryGetValue(comparable, out byte known))
            return known;
        OverflowCount++;
        return other ?? ResponseData.Missing;
    }

    // A digit itself where it can be, so that most data are final as they are read; else what is free beyond the digits.
    private byte FreeByte(int number)
    {
        if (number is >= 0 and < DigitCount && taken.Add((byte)number))
            return (byte)number;
        int free = DigitCount;
        while (!taken.Add((byte)free))
            free = (free + 1) % Most;
        return (byte)free;
    }
}
