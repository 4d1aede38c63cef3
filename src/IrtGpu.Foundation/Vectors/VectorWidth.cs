using System.Runtime.Intrinsics;

namespace IrtGpu.Foundation.Vectors;

/// <summary>The width of the vectors that this process computes with: chosen once, by the processor or by an environment variable.</summary>
internal static class VectorWidth
{
    /// <summary>Names a width: 512, 256 or 128. Without it the processor chooses.</summary>
    public const string Variable = "IRTGPU_VECTOR";

    private static readonly (int Bits, string? Problem) Choice = Choose(Environment.GetEnvironmentVariable(Variable), Widest);

    /// <summary>Bits of a vector: 512, 256 or 128.</summary>
    public static int Bits => Choice.Bits;

    /// <summary>What is wrong with the value of the variable; null: nothing.</summary>
    public static string? Problem => Choice.Problem;

    /// <summary>The widest vectors that the runtime uses here: not all that the processor has, where wide ones slow it down.</summary>
    public static int Widest => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>Refuses to compute where the variable names no width of this machine.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public static void Require()
    {
        if (Problem is not null)
            throw new InvalidOperationException(Problem);
    }

    /// <summary>The width that a value of the variable asks for, and what is wrong with it.</summary>
    /// <param name="asked">The value; null or empty: nothing is asked for.</param>
    /// <param name="widest">Bits that the machine can do.</param>
    internal static (int Bits, string? Problem) Choose(string? asked, int widest) => asked switch
    {
        null or "" => (widest, null),
        "128" => (128, null),
        "256" when widest >= 256 => (256, null),
        "512" when widest >= 512 => (512, null),
        "256" or "512" => (widest, $"{Variable}={asked}: this machine's vectors have {widest} bits; wider ones would be put together from parts, slowly. Unset it, or ask for {(widest == 256 ? "256 or 128" : "128")}."),
        _ => (widest, $"{Variable}={asked}: there are vectors of 512, 256 and 128 bits. Unset it to take the widest of this machine, {widest}."),
    };
}
