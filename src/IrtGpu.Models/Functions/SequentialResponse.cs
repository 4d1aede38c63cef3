using System.Runtime.CompilerServices;

namespace IrtGpu.Models.Functions;

/// <summary>Sequential response model: step t is passed with probability S_t = σ(d_t + z), and tried only after step t − 1 is passed.</summary>
/// <remarks>
/// <para>
/// P_m = S_1 … S_m (1 − S_(m+1)) for m = 0…M−1 (categories counted from 0), without the last factor in the last category. Shape:
/// d_1 … d_(M−1), any finite numbers. Category scores are not read. With M = 2 it is the 2PL; with slopes 1 it is Tutz' model.
/// </para>
/// <para>
/// log P_m = Σ_(t≤m) log σ(d_t + z) + log σ(−(d_(m+1) + z)): each step is a 2PL response of those who try it, so that with n_t the
/// count above the step and r_t the count that fails it, ∂d_t = n_t (1 − S_t) − r_t S_t and ∂²d_t = −(n_t + r_t) S_t (1 − S_t); z moves
/// all steps together, and steps do not share second derivatives.
/// Tutz (1990), British Journal of Mathematical and Statistical Psychology 43, 39–55.
/// </para>
/// </remarks>
public readonly struct SequentialResponse : IItemModel<SequentialResponse>
{
    /// <inheritdoc/>
    public static int ShapeCount(int categoryCount) => categoryCount - 1;

    /// <summary>Whether the intercepts are finite.</summary>
    /// <inheritdoc/>
    public static bool IsInDomain<TShape>(int categoryCount, TShape shape)
        where TShape : struct, IVector, allows ref struct
    {
        bool valid = true;
        for (int index = 0; index < categoryCount - 1; index++)
            valid &= Elementary.IsFinite(shape[index]);
        return valid;
    }

    /// <inheritdoc/>
    public static int ConstantKindCount => 0;

    /// <inheritdoc/>
    public static int ConstantCount(int categoryCount) => 0;

    /// <summary>0: there is none.</summary>
    /// <inheritdoc/>
    public static double Constant<TShape>(int kind, int index, int categoryCount, TShape shape)
        where TShape : struct, IVector, allows ref struct => 0.0;

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
        TReal passed = 0.0; // log-probability of passing all steps so far
        for (int category = 0; category < categoryCount - 1; category++)
        {
            TReal x = shape[category] + z;
            TReal tail = Elementary.LogisticTail(x);
            logProbability[category] = passed + (Elementary.NegativePart(-x) - tail);
            passed += Elementary.NegativePart(x) - tail;
        }

        logProbability[categoryCount - 1] = passed;
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
        TReal above = 0.0; // count that passed the step
        TReal slope = 0.0;
        TReal curvature = 0.0;
        for (int step = categoryCount - 1; step > 0; step--)
        {
            above += counts[step];
            TReal failed = counts[step - 1];
            TReal logistic = Elementary.Sigmoid(shape[step - 1] + z, out TReal complement);
            TReal push = above * complement - failed * logistic;
            TReal information = (above + failed) * (logistic * complement);
            int row = step * (step + 1) / 2;
            gradient[step] += push;
            hessian[row] -= information;
            hessian[row + step] -= information;
            slope += push;
            curvature += information;
        }

        gradient[0] += slope;
        hessian[0] -= curvature;
    }
}
