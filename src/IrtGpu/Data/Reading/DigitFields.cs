using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IrtGpu.Data.Reading;

/// <summary>Runs of the commonest fields, one digit or nothing, each followed by the delimiter: many at a time.</summary>
internal static class DigitFields
{
    private const int FieldsAtOnce = 16; // of two bytes

    /// <summary>Reads as many such fields as come first.</summary>
    /// <param name="text">Begins with a field; may go on beyond the record.</param>
    /// <param name="delimiter">What ends each field.</param>
    /// <param name="known">Digits that stand for themselves. [item]</param>
    /// <param name="responses">Room for the fields to read at most; beyond those read it may be overwritten. [field]</param>
    /// <param name="firstItem">Item of the first field; the others follow.</param>
    /// <param name="length">Bytes read, delimiters included.</param>
    /// <returns>Fields read.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Read(ReadOnlySpan<byte> text, byte delimiter, DigitSets known, Span<byte> responses, int firstItem, out int length)
    {
        length = 0;
        if (text[0] == delimiter)
        {
            int end = Math.Min(responses.Length, text.Length);
            int empty = text[..end].IndexOfAnyExcept(delimiter);
            length = empty < 0 ? end : empty;
            responses[..length].Fill(ResponseData.Missing);
            return length;
        }
        int count = 0;
        if (!BitConverter.IsLittleEndian)
            return count;
        Vector256<ushort> zero = Vector256.Create((ushort)('0' | delimiter << 8));
        Vector256<ushort> beyond = Vector256.Create((ushort)DigitSets.DigitCount);
        while (count < responses.Length && text.Length - length >= Vector256<byte>.Count)
        {
            Vector256<ushort> fields = Vector256.LoadUnsafe(ref Unsafe.AsRef(in text[length])).AsUInt16() ^ zero;
            Vector256<ushort> isDigit = Vector256.LessThan(fields, beyond);
            Vector128<byte> digits = Vector128.Narrow(fields.GetLower(), fields.GetUpper());
            Vector128<byte> isGood = Vector128.Narrow(isDigit.GetLower(), isDigit.GetUpper()) & known.Contain(digits & Vector128.Create((byte)15), firstItem + count);
            int good = Math.Min(BitOperations.TrailingZeroCount(~isGood.ExtractMostSignificantBits()), responses.Length - count);
            if (count + FieldsAtOnce <= responses.Length)
                digits.StoreUnsafe(ref responses[count]);
            else
                MemoryMarshal.AsBytes(new ReadOnlySpan<Vector128<byte>>(in digits))[..good].CopyTo(responses[count..]);
            count += good;
            length += 2 * good;
            if (good < FieldsAtOnce)
                break;
        }
        return count;
    }
}
