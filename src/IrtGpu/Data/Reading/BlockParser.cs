using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Storage;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Reading;

/// <summary>Turns blocks of text into coded persons. One instance serves one thread and one block at a time.</summary>
internal sealed class BlockParser
{
    private const int WorthwhileRun = 4; // fields; after a shorter one the next few are read one by one
    private const int FieldsBetweenTries = 8;

    private readonly string path;
    private readonly ColumnPlan plan;
    private readonly CodeBook book;
    private readonly AnswerKey? key;
    private readonly MissingCodes missing;
    private readonly byte delimiter;
    private readonly FieldReader field;
    private readonly int[] itemRun; // [column] how many columns from here, the last left out, are items one after the other
    private readonly bool isNaMissing;

    private TextBlock block;
    private ParsedBlock result;
    private long line;
    private byte[] codes = []; // [person, item]
    private int usualLineEnd;

    public BlockParser(string path, ColumnPlan plan, CodeBook book, AnswerKey? key, MissingCodes missing, byte delimiter)
    {
        this.path = path;
        this.plan = plan;
        this.book = book;
        this.key = key;
        this.missing = missing;
        this.delimiter = delimiter;
        field = new FieldReader(delimiter);
        itemRun = key is null ? ItemRuns(plan.Roles) : new int[plan.Roles.Length];
        isNaMissing = missing.IsMissing("NA"u8);
        result = new ParsedBlock(0);
    }

    /// <exception cref="DataException">The block is not UTF-8 text.</exception>
    public ParsedBlock Parse(TextBlock text)
    {
        TableFile.RequireText(text, path);
        block = text;
        line = text.Line;
        result = new ParsedBlock(line);
        field.Begin(text);
        usualLineEnd = text.Text.Contains(TextBytes.CarriageReturn) ? TextBytes.CarriageReturn : TextBytes.LineFeed;
        int itemCount = plan.ItemNames.Length;
        int position = text.Start;
        int used = 0;
        while (position < text.End)
        {
            int lineEnd = RecordReader.FindBlankLine(text, position);
            if (lineEnd >= 0)
            {
                result.BlankLines.Add(line++);
                position = RecordReader.SkipLineEnd(text, lineEnd);
                continue;
            }
            EnsureRoom(used, itemCount);
            Span<byte> row = codes.AsSpan(used, itemCount);
            position = ParseRow(position, row);
            used += itemCount;
        }
        result.Ids.Trim();
        result.Responses = new NativeBytes(codes.AsSpan(0, used));
        return result;
    }

    private void EnsureRoom(int used, int itemCount)
    {
        if (used + itemCount <= codes.Length)
            return;
        byte[] larger = new byte[Math.Max(2 * codes.Length, Math.Max(block.Text.Length, used + itemCount))];
        codes.AsSpan(0, used).CopyTo(larger);
        codes = larger;
    }

    // Nearly all time is spent here, in a few calls of Parse: do not start in unoptimised code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int ParseRow(int start, Span<byte> row)
    {
        long recordLine = line;
        long problemsBefore = result.Problems.Total;
        ReadOnlySpan<byte> text = block.Buffer;
        ReadOnlySpan<byte> direct = book.Direct;
        int[] roles = plan.Roles;
        int last = roles.Length - 1;
        bool hasCodes = key is null;
        int position = start;
        double weight = 1;
        int column = 0;
        int firstTry = 0; // column at which it pays to look for a run of digits again
        while (true)
        {
            int role = roles[column];
            if (column >= firstTry && itemRun[column] > 0)
            {
                int count = DigitFields.Read(text[position..], delimiter, book.Digits, row.Slice(role, itemRun[column]), role, out int length);
                position += length;
                column += count;
                if (count < WorthwhileRun)
                    firstTry = column + FieldsBetweenTries;
                if (count > 0)
                    continue;
            }
            byte terminator = column == last ? (byte)usualLineEnd : delimiter;
            if (role >= 0 && hasCodes && TryFast(text, direct, role, terminator, isNaMissing, ref position, out byte response))
                row[role] = response;
            else
                position = ParseField(position, column, role, row, recordLine, ref weight);
            if (column == last)
                break;
            if (position >= block.End || text[position] != delimiter)
                break;
            position++;
            column++;
        }
        bool atLineEnd = position >= block.End || TextBytes.IsLineEnd(text[position]);
        if (column < last || !atLineEnd)
        {
            int fieldCount = column + 1;
            while (position < block.End && text[position] == delimiter)
            {
                position = field.Read(position + 1);
                line += field.LinesInside;
                fieldCount++;
            }
            ReportRagged(start, fieldCount, recordLine, problemsBefore);
            row.Fill(ResponseData.Missing);
        }
        else if (row.IndexOfAnyExcept(ResponseData.Missing) < 0)
        {
            result.EmptyPersons.Add(recordLine);
        }
        if (weight == 0)
            result.ZeroWeights.Add(recordLine);
        result.Lines.Add(recordLine);
        line++;
        return RecordReader.SkipLineEnd(block, position);
    }

