using System.Globalization;
using System.Runtime.CompilerServices;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Progress;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Text;
using nietras.SeparatedValues;

namespace IrtGpu.Data.Reading;

/// <summary>Turns the records of a table into coded persons.</summary>
internal sealed class PersonParser(
    TableReader table, string path, ColumnPlan plan, CodeBook book, MissingCodes missing, PersonRows persons, ProblemLog problems)
{
    private const int RowsPerReport = 4096;

    private readonly bool isNaMissing = missing.IsMissing("NA");
    private readonly bool hasTellingNames = // no letters or numbers, which may be answers as well
        plan.Names.Count(name => name.Length > 1 && WholeNumber.Parse(name, out _) == NumberForm.None) > plan.Names.Length / 2;

    private readonly SortedDictionary<int, (PlaceTally Places, string First)> ragged = []; // by number of fields

    /// <summary>Reads what is left of the table.</summary>
    /// <exception cref="DataException">The file is no text from somewhere on, or cannot be read.</exception>
    public void ReadAll(IProgress<WorkProgress>? progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            long rows = 0;
            while (table.TryAdvance(persons.BlankLines))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (IsHeader())
                {
                    persons.HeaderLines.Add(table.Line);
                    continue;
                }
                if (++rows % RowsPerReport == 0)
                    progress?.Report(table.Progress);
                Span<byte> row = persons.Add(table.Line);
                if (table.FieldCount == plan.Roles.Length)
                    ParseRow(row);
                else
                    RefuseRow(row);
            }
        }
        finally
        {
            ReportRagged();
        }
        persons.Complete();
    }

    /// <summary>One message for all rows of a number of fields.</summary>
    private void ReportRagged()
    {
        foreach ((int count, (PlaceTally places, string first)) in ragged)
        {
            string fields = string.Create(CultureInfo.InvariantCulture, $"{count} field{(count == 1 ? "" : "s")} where the header has {plan.Roles.Length}");
            problems.Add(new DataProblem(
                (places.Count == 1
                    ? $"The row has {fields}; it reads {SeenText.Show(first)}. "
                    : string.Create(CultureInfo.InvariantCulture, $"{places.Count} rows have {fields}: {places}; the first reads {SeenText.Show(first)}. "))
                + "Add or remove fields, or quote one that holds the delimiter; a first column of row names needs a name too.", path, places.FirstLine));
        }
    }

    private bool IsHeader()
    {
        if (!hasTellingNames || table.FieldCount != plan.Names.Length)
            return false;
        for (int column = 0; column < plan.Names.Length; column++)
        {
            if (!table.Read(column, out _).SequenceEqual(plan.Names[column]))
                return false;
        }
        return true;
    }

    // Nearly all time is spent here, in a few calls: do not start in unoptimised code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ParseRow(Span<byte> row)
    {
        SepReader.Row record = table.Record;
        ReadOnlySpan<byte> direct = book.DirectTable;
        ReadOnlySpan<byte> blanks = book.Blanks;
        int[] roles = plan.Roles;
        for (int column = 0; column < roles.Length; column++)
        {
            int role = roles[column];
            if (role >= 0 && TryEncode(record[column].Span, direct.Slice(role * CodeBook.DirectSpan, CodeBook.DirectSpan), blanks[role], out byte response))
                row[role] = response;
            else if (role >= 0 && TryEncodeCharacter(record[column].Span, role, out response))
                row[role] = response;
            else
                ParseField(column, role, row);
        }
        if (row.IndexOfAnyExcept(ResponseData.Missing) < 0)
            persons.EmptyPersons.Add(table.Line);
        else if (row.SequenceEqual(blanks))
            persons.BlankPersons.Add(table.Line);
    }

    // The common field: one or two digits, perhaps a sign; or NA, or nothing at all.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryEncode(ReadOnlySpan<char> field, ReadOnlySpan<byte> direct, byte blank, out byte response)
    {
        response = ResponseData.Missing;
        int code;
        switch (field.Length)
        {
            case 0:
                response = blank;
                return true;
            case 1:
                code = DigitOf(field[0]);
                break;
            case 2 when field[0] == '-':
                code = -DigitOf(field[1]);
                break;
            case 2 when field[0] == 'N':
                return isNaMissing && field[1] == 'A';
            case 2:
                code = 10 * DigitOf(field[0]) + DigitOf(field[1]);
                break;
            default:
                return false;
        }
        if (code is < CodeBook.DirectLow or >= NoDigit)
            return false;
        response = direct[code - CodeBook.DirectLow];
        return CodeBook.IsKnown(response);
    }

    // A letter, as multiple choice has it.
    private bool TryEncodeCharacter(ReadOnlySpan<char> field, int item, out byte response)
    {
        response = ResponseData.Missing;
        if (field.Length != 1 || field[0] >= CodeBook.CharacterSpan)
            return false;
        response = book.CharacterTable[item * CodeBook.CharacterSpan + field[0]];
        return CodeBook.IsKnown(response);
    }

    private const int NoDigit = 100;

    private static int DigitOf(char character) => char.IsAsciiDigit(character) ? character - '0' : NoDigit;

    private void ParseField(int column, int role, Span<byte> row)
    {
        ReadOnlySpan<char> value = table.Read(column, out FieldForm form);
        if (form != FieldForm.Sound)
            ReportForm(column, value, form);
        switch (role)
        {
            case >= 0:
                row[role] = form == FieldForm.Sound ? Encode(role, value) : EncodeUnsound(role);
                break;
            case ColumnPlan.Id:
                if (value.IsEmpty)
                    persons.BlankIds.Add(table.Line);
                persons.Ids!.Add(value);
                break;
            case ColumnPlan.Group:
                if (missing.IsMissing(value.Trim()))
                    persons.MissingGroups.Add(table.Line, value.ToString());
                persons.Groups!.Add(value);
                break;
            case ColumnPlan.Class:
                if (missing.IsMissing(value.Trim()))
                    persons.Classes!.AddMissing();
                else
                    persons.Classes!.Add(value);
                break;
            case ColumnPlan.Weight:
                persons.Weights!.Add(value, missing.IsMissing(value.Trim()), table.Line);
                break;
            default:
                break;
        }
    }

    private byte EncodeUnsound(int item)
    {
        book[item].IsUnsound = true;
        return ResponseData.Missing;
    }

    private byte Encode(int item, ReadOnlySpan<char> value)
    {
        value = value.Trim(); // blanks inside quotes
        if (value.IsEmpty)
            return book.Blanks[item];
        if (missing.IsMissing(value))
            return ResponseData.Missing;
        NumberForm form = WholeNumber.Parse(value, out int code);
        return form == NumberForm.Whole ? book.Encode(item, code, table.Line) : book.Encode(item, value, form, table.Line);
    }

    private void ReportForm(int column, ReadOnlySpan<char> value, FieldForm form)
    {
        if (form == FieldForm.NeverClosed)
            book.MarkAllUnsound();
        Report(column, form == FieldForm.NeverClosed
            ? $"The quoted field {SeenText.Show(value)} is never closed, so the rest of the file became part of it. Add the closing double quote."
            : $"Text follows the closing quote of {SeenText.Show(value)}. Write a double quote inside a quoted field twice.");
    }

    // Fields of a ragged row stand under the wrong names: one message for all rows with as many, none for their fields,
    // except where a quoting mistake is the cause.
    private void RefuseRow(Span<byte> row)
    {
        int count = table.FieldCount;
        ReadOnlySpan<char> last = table.Read(count - 1, out FieldForm form);
        if (form == FieldForm.NeverClosed)
        {
            ReportForm(Math.Min(count, plan.Names.Length) - 1, last, form);
        }
        else
        {
            if (!ragged.TryGetValue(count, out (PlaceTally Places, string First) known))
                ragged[count] = known = (new PlaceTally(), table.FirstLine);
            known.Places.Add(table.Line);
        }
        row.Fill(ResponseData.Missing);
        persons.Ids?.Add("");
        persons.Groups?.Add("");
        persons.Classes?.AddMissing();
        persons.Weights?.AddNone();
    }

    private void Report(int? column, string message) =>
        problems.Add(new DataProblem(message, path, table.Line, column is { } known ? plan.Names[known] : null));
}
