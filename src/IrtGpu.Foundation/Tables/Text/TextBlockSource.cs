using System.Buffers;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Foundation.Tables.Text;

/// <summary>
/// Cuts a stream of delimited text into blocks that end where a record ends, so that blocks can be parsed
/// independently of each other. Holds one block's bytes and the start of the next record, never the file.
/// </summary>
internal sealed class TextBlockSource(Stream stream, string path, int blockSize)
{
    private const int LongestRecord = 1 << 26;
    private const int Slack = 4;

    private byte[] carry = [];
    private int carryLength;
    private bool started;
    private bool ended;
    private long line = 1;

    /// <summary>The delimiter, known once the first block has been read.</summary>
    public byte Delimiter { get; private set; }

    /// <summary>Reads the next block; its buffer is rented and goes back with <see cref="Return"/>.</summary>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="DataException">A record is longer than 64 MiB, or the text is UTF-16.</exception>
    public bool TryRead(out TextBlock block)
    {
        block = default;
        if (ended)
            return false;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(blockSize, 2 * carryLength) + Slack);
        carry.AsSpan(0, carryLength).CopyTo(buffer);
        int length = carryLength;
        int start = 0;
        while (true)
        {
            int free = buffer.Length - Slack - length;
            int count = stream.ReadAtLeast(buffer.AsSpan(length, free), free, throwOnEndOfStream: false);
            length += count;
            ended = count < free;
            if (!started)
            {
                start = SkipByteOrderMark(buffer.AsSpan(0, length));
                Delimiter = DelimiterDetection.Detect(buffer.AsSpan(start, length - start));
                started = true;
            }
            int end = ended ? length : start + LastRecordEnd(buffer.AsSpan(start, length - start));
            if (end > start || ended)
            {
                carryLength = length - end;
                if (carry.Length < carryLength)
                    carry = new byte[carryLength];
                buffer.AsSpan(end, carryLength).CopyTo(carry);
                if (end > start && !TextBytes.IsLineEnd(buffer[end - 1]))
                    buffer[end++] = TextBytes.LineFeed; // the last line of a file may lack its end
                block = new TextBlock(buffer, start, end, line);
                line += TextBytes.CountLines(block.Text);
                return end > start;
            }
            if (length > LongestRecord)
            {
                throw new DataException([new DataProblem(
                    "The row that begins here has no end within 64 MiB. A quoted field was probably never closed; " +
                    "add the missing double quote, or remove a stray one at the start of a field.", path, line)]);
            }
            byte[] larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
            buffer.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }
    }

    public static void Return(TextBlock block) => ArrayPool<byte>.Shared.Return(block.Buffer);

    private int SkipByteOrderMark(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || text.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            throw new DataException([new DataProblem(
                "The file begins with the UTF-16 byte order mark; only UTF-8 is read. Save it as UTF-8 (CSV UTF-8).", path, 1)]);
        }
        return text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
    }

    /// <summary>One past the last line end that is outside quotes, or 0. The text begins with a record.</summary>
    private int LastRecordEnd(ReadOnlySpan<byte> text)
    {
        int end = 0;
        int position = 0;
        while (true)
        {
            int opening = FindOpeningQuote(text, position);
            int segmentEnd = opening < 0 ? text.Length : opening;
            int lineEnd = LastLineEnd(text, position, segmentEnd);
            if (lineEnd > 0)
                end = lineEnd;
            if (opening < 0)
                return end;
            int closing = FindClosingQuote(text, opening + 1);
            if (closing < 0)
                return end;
            position = closing + 1;
        }
    }

    // A CR that ends the text is no record end yet: an LF may follow in the next read.
    private static int LastLineEnd(ReadOnlySpan<byte> text, int start, int end)
    {
        if (end == text.Length && end > start && text[end - 1] == TextBytes.CarriageReturn)
            end--;
        int found = text[start..end].LastIndexOfAny(TextBytes.LineFeed, TextBytes.CarriageReturn);
        return found < 0 ? 0 : start + found + 1;
    }

    // A double quote opens a field only as its first byte that is not blank; elsewhere it is text.
    private int FindOpeningQuote(ReadOnlySpan<byte> text, int start)
    {
        for (int from = start; ;)
        {
            int found = text[from..].IndexOf(TextBytes.Quote);
            if (found < 0)
                return -1;
            found += from;
            int before = found - 1;
            while (before >= 0 && TextBytes.IsBlank(text[before], Delimiter))
                before--;
            if (before < 0 || text[before] == Delimiter || TextBytes.IsLineEnd(text[before]))
                return found;
            from = found + 1;
        }
    }

    private static int FindClosingQuote(ReadOnlySpan<byte> text, int start)
    {
        for (int from = start; ;)
        {
            int found = text[from..].IndexOf(TextBytes.Quote);
            if (found < 0)
                return -1;
            found += from;
            if (found + 1 >= text.Length)
                return -1; // the next byte decides whether it is doubled
            if (text[found + 1] != TextBytes.Quote)
                return found;
            from = found + 2;
        }
    }
}
