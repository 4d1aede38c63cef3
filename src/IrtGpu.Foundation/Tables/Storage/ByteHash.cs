using System.Buffers.Binary;

namespace IrtGpu.Foundation.Tables.Storage;

/// <summary>A fast hash of bytes for tables in memory; not for anything that is kept.</summary>
internal static class ByteHash
{
    private const ulong FirstSecret = 0x9E37_79B9_7F4A_7C15; // 2^64 / golden ratio, odd
    private const ulong SecondSecret = 0xD6E8_FEB8_6659_FD93; // odd, about half of its bits set

    /// <summary>Eight bytes at a time, each folded in by the two halves of a 64 × 64 bit product.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed)
    {
        ulong hash = Mix(seed ^ SecondSecret, FirstSecret ^ (ulong)bytes.Length);
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), FirstSecret);
            bytes = bytes[sizeof(ulong)..];
        }
        ulong rest = 0;
        for (int i = 0; i < bytes.Length; i++)
            rest |= (ulong)bytes[i] << (8 * i);
        return Mix(hash ^ rest, SecondSecret);
    }

    private static ulong Mix(ulong value, ulong secret)
    {
        ulong high = Math.BigMul(value, secret, out ulong low);
        return high ^ low;
    }
}
