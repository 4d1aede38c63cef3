using System.Runtime.CompilerServices;

namespace IrtGpu.Models;

public static partial class Elementary
{
    private const double Ln2 = 0.6931471805599453;

    /// <summary>ln σ(x) = −ln(1 + e^−x), within 2 ulp; −∞ at −∞, 0 at +∞. ln(1 − σ(x)) is its value at −x.</summary>
    /// <param name="x">Any double.</param>
    public static double LogSigmoid(double x) => NegativePart(x) - LogisticTail(x);

    /// <summary>min(x, 0).</summary>
    /// <param name="x">Any double.</param>
    public static double NegativePart(double x) => x < 0.0 ? x : 0.0;

    /// <inheritdoc cref="NegativePart(double)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TReal NegativePart<TReal>(TReal x)
        where TReal : struct, IReal<TReal> => TReal.WhereLess(x, 0.0, x, 0.0);

    /// <summary>ln(1 + e^−|x|), within 2 ulp: what ln σ(x) = min(x, 0) − tail and ln σ(−x) = min(−x, 0) − tail share.</summary>
    /// <param name="x">Any double.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double LogisticTail(double x) => LogisticTail(new Scalar(x)).Value;

    /// <inheritdoc cref="LogisticTail(double)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TReal LogisticTail<TReal>(TReal x)
        where TReal : struct, IReal<TReal> => Log1P(Exp(TReal.WhereLess(0.0, x, -x, x)));

    /// <summary>Logistic function σ(x) = 1/(1 + e^−x), within 2.5 ulp; 0 at −∞, 1 at +∞.</summary>
    /// <param name="x">Any double.</param>
    public static double Sigmoid(double x) => Sigmoid(new Scalar(x), out _).Value;

    /// <summary>σ(x) and 1 − σ(x) = σ(−x) from one exponential, each within 2.5 ulp.</summary>
    /// <param name="x">Any double.</param>
    /// <param name="complement">1 − σ(x), accurate also where σ(x) rounds to 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sigmoid(double x, out double complement)
    {
        double result = Sigmoid(new Scalar(x), out Scalar other).Value;
        complement = other.Value;
        return result;
    }

    /// <inheritdoc cref="Sigmoid(double, out double)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TReal Sigmoid<TReal>(TReal x, out TReal complement)
        where TReal : struct, IReal<TReal>
    {
        TReal tail = Exp(TReal.WhereLess(0.0, x, -x, x));
        TReal larger = 1.0 / (1.0 + tail);
        TReal smaller = tail * larger;
        complement = TReal.WhereLess(0.0, x, smaller, larger);
        return TReal.WhereLess(0.0, x, larger, smaller);
    }

    /// <summary>ln(e^a + e^b); −∞ for both −∞. Error within 2 ulp of the larger of |max(a, b)| and |result|.</summary>
    /// <param name="a">Log of the first term; −∞ for a zero term.</param>
    /// <param name="b">Log of the second term; −∞ for a zero term.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double LogAddExp(double a, double b) => LogAddExp(new Scalar(a), new Scalar(b)).Value;

    /// <inheritdoc cref="LogAddExp(double, double)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TReal LogAddExp<TReal>(TReal a, TReal b)
        where TReal : struct, IReal<TReal>
    {
        TReal larger = TReal.WhereLess(b, a, a, b);
        TReal smaller = TReal.WhereLess(b, a, b, a);
        TReal sum = larger + Log1P(Exp(smaller - larger));
        return TReal.WhereEqual(a, b, a + Ln2, sum); // also where the difference of infinities would be NaN
    }

    /// <summary>ln(1 − e^−x) for x &gt; 0, within 2 ulp; −∞ at 0, NaN below, 0 at +∞.</summary>
    /// <remarks>
    /// ln(−expm1(−x)) up to ln 2 and log1p(−e^−x) beyond: each where it does not cancel
    /// (M. Mächler, 2012, Accurately computing log(1 − exp(−|a|)), vignette of the R package Rmpfr).
    /// </remarks>
    /// <param name="x">Any double.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Log1MExp(double x) =>
        x > Ln2 ? Log1P(-Exp(-x)) : Log(-Expm1(-x));

    /// <summary>Whether <paramref name="x"/> is neither infinite nor NaN.</summary>
    /// <param name="x">Any double.</param>
    public static bool IsFinite(double x) => x >= -double.MaxValue && x <= double.MaxValue;
}
