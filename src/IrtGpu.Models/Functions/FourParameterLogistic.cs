using System.Runtime.CompilerServices;

namespace IrtGpu.Models.Functions;

/// <summary>Four-parameter logistic model of two categories: P_2 = g + (u − g) W, W = σ(d + z), P_1 = 1 − P_2.</summary>
/// <remarks>
/// <para>
/// Shape: d, g′, u′ with g = σ(g′) and u = σ(u′), g′ &lt; u′, d finite. g′ = −∞ is g = 0 and u′ = +∞ is u = 1, both
/// exact, with derivatives 0 in that parameter: the 3PL is u′ = +∞, the 2PL both. Category scores are not read.
/// </para>
/// <para>
/// Both probabilities are sums of positive terms, P_2 = g(1 − W) + uW and P_1 = (1 − g)(1 − W) + (1 − u)W. With
/// ρ = uW/P_2 and λ = (1 − u)W/P_1, each the logistic function of its own log-odds, and
/// D = 1 − e^(g′ − u′), so that u − g = u(1 − g)D:
/// </para>
/// <para>
/// log P_2: ∂z = ρ(1−W)(1−g)D, ∂g′ = (1−ρ)(1−g), ∂u′ = ρ(1−u), ∂²z = ∂z·(1−ρ−W), ∂²g′ = ∂g′·(ρ(1−g) − g),
/// ∂²u′ = ∂u′·((1−ρ)(1−u) − u), ∂z∂g′ = −ρ(1−ρ)(1−g), ∂z∂u′ = ρ(1−ρ)(1−u), ∂g′∂u′ = −∂g′∂u′ (product);
/// </para>
/// <para>
/// log P_1: ∂z = −(1−λ)W u D, ∂g′ = −(1−λ)g, ∂u′ = −λu, ∂²z = ∂z·((1−W) − λ), ∂²g′ = ∂g′·((1−g) − λg),
/// ∂²u′ = ∂u′·((1−u) − (1−λ)u), ∂z∂g′ = λ(1−λ)g, ∂z∂u′ = −λ(1−λ)u, ∂g′∂u′ = −∂g′∂u′ (product).
/// </para>
/// <para>
/// The derivatives in d equal those in z. Nothing divides by a probability, so all hold for |z| in the hundreds.
/// Barton and Lord (1981), ETS Research Report RR-81-20; Birnbaum (1968) for u = 1.
/// </para>
/// </remarks>
public readonly struct FourParameterLogistic : IItemModel<FourParameterLogistic>
{
    private const int LogTail = 0; // ln(1 + e^−|x|) of g′ (index 0) and u′ (index 1)
    private const int Tail = 1; // e^−|x| of the same
    private const int Spread = 2; // D (index 0)

    /// <summary>3, whatever the category count, which must be 2.</summary>
    /// <inheritdoc/>
    public static int ShapeCount(int categoryCount) => 3;

    /// <summary>Whether d is finite, there are two categories, and g &lt; u with g &lt; 1 and u &gt; 0.</summary>
    /// <inheritdoc/>
    public static bool IsInDomain<TShape>(int categoryCount, TShape shape)
        where TShape : struct, IVector, allows ref struct =>
        categoryCount == 2 && Elementary.IsFinite(shape[0]) && shape[1] < shape[2];

    /// <inheritdoc/>
    public static int ConstantKindCount => 3;

    /// <summary>2: for g′ and u′.</summary>
    /// <inheritdoc/>
    public static int ConstantCount(int categoryCount) => 2;

    /// <summary>ln(1 + e^−|x|) and e^−|x| of g′ and u′, and D.</summary>
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Constant<TShape>(int kind, int index, int categoryCount, TShape shape)
        where TShape : struct, IVector, allows ref struct
    {
        if (kind == Spread)
            return -Elementary.Expm1(shape[1] - shape[2]);
        double size = shape[1 + index] > 0.0 ? shape[1 + index] : -shape[1 + index];
        return kind == Tail ? Elementary.Exp(-size) : Elementary.Log1P(Elementary.Exp(-size));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LogProbabilities<TReal, TShape, TScores, TConstants, TResult>(
        TReal z, int categoryCount, TShape shape, TScores scores, TConstants constants, TResult logProbability)
        where TReal : struct, IReal<TReal>
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct
        where TConstants : struct, IItemConstants, allows ref struct
        where TResult : struct, IRealVector<TReal>, allows ref struct
    {
        TReal x = shape[0] + z;
        TReal tail = Elementary.LogisticTail(x);
        double lowerTail = constants[LogTail, 0];
        double upperTail = constants[LogTail, 1];
        TReal logWeight = Elementary.NegativePart(x) - tail;
        TReal logComplement = Elementary.NegativePart(-x) - tail;
        TReal logWrong = Elementary.LogAddExp(
            Elementary.NegativePart(-shape[1]) - lowerTail + logComplement, Elementary.NegativePart(-shape[2]) - upperTail + logWeight);
        TReal logRight = Elementary.LogAddExp(
            Elementary.NegativePart(shape[1]) - lowerTail + logComplement, Elementary.NegativePart(shape[2]) - upperTail + logWeight);

        // The larger from the smaller, so that the logarithm of a probability near 1 keeps its relative accuracy.
        TReal logLarger = Elementary.Log1P(-Elementary.Exp(TReal.WhereLess(logRight, logWrong, logRight, logWrong)));
        logProbability[0] = TReal.WhereLess(logRight, logWrong, logLarger, logWrong);
        logProbability[1] = TReal.WhereLess(logRight, logWrong, logRight, logLarger);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddDerivatives<TReal, TShape, TScores, TConstants, TLog, TCounts, TGradient, THessian>(
        TReal z, int categoryCount, TShape shape, TScores scores, TConstants constants, TLog logProbability, TCounts counts,
        TGradient gradient, THessian hessian)
        where TReal : struct, IReal<TReal>
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct
        where TConstants : struct, IItemConstants, allows ref struct
        where TLog : struct, IRealVector<TReal>, allows ref struct
        where TCounts : struct, IRealVector<TReal>, allows ref struct
        where TGradient : struct, IRealVector<TReal>, allows ref struct
        where THessian : struct, IRealVector<TReal>, allows ref struct
    {
        TReal x = shape[0] + z;
        TReal weight = Elementary.Sigmoid(x, out TReal weightComplement);
        double lower = Sigmoid(shape[1], constants[Tail, 0], out double lowerComplement);
        double upper = Sigmoid(shape[2], constants[Tail, 1], out double upperComplement);
        double tails = constants[LogTail, 0] - constants[LogTail, 1];
        double spread = constants[Spread, 0]; // D

        TReal right = counts[1];
        TReal logOddsRight = Elementary.NegativePart(shape[2]) - Elementary.NegativePart(shape[1]) + tails + x;
        TReal share = Elementary.Sigmoid(logOddsRight, out TReal shareComplement); // ρ
        TReal slope = share * weightComplement * (lowerComplement * spread);
        TReal alongLower = shareComplement * lowerComplement;
        TReal alongUpper = share * upperComplement;
        Add(
            right, slope, alongLower, alongUpper,
            slope * (shareComplement - weight),
            -share * alongLower,
            alongLower * (share * lowerComplement - lower),
            shareComplement * alongUpper,
            alongUpper * (shareComplement * upperComplement - upper),
            gradient, hessian);

        TReal wrong = counts[0];
        TReal logOddsWrong = Elementary.NegativePart(-shape[2]) - Elementary.NegativePart(-shape[1]) + tails + x;
        share = Elementary.Sigmoid(logOddsWrong, out shareComplement); // λ
        slope = -shareComplement * weight * (upper * spread);
        alongLower = -shareComplement * lower;
        alongUpper = -share * upper;
        Add(
            wrong, slope, alongLower, alongUpper,
            slope * (weightComplement - share),
            -share * alongLower,
            alongLower * (lowerComplement - share * lower),
            shareComplement * alongUpper,
            alongUpper * (upperComplement - shareComplement * upper),
            gradient, hessian);
    }

    /// <summary>σ(x) and 1 − σ(x) from e^−|x|.</summary>
    private static double Sigmoid(double x, double tail, out double complement)
    {
        complement = (x > 0.0 ? tail : 1.0) / (1.0 + tail);
        return (x > 0.0 ? 1.0 : tail) / (1.0 + tail);
    }

    /// <summary>Adds one category's derivatives, order [z, d, g′, u′], times its count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TReal, TGradient, THessian>(
        TReal count, TReal slope, TReal alongLower, TReal alongUpper,
        TReal slopeSlope, TReal slopeLower, TReal lowerLower, TReal slopeUpper, TReal upperUpper,
        TGradient gradient, THessian hessian)
        where TReal : struct, IReal<TReal>
        where TGradient : struct, IRealVector<TReal>, allows ref struct
        where THessian : struct, IRealVector<TReal>, allows ref struct
    {
        gradient[0] += count * slope;
        gradient[1] += count * slope;
        gradient[2] += count * alongLower;
        gradient[3] += count * alongUpper;
        hessian[0] += count * slopeSlope;
        hessian[1] += count * slopeSlope;
        hessian[2] += count * slopeSlope;
        hessian[3] += count * slopeLower;
        hessian[4] += count * slopeLower;
        hessian[5] += count * lowerLower;
        hessian[6] += count * slopeUpper;
        hessian[7] += count * slopeUpper;
        hessian[8] -= count * alongLower * alongUpper;
        hessian[9] += count * upperUpper;
    }
}
