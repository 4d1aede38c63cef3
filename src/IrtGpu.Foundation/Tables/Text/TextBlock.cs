namespace IrtGpu.Foundation.Tables.Text;

/// <summary>A run of whole records in a pooled buffer.</summary>
/// <param name="Buffer">Holds the text; at least two bytes longer than <paramref name="End"/>.</param>
/// <param name="Start">First byte of the first record.</param>
/// <param name="End">One past the last byte; the byte before it ends a line, unless a quoted field was never closed.</param>
/// <param name="Line">1-based line of the first record.</param>
internal readonly record struct TextBlock(byte[] Buffer, int Start, int End, long Line)
{
    public ReadOnlySpan<byte> Text => Buffer.AsSpan(Start, End - Start);
}
