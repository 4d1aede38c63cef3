using System.Runtime.CompilerServices;

namespace IrtGpu.Models.Functions;

/// <summary>Generalized partial credit model: P_m ∝ exp(ψ_m), ψ_1 = 0, ψ_m = d_(m−1) + s_m z for m = 2…M.</summary>
/// <remarks>
/// <para>
/// Shape: d_1…d_(M−1), any finite numbers. Scores s_m: any finite numbers, 0…M−1 by default. With M = 2 it is the 2PL
/// (P_2 = σ(d + z) for s_2 = 1); with slopes fixed or equal the Rasch, 1PL and partial credit models.
/// </para>
/// <para>
/// ψ_1 is fixed at 0 whatever s_1 is: the score of the first category has no effect on probabilities or derivatives
/// (∂ψ_1/∂z = 0). Second derivatives do not depend on the response, so observed and expected information agree and
/// the Hessian is negative semi-definite.
/// </para>
/// <para>
/// Limits: as |z| → ∞ the category with the largest s_m z takes all; its log-probability tends to 0 from below with
/// full relative accuracy, the others' to ψ_m − max ψ.
/// Muraki (1992), Applied Psychological Measurement 16, 159–176, in slope–intercept form.
/// </para>
/// </remarks>
public readonly struct GeneralizedPartialCredit : IItemModel<GeneralizedPartialCredit>, IWeightedScoreModel
{
    /// <inheritdoc/>
    public static int ShapeCount(int categoryCount) => categoryCount - 1;

    /// <summary>Whether all intercepts are finite.</summary>
    /// <inheritdoc/>
    public static bool IsInDomain<TShape>(int categoryCount, TShape shape)
        where TShape : struct, IVector, allows ref struct
    {
        bool finite = true;
        for (int index = 0; index < categoryCount - 1; index++)
            finite &= Elementary.IsFinite(shape[index]);
        return finite;
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
        logProbability[0] = 0.0;
        for (int category = 1; category < categoryCount; category++)
            logProbability[category] = shape[category - 1] + scores[category] * z;
        SoftmaxFamily.Normalize<TReal, TResult>(categoryCount, logProbability);
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
        SoftmaxMoments<TReal> moments = SoftmaxFamily.Moments<GeneralizedPartialCredit, TReal, TShape, TScores, TLog, TCounts>(
            categoryCount, shape, scores, logProbability, counts);
        TLog probability = logProbability; // what Moments left there
        SoftmaxFamily.AddCommonDerivatives<GeneralizedPartialCredit, TReal, TShape, TScores, TLog, TCounts, TGradient, THessian>(
            moments, categoryCount, shape, scores, probability, counts, gradient, hessian);
    }

    /// <inheritdoc/>
    public static double Score<TShape, TScores>(int category, int categoryCount, TShape shape, TScores scores)
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct =>
        category == 0 ? 0.0 : scores[category];

    /// <inheritdoc/>
    public static int ScoreParameter(int category, int categoryCount) => -1;
}
