using System.Runtime.Intrinsics;

namespace IrtGpu.Data.Reading;

/// <summary>For every item a set of digits, laid out so that those of sixteen consecutive items are compared at once.</summary>
internal sealed class DigitSets(int itemCount)
{
    public const int DigitCount = 10;

    private readonly byte[] low = new byte[itemCount + Vector128<byte>.Count]; // [item] bit d for digit d below 8
    private readonly byte[] high = new byte[itemCount + Vector128<byte>.Count]; // [item] bits 0 and 1 for the digits 8 and 9

    private static Vector128<byte> LowBit => Vector128.Create((byte)1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0);

    private static Vector128<byte> HighBit => Vector128.Create((byte)0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0);

    /// <summary>Adds a digit; other numbers are passed over.</summary>
    public void Add(int item, int digit)
    {
        if (digit is < 0 or >= DigitCount)
            return;
        (digit < 8 ? low : high)[item] |= (byte)(1 << (digit & 7));
    }

    /// <summary>Removes a digit; other numbers are passed over.</summary>
    public void Remove(int item, int digit)
    {
        if (digit is < 0 or >= DigitCount)
            return;
        (digit < 8 ? low : high)[item] &= (byte)~(1 << (digit & 7));
    }

    /// <summary>All bits set where a byte is in the set of its item.</summary>
    /// <param name="digits">Bytes below 16, of consecutive items.</param>
    /// <param name="firstItem">Item of the first byte; those beyond the last item have no digits.</param>
    public Vector128<byte> Contain(Vector128<byte> digits, int firstItem)
    {
        Vector128<byte> inLow = Vector128.Shuffle(LowBit, digits) & Vector128.LoadUnsafe(ref low[firstItem]);
        Vector128<byte> inHigh = Vector128.Shuffle(HighBit, digits) & Vector128.LoadUnsafe(ref high[firstItem]);
        return ~Vector128.Equals(inLow | inHigh, Vector128<byte>.Zero);
    }
}
