using System.Numerics;

namespace IrtGpu.Foundation.Sampling;

/// <summary>Random numbers of one stream, such as a person or a data set: they depend on the seed and the stream alone, never on threads or on other streams.</summary>
/// <remarks>xoshiro256** (Blackman and Vigna 2021), its state filled by SplitMix64 from seed and stream.</remarks>
internal struct StreamRandom
{
    private ulong s0;
    private ulong s1;
    private ulong s2;
    private ulong s3;

    public StreamRandom(int seed, int stream)
    {
        ulong state = ((ulong)(uint)seed << 32) | (uint)stream;
        s0 = SplitMix(ref state);
        s1 = SplitMix(ref state);
        s2 = SplitMix(ref state);
        s3 = SplitMix(ref state);
    }

    /// <summary>Uniform on [0, 1), 53 bits.</summary>
    public double NextUniform() => ToUniform(NextBits());

    /// <summary>The top 53 of 64 random bits as a number on [0, 1).</summary>
    public static double ToUniform(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        ulong result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        ulong shifted = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= shifted;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>Standard normal, by Box and Muller (1958).</summary>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextUniform()));
        return radius * Math.Cos(2 * Math.PI * NextUniform());
    }

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
