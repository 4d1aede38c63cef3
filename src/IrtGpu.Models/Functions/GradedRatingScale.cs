using System.Runtime.CompilerServices;

namespace IrtGpu.Models.Functions;

/// <summary>Graded response whose thresholds are on the scale of the trait: P_m = P*_(m−1) − P*_m with P*_t = σ(a (z + e_t)), P*_0 = 1, P*_M = 0.</summary>
/// <remarks>
/// <para>
/// Shape: the easinesses e_1 … e_(M−1), then the discrimination a, all finite, a e_1 &gt; a e_2 &gt; …. Category scores are not read. It is
/// <see cref="GradedResponse"/> at a z with intercepts d_t = a e_t, in numbers in which a rating scale (e_t = b_t + c, b common to items) is
/// linear: the slope that enters z is 1, so that z = θ. With M = 2 it is the 2PL.
/// </para>
/// <para>
/// With x_t = a (z + e_t), δ_t = a (e_t − e_(t+1)) and what <see cref="GradedResponse"/> says of derivatives in x_t,
/// ∂z = a Σ ∂x_t, ∂e_t = a ∂x_t, ∂a = Σ (z + e_t) ∂x_t; second derivatives likewise, and ∂z∂a and ∂e_t∂a have ∂x_t besides.
/// The terms in κ, that are of a category and not of a threshold, enter ∂a by the difference w = e_t − e_(t+1), as z moves both thresholds:
/// κ w in ∂a, −κ(1 + κ)w² in ∂²a, ±(κ − δκ(1 + κ)) in ∂e∂a, so that nothing cancels where a category is narrow.
/// </para>
/// <para>
/// Muraki (1990), Applied Psychological Measurement 14, 59–71.
/// </para>
/// </remarks>
public readonly struct GradedRatingScale : IItemModel<GradedRatingScale>
{
    private const int LogGap = 0; // log(1 − e^−δ) of each middle category
    private const int Kappa = 1; // κ = 1/(e^δ − 1) of each middle category
    private const int Twist = 2; // κ − δκ(1 + κ) of each middle category

    /// <inheritdoc/>
    public static int ShapeCount(int categoryCount) => categoryCount;

    /// <summary>Whether a and the easinesses are finite and a e_t strictly decreasing.</summary>
    /// <inheritdoc/>
    public static bool IsInDomain<TShape>(int categoryCount, TShape shape)
        where TShape : struct, IVector, allows ref struct
    {
        double scale = shape[categoryCount - 1];
        bool valid = Elementary.IsFinite(scale) && Elementary.IsFinite(shape[0]);
        for (int index = 1; index < categoryCount - 1; index++)
            valid &= Elementary.IsFinite(shape[index]) && scale * (shape[index - 1] - shape[index]) > 0.0;
        return valid;
    }

    /// <inheritdoc/>
    public static int ConstantKindCount => 3;

    /// <summary>M − 2: one for each middle category.</summary>
    /// <inheritdoc/>
    public static int ConstantCount(int categoryCount) => categoryCount - 2;

    /// <summary>log(1 − e^−δ), κ and κ − δκ(1 + κ) of a middle category.</summary>
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Constant<TShape>(int kind, int index, int categoryCount, TShape shape)
        where TShape : struct, IVector, allows ref struct
    {
        double gap = shape[categoryCount - 1] * (shape[index] - shape[index + 1]);
        if (kind == LogGap)
            return Elementary.Log1MExp(gap);
        double kappa = 1.0 / Elementary.Expm1(gap);
        return kind == Kappa ? kappa : kappa * Remainder(gap, kappa);
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
        double scale = shape[categoryCount - 1];
        TReal above = 0.0; // log P*_t of the category's lower threshold
        for (int category = 0; category < categoryCount - 1; category++)
        {
            TReal x = scale * (shape[category] + z);
            TReal tail = Elementary.LogisticTail(x);
            double gap = category == 0 ? 0.0 : constants[LogGap, category - 1];
            logProbability[category] = above + (Elementary.NegativePart(-x) - tail) + gap;
            above = Elementary.NegativePart(x) - tail;
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
        double scale = shape[categoryCount - 1];
        int last = categoryCount * (categoryCount + 1) / 2; // row of a in the Hessian
        TReal push = 0.0; // sums over thresholds of ∂x, without the κ that cancel
        TReal curvature = 0.0;
        TReal pushAlong = 0.0; // the same, times z + e
        TReal curvatureAlong = 0.0;
        TReal curvatureTwice = 0.0;
        TReal gapSlope = 0.0; // count·κ of the category below the threshold, 0 for the first category
        TReal gapCurvature = 0.0;
        TReal twist = 0.0;
        TReal below = counts[0];
        for (int threshold = 1; threshold < categoryCount; threshold++)
        {
            TReal above = counts[threshold];
            TReal along = shape[threshold - 1] + z;
            TReal logistic = Elementary.Sigmoid(scale * along, out TReal complement);
            TReal thresholdPush = above * complement - below * logistic;
            TReal information = (above + below) * (logistic * complement);
            TReal nextGapSlope = 0.0;
            TReal nextGapCurvature = 0.0;
            TReal nextTwist = 0.0;
            double width = 0.0; // of the category above the threshold
            if (threshold < categoryCount - 1)
            {
                double kappa = constants[Kappa, threshold - 1]; // infinite where the category is empty, and then it may not count
                nextGapSlope = TReal.WhereEqual(above, 0.0, 0.0, above * kappa);
                nextGapCurvature = TReal.WhereEqual(above, 0.0, 0.0, nextGapSlope * (1.0 + kappa));
                nextTwist = TReal.WhereEqual(above, 0.0, 0.0, above * constants[Twist, threshold - 1]);
                width = shape[threshold - 1] - shape[threshold];
            }

            int row = threshold * (threshold + 1) / 2;
            gradient[threshold] += scale * (thresholdPush + (nextGapSlope - gapSlope));
            hessian[row] -= scale * scale * information;
            if (threshold > 1)
                hessian[row + threshold - 1] += scale * scale * gapCurvature;
            hessian[row + threshold] -= scale * scale * (information + (gapCurvature + nextGapCurvature));
            hessian[last + threshold] += thresholdPush - scale * (information * along) + (nextTwist - twist);
            push += thresholdPush;
            curvature += information;
            pushAlong += thresholdPush * along + nextGapSlope * width;
            curvatureAlong += information * along;
            curvatureTwice += information * along * along + nextGapCurvature * (width * width);
            gapSlope = nextGapSlope;
            gapCurvature = nextGapCurvature;
            twist = nextTwist;
            below = above;
        }

        gradient[0] += scale * push;
        gradient[categoryCount] += pushAlong;
        hessian[0] -= scale * scale * curvature;
        hessian[last] += push - scale * curvatureAlong;
        hessian[last + categoryCount] -= curvatureTwice;
    }

    /// <summary>1 − δ(1 + κ) = 1 − δ/(1 − e^−δ), by its series (the Bernoulli numbers') where the difference would cancel.</summary>
    private static double Remainder(double gap, double kappa)
    {
        double square = gap * gap;
        double series = gap * (0.5 + gap * (1.0 / 12 - square * (1.0 / 720 - square * (1.0 / 30240 - square * (1.0 / 1209600
            - square * (1.0 / 47900160 - square * (691.0 / 1307674368000 - square * (1.0 / 74724249600))))))));
        return gap < 0.5 ? -series : 1.0 - gap * (1.0 + kappa);
    }
}
