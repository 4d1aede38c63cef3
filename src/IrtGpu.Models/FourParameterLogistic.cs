namespace IrtGpu.Models;

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
public readonly struct FourParameterLogistic : IItemModel
{
    /// <summary>3, whatever the category count, which must be 2.</summary>
    /// <inheritdoc/>
    public static int ShapeCount(int categoryCount) => 3;

    /// <summary>Whether d is finite, there are two categories, and g &lt; u with g &lt; 1 and u &gt; 0.</summary>
    /// <inheritdoc/>
    public static bool IsInDomain<TShape>(int categoryCount, TShape shape)
        where TShape : struct, IVector, allows ref struct =>
        categoryCount == 2 && Elementary.IsFinite(shape[0]) && shape[1] < shape[2];

    /// <inheritdoc/>
    public static void LogProbabilities<TShape, TScores, TResult>(
        double z, int categoryCount, TShape shape, TScores scores, TResult logProbability)
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct
        where TResult : struct, IVector, allows ref struct
    {
        double x = shape[0] + z;
        double tail = Elementary.LogisticTail(x);
        double lowerTail = Elementary.LogisticTail(shape[1]);
        double upperTail = Elementary.LogisticTail(shape[2]);
        double logWeight = NegativePart(x) - tail;
        double logComplement = NegativePart(-x) - tail;
        double logWrong = Elementary.LogAddExp(
            NegativePart(-shape[1]) - lowerTail + logComplement, NegativePart(-shape[2]) - upperTail + logWeight);
        double logRight = Elementary.LogAddExp(
            NegativePart(shape[1]) - lowerTail + logComplement, NegativePart(shape[2]) - upperTail + logWeight);

        // The larger from the smaller, so that the logarithm of a probability near 1 keeps its relative accuracy.
        double logLarger = Elementary.Log1P(-Elementary.Exp(logWrong > logRight ? logRight : logWrong));
        logProbability[0] = logWrong > logRight ? logLarger : logWrong;
        logProbability[1] = logWrong > logRight ? logRight : logLarger;
    }

    /// <inheritdoc/>
    public static void AddDerivatives<TShape, TScores, TLog, TCounts, TGradient, THessian>(
        double z, int categoryCount, TShape shape, TScores scores, TLog logProbability, TCounts counts,
        TGradient gradient, THessian hessian)
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct
        where TLog : struct, IVector, allows ref struct
        where TCounts : struct, IVector, allows ref struct
        where TGradient : struct, IVector, allows ref struct
        where THessian : struct, IVector, allows ref struct
    {
        double x = shape[0] + z;
        double weight = Elementary.Sigmoid(x, out double weightComplement);
        double lower = Elementary.Sigmoid(shape[1], out double lowerComplement);
        double upper = Elementary.Sigmoid(shape[2], out double upperComplement);
        double tails = Elementary.LogisticTail(shape[1]) - Elementary.LogisticTail(shape[2]);
        double spread = -Elementary.Expm1(shape[1] - shape[2]); // D

        double right = counts[1];
        double logOddsRight = NegativePart(shape[2]) - NegativePart(shape[1]) + tails + x;
        double share = Elementary.Sigmoid(logOddsRight, out double shareComplement); // ρ
        double slope = share * weightComplement * lowerComplement * spread;
        double alongLower = shareComplement * lowerComplement;
        double alongUpper = share * upperComplement;
        Add(
            right, slope, alongLower, alongUpper,
            slope * (shareComplement - weight),
            -share * alongLower,
            alongLower * (share * lowerComplement - lower),
            shareComplement * alongUpper,
            alongUpper * (shareComplement * upperComplement - upper),
            gradient, hessian);

        double wrong = counts[0];
        double logOddsWrong = NegativePart(-shape[2]) - NegativePart(-shape[1]) + tails + x;
        share = Elementary.Sigmoid(logOddsWrong, out shareComplement); // λ
        slope = -shareComplement * weight * upper * spread;
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

    /// <summary>min(x, 0).</summary>
    private static double NegativePart(double x) => x < 0.0 ? x : 0.0;

    /// <summary>Adds one category's derivatives, order [z, d, g′, u′], times its count.</summary>
    private static void Add<TGradient, THessian>(
        double count, double slope, double alongLower, double alongUpper,
        double slopeSlope, double slopeLower, double lowerLower, double slopeUpper, double upperUpper,
        TGradient gradient, THessian hessian)
        where TGradient : struct, IVector, allows ref struct
        where THessian : struct, IVector, allows ref struct
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
