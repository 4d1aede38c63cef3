namespace IrtGpu.Models;

/// <summary>A number, or several side by side: what item models compute with, so that one body serves devices, the host and its vectors.</summary>
/// <remarks>
/// Arithmetic is that of doubles, each operation rounded once and never fused, so that every implementation gives the same bits. There
/// are no branches on values: a comparison selects one of two numbers, both computed. NaN compares as in C#: neither less nor equal.
/// </remarks>
/// <typeparam name="TSelf">The implementation.</typeparam>
public interface IReal<TSelf>
    where TSelf : struct, IReal<TSelf>
{
    /// <summary>The number everywhere.</summary>
    /// <param name="value">Any double.</param>
    static abstract implicit operator TSelf(double value);

    /// <summary>Sum.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>Difference.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>Product.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>Quotient.</summary>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>Opposite.</summary>
    static abstract TSelf operator -(TSelf value);

    /// <summary><paramref name="chosen"/> where left &lt; right, <paramref name="otherwise"/> elsewhere.</summary>
    static abstract TSelf WhereLess(TSelf left, TSelf right, TSelf chosen, TSelf otherwise);

    /// <summary><paramref name="chosen"/> where left = right, <paramref name="otherwise"/> elsewhere.</summary>
    static abstract TSelf WhereEqual(TSelf left, TSelf right, TSelf chosen, TSelf otherwise);

    /// <summary>The nearest integer, halves away from 0.</summary>
    /// <param name="value">Below 2^31 in size.</param>
    static abstract TSelf Nearest(TSelf value);

    /// <summary>2^n.</summary>
    /// <param name="exponent">n, an integer from −1022 to 1023.</param>
    static abstract TSelf PowerOfTwo(TSelf exponent);

    /// <summary>x/2^k, in [√½, √2).</summary>
    /// <param name="value">x: positive, finite and normal. Otherwise the result is any number.</param>
    /// <param name="exponent">k.</param>
    static abstract TSelf Significand(TSelf value, out TSelf exponent);
}