    // The common field: up to three digits, perhaps a sign, then at once what ends it; or NA, or nothing at all.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryFast(ReadOnlySpan<byte> text, ReadOnlySpan<byte> direct, int item, byte terminator, bool isNaMissing, ref int position, out byte response)
    {
        int at = position;
        int digit = text[at] - '0';
        int code;
        if ((uint)digit <= 9)
        {
            code = digit;
            byte next = text[++at];
            if (next != terminator)
            {
                digit = next - '0';
                if ((uint)digit > 9)
                    goto general;
                code = 10 * code + digit;
                next = text[++at];
                if (next != terminator)
                {
                    digit = next - '0';
                    if ((uint)digit > 9 || text[++at] != terminator)
                        goto general;
                    code = 10 * code + digit;
                    if (code >= CodeBook.DirectLow + CodeBook.DirectSpan)
                        goto general;
                }
            }
        }
        else if (text[at] == terminator)
        {
            response = ResponseData.Missing;
            return true;
        }
        else if (text[at] == '-' && (uint)(text[at + 1] - '0') <= -CodeBook.DirectLow && text[at + 2] == terminator)
        {
            code = '0' - text[at + 1];
            at += 2;
        }
        else if (isNaMissing && text[at] == 'N' && text[at + 1] == 'A' && text[at + 2] == terminator)
        {
            position = at + 2;
            response = ResponseData.Missing;
            return true;
        }
        else
        {
            goto general;
        }
        response = direct[item * CodeBook.DirectSpan + code - CodeBook.DirectLow];
        if (!CodeBook.IsKnown(response))
            return false;
        position = at;
        return true;

    general:
        response = ResponseData.Missing;
        return false;
    }

    private int ParseField(int position, int column, int role, Span<byte> row, long recordLine, ref double weight)
    {
        position = field.Read(position);
        line += field.LinesInside;
        bool isSound = field.Form == FieldForm.Sound;
        if (!isSound)
            ReportForm(column, recordLine);
        ReadOnlySpan<byte> value = field.Value;
        switch (role)
        {
            case >= 0:
                row[role] = isSound ? Encode(role, value, recordLine) : EncodeUnsound(role);
                break;
            case ColumnPlan.Id:
                if (value.IsEmpty)
                    result.BlankIds.Add(recordLine);
                result.Ids.Add(value);
                break;
            case ColumnPlan.Group:
                if (value.IsEmpty)
                    Report(recordLine, column, "The group is blank (''), so the person belongs to no population. Fill it in, or take the row out.");
                result.Groups.Add(result.GroupLabels.Add(value));
                break;
            case ColumnPlan.Class:
                result.Classes.Add(missing.IsMissing(value) ? -1 : result.ClassLabels.Add(value));
                break;
            case ColumnPlan.Weight:
                weight = ParseWeight(value, column, recordLine);
                result.Weights.Add(weight);
                break;
            default:
                break;
        }
        return position;
    }

    private static int[] ItemRuns(int[] roles)
    {
        int[] runs = new int[roles.Length];
        for (int column = roles.Length - 2; column >= 0; column--)
        {
            if (roles[column] >= 0)
                runs[column] = roles[column + 1] == roles[column] + 1 ? runs[column + 1] + 1 : 1;
        }
        return runs;
    }

    private byte EncodeUnsound(int item)
    {
        book.MarkUnsound(item);
        return ResponseData.Missing;
    }

