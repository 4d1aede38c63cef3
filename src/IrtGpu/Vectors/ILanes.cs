using IrtGpu.Models;

namespace IrtGpu.Vectors;

/// <summary>
/// Doubles side by side in one register of the processor: what the host's inner loops and its item models are generic over, so that one
/// body serves every width of vector. Implementations are the runtime's vectors and nothing else: a loop over one compiles to the
/// instructions of that width.
/// </summary>
/// <remarks>Operators fuse nothing, so each lane has the bits that <see cref="Scalar"/> gives, whatever the width of the vector.</remarks>
/// <typeparam name="TSelf">The implementation.</typeparam>
internal unsafe interface ILanes<TSelf> : IReal<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Doubles of a vector, 8 or a divisor of it: rows padded to eights hold whole vectors of every width.</summary>
    static abstract int Count { get; }

    /// <summary>One of them.</summary>
    /// <param name="lane">Below <see cref="Count"/>.</param>
    double this[int lane] { get; }

    /// <summary>The double in every lane.</summary>
    static abstract implicit operator TSelf(double value); // conversions are not inherited by type parameters

    /// <summary>Shifts the bits of each double up.</summary>
    static abstract TSelf operator <<(TSelf value, int count);

    static abstract TSelf Load(double* address);

    static abstract TSelf Load(ref double first, nuint offset);

    /// <summary>Doubles a number of places apart.</summary>
    static abstract TSelf Gather(ref double first, nuint stride);

    void Store(double* address);

    void Store(ref double first, nuint offset);

    /// <summary>1, x, x², … by products of squares.</summary>
    /// <param name="x">x.</param>
    /// <param name="next">x^<see cref="Count"/>: a product by it gives the next powers.</param>
    static abstract TSelf Powers(double x, out double next);

    /// <summary>a · b + c, rounded once where the processor can; else twice, as in software one rounding takes fifty times as long.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The larger, in one instruction; of a NaN and a number one of the two, of 0 and −0 either.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>Sum of the doubles' bits as whole numbers.</summary>
    static abstract TSelf AddBits(TSelf left, TSelf right);

    /// <summary>Whether all lanes are 0.</summary>
    bool IsZero();

    /// <summary>Sum of the lanes, in the runtime's order for this width.</summary>
    double Sum();
}
