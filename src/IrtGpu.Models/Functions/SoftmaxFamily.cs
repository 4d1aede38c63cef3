using System.Runtime.CompilerServices;

namespace IrtGpu.Models.Functions;

/// <summary>Sums over categories that all derivatives of P_m = exp(ψ_m)/Σ exp(ψ_m′) share.</summary>
/// <remarks>
/// Slopes t_m = ∂ψ_m/∂z are measured from that of the most probable category (<c>Mode</c>): τ_m = t_m − t_Mode.
/// Then 1 − P_Mode, Σ τ P and residuals keep their relative accuracy when P_Mode rounds to 1.
/// </remarks>
internal readonly struct SoftmaxMoments<TReal>(
    TReal mode, TReal modeComplement, TReal modeSlope, TReal meanSlope, TReal slopeVariance, TReal total, TReal offMode)
    where TReal : struct, IReal<TReal>
{
    /// <summary>Most probable category.</summary>
    public readonly TReal Mode = mode;

    /// <summary>1 − P_Mode, summed from the other categories.</summary>
    public readonly TReal ModeComplement = modeComplement;

    /// <summary>t_Mode.</summary>
    public readonly TReal ModeSlope = modeSlope;

    /// <summary>Σ τ_m P_m.</summary>
    public readonly TReal MeanSlope = meanSlope;

    /// <summary>V = Σ τ_m² P_m − (Σ τ_m P_m)².</summary>
    public readonly TReal SlopeVariance = slopeVariance;

    /// <summary>n, the sum of all counts.</summary>
    public readonly TReal Total = total;

    /// <summary>n − count of <see cref="Mode"/>, summed from the other categories.</summary>
    public readonly TReal OffMode = offMode;

    /// <summary>count − n P of a category, without cancellation at the mode.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TReal Residual(int category, TReal probability, TReal count) => TReal.WhereEqual(
        Mode, category, count * ModeComplement - probability * OffMode, count - Total * probability);

    /// <summary>P(1 − P) of a category.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TReal Variance(int category, TReal probability) =>
        probability * TReal.WhereEqual(Mode, category, ModeComplement, 1.0 - probability);
}

/// <summary>What models with P_m = exp(ψ_m)/Σ exp(ψ_m′) share: normalisation, and derivatives in z and the intercepts.</summary>
internal static class SoftmaxFamily
{
    /// <summary>Turns ψ into log P in place.</summary>
    /// <remarks>
    /// log P_m = (ψ_m − max ψ) − log1p(Σ over the others of exp(ψ − max ψ)): no overflow, and a probability near 1
    /// keeps the relative accuracy of its logarithm. One pass: the sum is scaled anew wherever a larger ψ is met.
    /// </remarks>
    /// <param name="categoryCount">M.</param>
    /// <param name="logProbability">In: ψ_m; out: log P_m. [category]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalize<TReal, TResult>(int categoryCount, TResult logProbability)
        where TReal : struct, IReal<TReal>
        where TResult : struct, IRealVector<TReal>, allows ref struct
    {
        TReal largest = logProbability[0];
        TReal others = 0.0;
        for (int category = 1; category < categoryCount; category++)
        {
            TReal difference = logProbability[category] - largest;
            TReal ratio = Elementary.Exp(TReal.WhereLess(0.0, difference, -difference, difference)); // smaller over larger
            others = TReal.WhereLess(0.0, difference, (1.0 + others) * ratio, others + ratio);
            largest = TReal.WhereLess(0.0, difference, logProbability[category], largest);
        }

        TReal logTotal = Elementary.Log1P(others);
        for (int category = 0; category < categoryCount; category++)
            logProbability[category] = logProbability[category] - largest - logTotal;
    }

