using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IrtGpu.Foundation.Vectors;

/// <summary>Sums over arrays in an order that depends on their length alone.</summary>
/// <remarks>
/// Tensor primitives add in an order that depends on where the numbers lie in memory, and so give other last bits from run to run. Here
/// sixteen partial sums take every sixteenth number each, whatever the width of the machine's vectors; then these are added, then what
/// is left over, one by one.
/// </remarks>
internal static class FixedOrderSums
{
    private const int Lane = 4;
    private const int Stride = 4 * Lane;

    /// <summary>Σ x.</summary>
    /// <param name="values">x.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum(ReadOnlySpan<double> values)
    {
        ref double first = ref MemoryMarshal.GetReference(values);
        int index = 0;
        double sum = 0;
        if (values.Length >= Stride)
        {
            (Vector256<double> a, Vector256<double> b, Vector256<double> c, Vector256<double> d) = (default, default, default, default);
            for (; index <= values.Length - Stride; index += Stride)
            {
                a += Load(ref first, index);
                b += Load(ref first, index + Lane);
                c += Load(ref first, index + 2 * Lane);
                d += Load(ref first, index + 3 * Lane);
            }
            sum = Total(a, b, c, d);
        }
        for (; index < values.Length; index++)
            sum += values[index];
        return sum;
    }

    /// <summary>Σ x y.</summary>
    /// <param name="left">x.</param>
    /// <param name="right">y, as many.</param>
    /// <exception cref="ArgumentException">They are not as many.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        if (left.Length != right.Length)
            throw new ArgumentException($"{left.Length} numbers cannot be multiplied by {right.Length}, one by one.", nameof(right));
        ref double first = ref MemoryMarshal.GetReference(left);
        ref double second = ref MemoryMarshal.GetReference(right);
        int index = 0;
        double sum = 0;
        if (left.Length >= Stride)
        {
            (Vector256<double> a, Vector256<double> b, Vector256<double> c, Vector256<double> d) = (default, default, default, default);
            for (; index <= left.Length - Stride; index += Stride)
            {
                a = FixedRounding.MultiplyAdd(Load(ref first, index), Load(ref second, index), a);
                b = FixedRounding.MultiplyAdd(Load(ref first, index + Lane), Load(ref second, index + Lane), b);
                c = FixedRounding.MultiplyAdd(Load(ref first, index + 2 * Lane), Load(ref second, index + 2 * Lane), c);
                d = FixedRounding.MultiplyAdd(Load(ref first, index + 3 * Lane), Load(ref second, index + 3 * Lane), d);
            }
            sum = Total(a, b, c, d);
        }
        for (; index < left.Length; index++)
            sum += left[index] * right[index];
        return sum;
    }

    /// <summary>Σ x².</summary>
    /// <param name="values">x.</param>
    public static double SumOfSquares(ReadOnlySpan<double> values) => Dot(values, values);

    /// <summary>√Σ x².</summary>
    /// <param name="values">x.</param>
    public static double Norm(ReadOnlySpan<double> values) => Math.Sqrt(Dot(values, values));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Load(ref double first, int index) => Vector256.LoadUnsafe(ref first, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Total(Vector256<double> a, Vector256<double> b, Vector256<double> c, Vector256<double> d)
    {
        Vector256<double> sum = a + b + (c + d);
        Vector128<double> half = sum.GetLower() + sum.GetUpper();
        return half.GetElement(0) + half.GetElement(1);
    }
}