    private byte Encode(int item, ReadOnlySpan<byte> value, long recordLine)
    {
        if (missing.IsMissing(value))
            return ResponseData.Missing;
        byte provisional;
        if (key is not null)
        {
            book.TryEncode(item, key.Score(item, value), out provisional);
            return provisional;
        }
        NumberForm form = WholeNumber.Parse(value, out int code);
        if (form == NumberForm.Whole && book.TryEncode(item, code, out provisional))
            return provisional;
        ReportCode(item, form, value, recordLine);
        return ResponseData.Missing;
    }

    private double ParseWeight(ReadOnlySpan<byte> value, int column, long recordLine)
    {
        bool isNumber = Utf8Parser.TryParse(value, out double weight, out int consumed) && consumed == value.Length;
        if (isNumber && double.IsFinite(weight) && weight >= 0)
            return weight;
        Report(recordLine, column, $"The weight {TextBytes.Show(value)} is not a number from 0 up. " +
            "A frequency weight says how many persons the row stands for; correct it, or take the row out.");
        return double.NaN;
    }

    private void ReportCode(int item, NumberForm form, ReadOnlySpan<byte> value, long recordLine)
    {
        if (!result.Problems.HasRoom)
        {
            book.MarkUnsound(item);
            result.Problems.CountOnly();
            return;
        }
        string name = plan.ItemNames[item];
        string shown = TextBytes.Show(value);
        string message = form switch
        {
            NumberForm.Whole => $"The code {shown} is unknown to the fit, whose codes for this item are {CodeLists.Show(book.SortedCodes(item))}. " +
                "Correct it, or list it in --missing.",
            NumberForm.Fraction => $"The code {shown} is not a whole number; categories are counted, not measured. " +
                "Recode the column, or leave it out with --items.",
            NumberForm.TooLarge => $"The code {shown} is outside the range of 32-bit integers. Recode the column, or leave it out with --items.",
            _ => $"The response {shown} is not a number. Recode it, list it in --missing if it means missing, " +
                "score it with --key, or leave the column out with --items.",
        };
        book.MarkUnsound(item);
        result.Problems.Add(new DataProblem(message, path, recordLine, name));
    }

    private void ReportForm(int column, long recordLine)
    {
        if (field.Form == FieldForm.NeverClosed)
            book.MarkAllUnsound();
        Report(recordLine, column, field.Form == FieldForm.NeverClosed
            ? $"The quoted field {TextBytes.Show(field.Value)} is never closed, so the rest of the file became part of it. Add the closing double quote."
            : $"Text follows the closing quote of {TextBytes.Show(field.Value)}. Write a double quote inside a quoted field twice.");
    }

    private void ReportRagged(int start, int fieldCount, long recordLine, long problemsBefore)
    {
        // Fields of a ragged row stand under the wrong names: one message for the row, none for its fields,
        // except where a quoting mistake is the cause.
        bool quoting = field.Form == FieldForm.NeverClosed;
        if (!quoting)
        {
            result.Problems.RollBack(problemsBefore);
            Report(recordLine, null, string.Create(CultureInfo.InvariantCulture,
                $"The row has {fieldCount} field{(fieldCount == 1 ? "" : "s")} where the header has {plan.Roles.Length}; it reads {TextBytes.Show(FirstLine(start))}. ") +
                "Add or remove fields, or quote one that holds the delimiter; a first column of row names needs a name too.");
        }
        PadColumns();
    }

    // Keeps the per-person lists as long as the number of persons.
    private void PadColumns()
    {
        int count = result.PersonCount + 1;
        if (plan.Has(ColumnPlan.Id) && result.Ids.Count < count)
            result.Ids.Add(default);
        if (plan.Has(ColumnPlan.Group) && result.Groups.Count < count)
            result.Groups.Add(result.GroupLabels.Add(""));
        if (plan.Has(ColumnPlan.Class) && result.Classes.Count < count)
            result.Classes.Add(-1);
        if (plan.Has(ColumnPlan.Weight) && result.Weights.Count < count)
            result.Weights.Add(1);
    }

    private ReadOnlySpan<byte> FirstLine(int start)
    {
        ReadOnlySpan<byte> rest = block.Buffer.AsSpan(start, block.End - start);
        int lineEnd = rest.IndexOfAny(TextBytes.LineFeed, TextBytes.CarriageReturn);
        return lineEnd < 0 ? rest : rest[..lineEnd];
    }

    private void Report(long recordLine, int? column, string message) =>
        result.Problems.Add(new DataProblem(message, path, recordLine, column is { } known ? plan.Names[known] : null));
}
