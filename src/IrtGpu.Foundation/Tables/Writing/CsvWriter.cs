using System.Buffers;
using System.Globalization;
using System.Text;

namespace IrtGpu.Foundation.Tables.Writing;

/// <summary>Writes comma-separated records as UTF-8 through one byte buffer: LF, invariant culture, quotes only where needed.</summary>
/// <param name="stream">Where to; left open.</param>
internal sealed class CsvWriter(Stream stream) : IDisposable
{
    private const int LongestNumber = 32;
    private const int LongestPlain = 1 << 12; // of UTF-8 text copied as it is
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(",\"\n\r;\t");
    private static readonly SearchValues<byte> NeedsQuotesUtf8 = SearchValues.Create(",\"\n\r;\t"u8);
    private readonly byte[] buffer = new byte[1 << 16];
    private int used;
    private bool isInRecord;

    /// <summary>Writes a record of texts.</summary>
    public void Record(params ReadOnlySpan<string> fields)
    {
        foreach (string field in fields)
            Field(field);
        EndRecord();
    }

    public void Field(string text)
    {
        Separate();
        bool quote = text.AsSpan().ContainsAny(NeedsQuotes) || (text.Length > 0 && (text[0] == ' ' || text[^1] == ' '));
        Append(quote ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text);
    }

    /// <param name="text">UTF-8 text.</param>
    public void Field(ReadOnlySpan<byte> text)
    {
        if (text.Length > LongestPlain || text.ContainsAny(NeedsQuotesUtf8) || (text.Length > 0 && (text[0] == ' ' || text[^1] == ' ')))
        {
            Field(Encoding.UTF8.GetString(text));
            return;
        }
        Separate();
        Reserve(text.Length);
        text.CopyTo(buffer.AsSpan(used));
        used += text.Length;
    }

    public void Field(long number)
    {
        Separate();
        Reserve(LongestNumber);
        number.TryFormat(buffer.AsSpan(used), out int written, default, CultureInfo.InvariantCulture);
        used += written;
    }

    /// <summary>Writes the shortest text that reads back as the same number; nothing for null, NaN and infinities.</summary>
    public void Field(double? number)
    {
        Separate();
        if (number is not { } value || !double.IsFinite(value))
            return;
        Reserve(LongestNumber);
        value.TryFormat(buffer.AsSpan(used), out int written, "R", CultureInfo.InvariantCulture);
        used += written;
    }

    public void EndRecord()
    {
        Reserve(1);
        buffer[used++] = (byte)'\n';
        isInRecord = false;
    }

    public void Dispose() => Flush();

    /// <summary>Hands what was written so far to the stream.</summary>
    public void Flush()
    {
        stream.Write(buffer, 0, used);
        used = 0;
    }

    private void Separate()
    {
        Reserve(1);
        if (isInRecord)
            buffer[used++] = (byte)',';
        isInRecord = true;
    }

    private void Append(string text)
    {
        int size = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (size > buffer.Length)
        {
            Flush();
            stream.Write(Encoding.UTF8.GetBytes(text));
            return;
        }
        Reserve(size);
        used += Encoding.UTF8.GetBytes(text, buffer.AsSpan(used));
    }

    private void Reserve(int count)
    {
        if (used + count > buffer.Length)
            Flush();
    }
}
