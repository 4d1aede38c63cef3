namespace IrtGpu.Models;

/// <summary>Sums over categories that all derivatives of P_m = exp(ψ_m)/Σ exp(ψ_m′) share.</summary>
/// <remarks>
/// Slopes t_m = ∂ψ_m/∂z are measured from that of the most probable category (<c>Mode</c>): τ_m = t_m − t_Mode.
/// Then 1 − P_Mode, Σ τ P and residuals keep their relative accuracy when P_Mode rounds to 1.
/// </remarks>
internal readonly struct SoftmaxMoments(
    int mode, double modeComplement, double modeSlope, double meanSlope, double slopeVariance, double total, double offMode)
{
    /// <summary>Most probable category.</summary>
    public readonly int Mode = mode;

    /// <summary>1 − P_Mode, summed from the other categories.</summary>
    public readonly double ModeComplement = modeComplement;

    /// <summary>t_Mode.</summary>
    public readonly double ModeSlope = modeSlope;

    /// <summary>Σ τ_m P_m.</summary>
    public readonly double MeanSlope = meanSlope;

    /// <summary>V = Σ τ_m² P_m − (Σ τ_m P_m)².</summary>
    public readonly double SlopeVariance = slopeVariance;

    /// <summary>n, the sum of all counts.</summary>
    public readonly double Total = total;

    /// <summary>n − count of <see cref="Mode"/>, summed from the other categories.</summary>
    public readonly double OffMode = offMode;

    /// <summary>count − n P of a category, without cancellation at the mode.</summary>
    public double Residual(int category, double probability, double count) =>
        category == Mode ? count * ModeComplement - probability * OffMode : count - Total * probability;

    /// <summary>P(1 − P) of a category.</summary>
    public double Variance(int category, double probability) =>
        probability * (category == Mode ? ModeComplement : 1.0 - probability);
}

/// <summary>What models with P_m = exp(ψ_m)/Σ exp(ψ_m′) share: normalisation, and derivatives in z and the intercepts.</summary>
internal static class SoftmaxFamily
{
    /// <summary>Turns ψ into log P in place.</summary>
    /// <remarks>
    /// log P_m = (ψ_m − max ψ) − log1p(Σ over the others of exp(ψ − max ψ)): no overflow, and a probability near 1
    /// keeps the relative accuracy of its logarithm.
    /// </remarks>
    /// <param name="categoryCount">M.</param>
    /// <param name="logProbability">In: ψ_m; out: log P_m. [category]</param>
    public static void Normalize<TResult>(int categoryCount, TResult logProbability)
        where TResult : struct, IVector, allows ref struct
    {
        int mode = Mode(categoryCount, logProbability);
        double largest = logProbability[mode];
        double others = 0.0;
        for (int category = 0; category < categoryCount; category++)
            others += category == mode ? 0.0 : Elementary.Exp(logProbability[category] - largest);

        double logTotal = Elementary.Log1P(others);
        for (int category = 0; category < categoryCount; category++)
            logProbability[category] = logProbability[category] - largest - logTotal;
    }

    /// <summary>One pass over the categories for <see cref="SoftmaxMoments"/>.</summary>
    public static SoftmaxMoments Moments<TModel, TShape, TScores, TLog, TCounts>(
        int categoryCount, TShape shape, TScores scores, TLog logProbability, TCounts counts)
        where TModel : struct, IWeightedScoreModel
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct
        where TLog : struct, IVector, allows ref struct
        where TCounts : struct, IVector, allows ref struct
    {
        int mode = Mode(categoryCount, logProbability);
        double modeSlope = TModel.Score(mode, categoryCount, shape, scores);
        double complement = 0.0;
        double mean = 0.0;
        double meanSquare = 0.0;
        double offMode = 0.0;
        for (int category = 0; category < categoryCount; category++)
        {
            if (category == mode)
                continue;
            double probability = Elementary.Exp(logProbability[category]);
            double slope = TModel.Score(category, categoryCount, shape, scores) - modeSlope;
            complement += probability;
            mean += slope * probability;
            meanSquare += slope * slope * probability;
            offMode += counts[category];
        }

        // P_Mode ≥ 1/M bounds the cancellation: V ≥ Σ τ²P / M.
        return new SoftmaxMoments(
            mode, complement, modeSlope, mean, meanSquare - mean * mean, offMode + counts[mode], offMode);
    }

    /// <summary>Adds the derivatives in z and in d_1…d_(M−1) that all members of the family have.</summary>
    /// <remarks>
    /// With r the counts, n their sum: ∂z = Σ r_m(τ_m − E), ∂d_t = r_t − n P_t, ∂²z = −n V,
    /// ∂z∂d_t = −n P_t(τ_t − E), ∂d_t∂d_t′ = −n(P_t δ − P_t P_t′), E = Σ τ P.
    /// </remarks>
    public static void AddCommonDerivatives<TModel, TShape, TScores, TLog, TCounts, TGradient, THessian>(
        SoftmaxMoments moments, int categoryCount, TShape shape, TScores scores, TLog logProbability, TCounts counts,
        TGradient gradient, THessian hessian)
        where TModel : struct, IWeightedScoreModel
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct
        where TLog : struct, IVector, allows ref struct
        where TCounts : struct, IVector, allows ref struct
        where TGradient : struct, IVector, allows ref struct
        where THessian : struct, IVector, allows ref struct
    {
        double slopeResidual = -moments.Total * moments.MeanSlope;
        for (int category = 0; category < categoryCount; category++)
        {
            double slope = TModel.Score(category, categoryCount, shape, scores) - moments.ModeSlope;
            slopeResidual += counts[category] * slope;
            if (category == 0)
                continue; // ψ of the first category is fixed: it has no intercept

            double probability = Elementary.Exp(logProbability[category]);
            int row = category * (category + 1) / 2;
            gradient[category] += moments.Residual(category, probability, counts[category]);
            hessian[row] -= moments.Total * probability * (slope - moments.MeanSlope);
            for (int other = 1; other < category; other++)
                hessian[row + other] += moments.Total * probability * Elementary.Exp(logProbability[other]);
            hessian[row + category] -= moments.Total * moments.Variance(category, probability);
        }

        gradient[0] += slopeResidual;
        hessian[0] -= moments.Total * moments.SlopeVariance;
    }

    private static int Mode<TLog>(int categoryCount, TLog values)
        where TLog : struct, IVector, allows ref struct
    {
        int mode = 0;
        for (int category = 1; category < categoryCount; category++)
            mode = values[category] > values[mode] ? category : mode;
        return mode;
    }
}
