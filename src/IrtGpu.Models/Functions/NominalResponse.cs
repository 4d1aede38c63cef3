using System.Runtime.CompilerServices;

namespace IrtGpu.Models.Functions;

/// <summary>Nominal response model: P_m ∝ exp(ψ_m), ψ_1 = 0, ψ_m = d_(m−1) + ak_m z, with free category scores ak.</summary>
/// <remarks>
/// <para>
/// Shape: d_1…d_(M−1), then the middle scores ak_2…ak_(M−1); ak_1 = 0 and ak_M = M−1 are fixed and identify origin and
/// unit. All finite numbers are in the domain. The category scores given to the model are not read. With ak = 0…M−1
/// it is the <see cref="GeneralizedPartialCredit"/> model with default scores, with M = 2 the 2PL.
/// </para>
/// <para>
/// ψ is bilinear in z and ak, so beside the terms of the exponential family, ∂ψ_m/∂z = ak_m and ∂ψ_m/∂ak_m = z, the
/// Hessian has ∂²ψ_m/∂z∂ak_m = 1: it adds r_m − n P_m to the element (z, ak_m), which depends on the response.
/// </para>
/// <para>
/// Bock (1972), Psychometrika 37, 29–51; the parametrisation by fixed end scores follows Thissen, Cai and Bock (2010),
/// in Nering and Ostini (eds.), Handbook of Polytomous Item Response Theory Models, chapter 3.
/// </para>
/// </remarks>
public readonly struct NominalResponse : IItemModel<NominalResponse>, IWeightedScoreModel
{
    /// <inheritdoc/>
    public static int ShapeCount(int categoryCount) => 2 * categoryCount - 3;

    /// <summary>Whether all intercepts and scores are finite.</summary>
    /// <inheritdoc/>
    public static bool IsInDomain<TShape>(int categoryCount, TShape shape)
        where TShape : struct, IVector, allows ref struct
    {
        bool finite = true;
        for (int index = 0; index < 2 * categoryCount - 3; index++)
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
            logProbability[category] = shape[category - 1] + Score(category, categoryCount, shape) * z;
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
        SoftmaxMoments<TReal> moments = SoftmaxFamily.Moments<NominalResponse, TReal, TShape, TScores, TLog, TCounts>(
            categoryCount, shape, scores, logProbability, counts);
        TLog probability = logProbability; // what Moments left there
        SoftmaxFamily.AddCommonDerivatives<NominalResponse, TReal, TShape, TScores, TLog, TCounts, TGradient, THessian>(
            moments, categoryCount, shape, scores, probability, counts, gradient, hessian);
        for (int category = 1; category < categoryCount - 1; category++)
        {
            TReal share = probability[category];
            TReal residual = moments.Residual(category, share, counts[category]);
            TReal slope = Score(category, categoryCount, shape) - moments.ModeSlope;
            int position = categoryCount - 1 + category; // of ak_m in the gradient
            int row = position * (position + 1) / 2;
            gradient[position] += z * residual;
            hessian[row] += residual - z * moments.Total * share * (slope - moments.MeanSlope);
            for (int other = 1; other < categoryCount; other++)
            {
                TReal information = other == category ? moments.Variance(category, share) : -share * probability[other];
                information *= moments.Total * z;
                hessian[row + other] -= information; // (ak_m, d_other)
                if (other <= category)
                    hessian[row + categoryCount - 1 + other] -= information * z; // (ak_m, ak_other)
            }
        }
    }

    /// <inheritdoc/>
    public static double Score<TShape, TScores>(int category, int categoryCount, TShape shape, TScores scores)
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct =>
        Score(category, categoryCount, shape);

    /// <inheritdoc/>
    public static int ScoreParameter(int category, int categoryCount) =>
        category == 0 || category == categoryCount - 1 ? -1 : categoryCount - 2 + category;

    private static double Score<TShape>(int category, int categoryCount, TShape shape)
        where TShape : struct, IVector, allows ref struct
    {
        if (category == 0)
            return 0.0;
        return category == categoryCount - 1 ? categoryCount - 1 : shape[categoryCount - 2 + category];
    }
}