    /// <summary>One pass over the categories for <see cref="SoftmaxMoments{TReal}"/>; turns log P into P on the way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static SoftmaxMoments<TReal> Moments<TModel, TReal, TShape, TScores, TLog, TCounts>(
        int categoryCount, TShape shape, TScores scores, TLog logProbability, TCounts counts)
        where TModel : struct, IWeightedScoreModel
        where TReal : struct, IReal<TReal>
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct
        where TLog : struct, IRealVector<TReal>, allows ref struct
        where TCounts : struct, IRealVector<TReal>, allows ref struct
    {
        TReal mode = 0.0;
        TReal largest = logProbability[0];
        TReal modeSlope = TModel.Score(0, categoryCount, shape, scores);
        for (int category = 1; category < categoryCount; category++)
        {
            TReal value = logProbability[category];
            mode = TReal.WhereLess(largest, value, category, mode);
            modeSlope = TReal.WhereLess(largest, value, TModel.Score(category, categoryCount, shape, scores), modeSlope);
            largest = TReal.WhereLess(largest, value, value, largest);
        }

        TReal complement = 0.0;
        TReal mean = 0.0;
        TReal meanSquare = 0.0;
        TReal offMode = 0.0;
        TReal modeCount = 0.0;
        for (int category = 0; category < categoryCount; category++)
        {
            TReal probability = Elementary.Exp(logProbability[category]);
            TReal slope = TModel.Score(category, categoryCount, shape, scores) - modeSlope; // 0 at the mode
            TReal count = counts[category];
            logProbability[category] = probability;
            mean += slope * probability;
            meanSquare += slope * slope * probability;
            complement += TReal.WhereEqual(mode, category, 0.0, probability);
            offMode += TReal.WhereEqual(mode, category, 0.0, count);
            modeCount = TReal.WhereEqual(mode, category, count, modeCount);
        }

        // P_Mode ≥ 1/M bounds the cancellation: V ≥ Σ τ²P / M.
        return new SoftmaxMoments<TReal>(mode, complement, modeSlope, mean, meanSquare - mean * mean, offMode + modeCount, offMode);
    }

    /// <summary>Adds the derivatives in z and in d_1…d_(M−1) that all members of the family have.</summary>
    /// <remarks>
    /// With r the counts, n their sum: ∂z = Σ r_m(τ_m − E), ∂d_t = r_t − n P_t, ∂²z = −n V,
    /// ∂z∂d_t = −n P_t(τ_t − E), ∂d_t∂d_t′ = −n(P_t δ − P_t P_t′), E = Σ τ P.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddCommonDerivatives<TModel, TReal, TShape, TScores, TProbability, TCounts, TGradient, THessian>(
        SoftmaxMoments<TReal> moments, int categoryCount, TShape shape, TScores scores, TProbability probability, TCounts counts,
        TGradient gradient, THessian hessian)
        where TModel : struct, IWeightedScoreModel
        where TReal : struct, IReal<TReal>
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct
        where TProbability : struct, IRealVector<TReal>, allows ref struct
        where TCounts : struct, IRealVector<TReal>, allows ref struct
        where TGradient : struct, IRealVector<TReal>, allows ref struct
        where THessian : struct, IRealVector<TReal>, allows ref struct
    {
        TReal slopeResidual = -moments.Total * moments.MeanSlope;
        for (int category = 0; category < categoryCount; category++)
        {
            TReal count = counts[category];
            TReal slope = TModel.Score(category, categoryCount, shape, scores) - moments.ModeSlope;
            slopeResidual += count * slope;
            if (category == 0)
                continue; // ψ of the first category is fixed: it has no intercept

            TReal share = probability[category];
            TReal weight = moments.Total * share;
            int row = category * (category + 1) / 2;
            gradient[category] += moments.Residual(category, share, count);
            hessian[row] -= weight * (slope - moments.MeanSlope);
            for (int other = 1; other < category; other++)
                hessian[row + other] += weight * probability[other];
            hessian[row + category] -= moments.Total * moments.Variance(category, share);
        }

        gradient[0] += slopeResidual;
        hessian[0] -= moments.Total * moments.SlopeVariance;
    }
}
