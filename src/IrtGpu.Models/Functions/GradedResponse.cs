using System.Runtime.CompilerServices;

namespace IrtGpu.Models.Functions;

/// <summary>Graded response model: P_m = P*_(m−1) − P*_m with P*_t = σ(d_t + z), P*_0 = 1, P*_M = 0.</summary>
/// <remarks>
/// <para>
/// Shape: d_1 &gt; d_2 &gt; … &gt; d_(M−1), finite. Category scores are not read. With M = 2 it is the 2PL.
/// </para>
/// <para>
/// The difference is never formed. With x = d_(m−1) + z, y = d_m + z and δ = x − y = d_(m−1) − d_m (free of z),
/// P_m = σ(x) σ(−y) (1 − e^−δ), so that log P_m = log σ(x) + log σ(−y) + log(1 − e^−δ) in the middle categories,
/// log σ(−y) in the first and log σ(x) in the last. With κ = 1/(e^δ − 1):
/// ∂x = σ(−x) + κ, ∂y = −σ(y) − κ, ∂²x = −σ(x)σ(−x) − κ(1 + κ), ∂²y = −σ(y)σ(−y) − κ(1 + κ), ∂x∂y = κ(1 + κ),
/// and z moves x and y together, where κ cancels. These are the ratios w/P of the textbook form without 0/0:
/// they hold for |z| in the hundreds and for intercepts nearly equal (κ ≈ 1/δ).
/// </para>
/// <para>
/// Outside the domain a middle category with δ = 0 has log-probability −∞ and one with δ &lt; 0 NaN; categories with
/// count 0 still add nothing to the derivatives.
/// Samejima (1969), Psychometrika Monograph 17, in slope–intercept form.
/// </para>
/// </remarks>
public readonly struct GradedResponse : IItemModel<GradedResponse>
{
    private const int LogGap = 0; // log(1 − e^−δ) of each middle category
    private const int Kappa = 1; // κ of each middle category

    /// <inheritdoc/>
    public static int ShapeCount(int categoryCount) => categoryCount - 1;

    /// <summary>Whether the intercepts are finite and strictly decreasing.</summary>
    /// <inheritdoc/>
    public static bool IsInDomain<TShape>(int categoryCount, TShape shape)
        where TShape : struct, IVector, allows ref struct
    {
        bool valid = Elementary.IsFinite(shape[0]);
        for (int index = 1; index < categoryCount - 1; index++)
            valid &= Elementary.IsFinite(shape[index]) && shape[index] < shape[index - 1];
        return valid;
    }

    /// <inheritdoc/>
    public static int ConstantKindCount => 2;

    /// <summary>M − 2: one for each middle category.</summary>
    /// <inheritdoc/>
    public static int ConstantCount(int categoryCount) => categoryCount - 2;

    /// <summary>log(1 − e^−δ) and κ = 1/(e^δ − 1) of a middle category.</summary>
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Constant<TShape>(int kind, int index, int categoryCount, TShape shape)
        where TShape : struct, IVector, allows ref struct
    {
        double gap = shape[index] - shape[index + 1];
        return kind == LogGap ? Elementary.Log1MExp(gap) : 1.0 / Elementary.Expm1(gap);
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
        TReal above = 0.0; // log σ(x) of the category's lower threshold, log P*_0 = 0
        for (int category = 0; category < categoryCount - 1; category++)
        {
            TReal y = shape[category] + z;
            TReal tail = Elementary.LogisticTail(y);
            double gap = category == 0 ? 0.0 : constants[LogGap, category - 1];
            logProbability[category] = above + (Elementary.NegativePart(-y) - tail) + gap;
            above = Elementary.NegativePart(y) - tail;
        }

        logProbability[categoryCount - 1] = above;
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
        TReal slope = 0.0;
        TReal curvature = 0.0;
        TReal gapSlope = 0.0; // count·κ of the category below the threshold, 0 for the first category
        TReal gapCurvature = 0.0;
        TReal below = counts[0];
        for (int threshold = 1; threshold < categoryCount; threshold++)
        {
            TReal above = counts[threshold];
            TReal x = shape[threshold - 1] + z;
            TReal logistic = Elementary.Sigmoid(x, out TReal complement);
            TReal push = above * complement - below * logistic;
            TReal information = (above + below) * (logistic * complement);
            TReal nextGapSlope = 0.0;
            TReal nextGapCurvature = 0.0;
            if (threshold < categoryCount - 1)
            {
                double kappa = constants[Kappa, threshold - 1]; // infinite where the category is empty, and then it may not count
                nextGapSlope = TReal.WhereEqual(above, 0.0, 0.0, above * kappa);
                nextGapCurvature = TReal.WhereEqual(above, 0.0, 0.0, nextGapSlope * (1.0 + kappa));
            }

            int row = threshold * (threshold + 1) / 2;
            gradient[threshold] += push + (nextGapSlope - gapSlope);
            hessian[row] -= information;
            if (threshold > 1)
                hessian[row + threshold - 1] += gapCurvature;
            hessian[row + threshold] -= information + (gapCurvature + nextGapCurvature);
            slope += push;
            curvature += information;
            gapSlope = nextGapSlope;
            gapCurvature = nextGapCurvature;
            below = above;
        }

        gradient[0] += slope;
        hessian[0] -= curvature;
    }
}
