using IrtGpu.Foundation.Progress;
using IrtGpu.Foundation.Tables.Problems;
using nietras.SeparatedValues;

namespace IrtGpu.Foundation.Tables.Text;

/// <summary>How a field was written.</summary>
internal enum FieldForm
{
    /// <summary>Bare, or quoted and closed before the delimiter.</summary>
    Sound,

    /// <summary>Text follows the closing quote.</summary>
    TextAfterQuote,

    /// <summary>The closing quote is missing; the field runs to the end of the file.</summary>
    NeverClosed,
}

/// <summary>Reads the records of a delimited file one by one, the header first; holds one buffer of text, never the file.</summary>
internal sealed class TableReader : IDisposable
{
    private readonly string path;
    private readonly TableCharacters characters;
    private readonly FileStream file;
    private readonly long fileLength;
    private readonly SepReader records;
    private char[] unescaped = [];
    private bool isBegun;
    private long nextLine = 1;

    private TableReader(string path, TableCharacters characters, FileStream file)
    {
        this.path = path;
        this.file = file;
        fileLength = file.Length;
        this.characters = characters;
        records = Sep.New(characters.Delimiter).Reader(options => options with { HasHeader = false, DisableColCountCheck = true }).From(characters);
    }

    /// <summary>What separates fields: comma, tab or semicolon.</summary>
    public char Delimiter => characters.Delimiter;

    /// <summary>Line at which the record begins.</summary>
    public long Line { get; private set; }

    /// <summary>The record: its fields as they are written, with blanks and quotes; see <see cref="Read"/>.</summary>
    public SepReader.Row Record => records.Current;

    /// <summary>Number of fields of the record.</summary>
    public int FieldCount => records.Current.ColCount;

    /// <summary>Whether all fields of the record are soundly quoted.</summary>
    public bool IsSound
    {
        get
        {
            FieldForm form = FieldForm.Sound;
            for (int column = 0; column < FieldCount && form == FieldForm.Sound; column++)
                Read(column, out form);
            return form == FieldForm.Sound;
        }
    }

    /// <summary>The first line of the record, for messages.</summary>
    public string FirstLine
    {
        get
        {
            ReadOnlySpan<char> text = records.Current.Span;
            int end = text.IndexOfAny('\n', '\r');
            return (end < 0 ? text : text[..end]).ToString().Replace(TableCharacters.BareQuote, '"');
        }
    }

    /// <summary>Opens the file and finds its delimiter.</summary>
    /// <exception cref="DataException">The file is missing, a directory, no text, or cannot be read.</exception>
    public static TableReader Open(string path)
    {
        Stream text = TableFile.Open(path, out FileStream file);
        try
        {
            return new TableReader(path, new TableCharacters(text), file);
        }
        catch (Exception error) when (TableFile.Explain(error, path) is { } problem)
        {
            text.Dispose();
            throw new DataException([problem]);
        }
    }

    /// <summary>How much of the file was taken in.</summary>
    public WorkProgress Progress => WorkProgress.OfBytes($"reading {Path.GetFileName(path)}", file.Position, fileLength);

    /// <summary>Goes to the next record; blank lines are passed over.</summary>
    /// <param name="blankLines">Receives the blank lines.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="DataException">The file is no text from here on, cannot be read, or the record has no end.</exception>
    public bool TryAdvance(PlaceTally? blankLines = null)
    {
        try
        {
            while (records.MoveNext())
            {
                Line = isBegun ? records.Current.LineNumberFrom : 1; // the parser counts from 1 behind the first record only
                isBegun = true;
                nextLine = records.Current.LineNumberToExcl;
                if (!records.Current.Span.TrimEnd(' ').IsEmpty)
                    return true;
                blankLines?.Add(Line);
            }
            return false;
        }
        catch (NotSupportedException)
        {
            throw new DataException([new DataProblem(
                "The row that begins here has no end within 16 million characters. A quoted field was probably never closed; " +
                "add the missing double quote, or remove a stray one at the start of a field.", path, nextLine)]);
        }
        catch (Exception error) when (TableFile.Explain(error, path) is { } problem)
        {
            throw new DataException([problem]);
        }
    }

    /// <summary>The text of a field: blanks at its ends removed, or quotes around it with doubled ones undone.</summary>
    /// <param name="column">0-based position.</param>
    /// <param name="form">How it was written; unless sound, the text is what can be shown of it.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<char> Read(int column, out FieldForm form)
    {
        ReadOnlySpan<char> field = records.Current[column].Span.Trim(" \t"); // a tab that delimits is in no bare field
        form = FieldForm.Sound;
        if (field.IndexOfAny('"', TableCharacters.BareQuote) < 0)
            return field;
        if (unescaped.Length < field.Length)
            unescaped = new char[2 * field.Length];
        if (field[0] == '"')
            return ReadQuoted(field[1..], out form);
        field.Replace(unescaped, TableCharacters.BareQuote, '"');
        return unescaped.AsSpan(0, field.Length);
    }

    public void Dispose()
    {
        records.Dispose();
        characters.Dispose();
    }

    private ReadOnlySpan<char> ReadQuoted(ReadOnlySpan<char> rest, out FieldForm form)
    {
        int length = 0;
        while (true)
        {
            int quote = rest.IndexOf('"');
            ReadOnlySpan<char> text = quote < 0 ? rest : rest[..quote];
            text.CopyTo(unescaped.AsSpan(length));
            length += text.Length;
            rest = quote < 0 ? [] : rest[(quote + 1)..];
            if (quote < 0 || rest is not ['"', ..])
            {
                form = quote < 0 ? FieldForm.NeverClosed : rest.IsEmpty ? FieldForm.Sound : FieldForm.TextAfterQuote;
                return unescaped.AsSpan(0, length);
            }
            unescaped[length++] = '"';
            rest = rest[1..];
        }
    }
}
