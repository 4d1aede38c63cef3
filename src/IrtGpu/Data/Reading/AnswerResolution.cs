using IrtGpu.Data.Answers;
using IrtGpu.Data.Answers.Meanings;
using IrtGpu.Data.Coding;
using IrtGpu.Data.Review;

namespace IrtGpu.Data.Reading;

/// <summary>Finds what every answer of the data stands for.</summary>
/// <param name="names">Items. [item]</param>
/// <param name="plan">What is said of the answers.</param>
/// <param name="book">The answers seen.</param>
internal sealed class AnswerResolution(string[] names, AnswerPlan plan, CodeBook book)
{
    /// <summary>The items with their categories.</summary>
    /// <param name="count">Counts the provisional bytes of some items.</param>
    public CodedItem[] Resolve(Func<bool[], long[]?[]> count)
    {
        bool[] isCounted = [.. names.Select((_, item) => plan.Keyed[item] is not null || plan.IsBlankWrong(item))];
        long[]?[] counts = count(isCounted);
        Answer[][] seen = [.. names.Select((_, item) => book[item].Answers
            .Where(answer => !plan.IsMissing(item, answer) && (answer.FirstLine > 0 || counts[item]![answer.Provisional] > 0)).ToArray())];
        plan.SettleKeys(seen);
        CodedItem[] items = [.. names.Select((name, item) =>
        {
            AnswerMeaning meaning = plan.MeaningOf(item, seen[item]);
            return AddBlanks(new CodedItem(name, meaning, seen[item], meaning.Codes(seen[item])) { Counts = counts[item] }, book[item].Blank);
        })];
        long[]?[] others = count([.. items.Select((item, k) => !isCounted[k] && (item.Unknown.Any() || StrayCodes.In(item).Length > 0))]);
        return [.. items.Select((item, k) => others[k] is { } own ? item with { Counts = own } : item)];
    }

    /// <summary>The category of each provisional byte; bytes that stand for nothing are missing, bytes of no answer stay. [item, provisional]</summary>
    public byte[] Map(CodedItem[] items)
    {
        byte[] map = new byte[items.Length * 256];
        for (int k = 0; k < items.Length; k++)
        {
            CodedItem item = items[k];
            Span<byte> row = map.AsSpan(k * 256, 256);
            for (int provisional = 0; provisional < row.Length; provisional++)
                row[provisional] = (byte)provisional;
            foreach (Answer answer in book[k].Answers)
                row[answer.Provisional] = plan.IsMissing(k, answer) ? ResponseData.Missing : CategoryOf(item.Meaning.CodeOf(answer), item.Codes);
            if (book[k].Blank is { } blank)
                row[blank] = CategoryOf(item.CodeOfBlank, item.Codes);
            if (book[k].Other is { } other)
                row[other] = CategoryOf(0, item.Codes);
        }
        return map;
    }

    private static CodedItem AddBlanks(CodedItem item, byte? blank)
    {
        if (blank is not { } provisional || item.Counts![provisional] is var count && count == 0)
            return item;
        int code = item.Meaning.CodeOfBlank(item.Codes);
        return item with { CodeOfBlank = code, BlankCount = count, Codes = [.. item.Codes.Append(code).Distinct().Order()] };
    }

    private static byte CategoryOf(int? code, int[] codes) =>
        code is { } known && Array.BinarySearch(codes, known) is var category and >= 0 ? (byte)category : ResponseData.Missing;
}
