namespace IrtGpu.Models;

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
public readonly struct NominalResponse : IWeightedScoreModel
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
    public static void LogProbabilities<TShape, TScores, TResult>(
        double z, int categoryCount, TShape shape, TScores scores, TResult logProbability)
        where TShape : struct, IVector, allows ref struct
        where TScores : struct, IVector, allows ref struct
        where TResult : struct, IVector, allows ref struct
    {
        logProbability[0] = 0.0;
        for (int category = 1; category < categoryCount; category++)
            logProbability[category] = shape[category - 1] + Score(category, categoryCount, shape) * z;
        SoftmaxFamily.Normalize(categoryCount, logProbability);
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
        SoftmaxMoments moments = SoftmaxFamily.Moments<NominalResponse, TShape, TScores, TLog, TCounts>(
            categoryCount, shape, scores, logProbability, counts);
        SoftmaxFamily.AddCommonDerivatives<NominalResponse, TShape, TScores, TLog, TCounts, TGradient, THessian>(
            moments, categoryCount, shape, scores, logProbability, counts, gradient, hessian);
        for (int category = 1; category < categoryCount - 1; category++)
        {
            double probability = Elementary.Exp(logProbability[category]);
            double residual = moments.Residual(category, probability, counts[category]);
            double slope = Score(category, categoryCount, shape) - moments.ModeSlope;
            int position = categoryCount - 1 + category; // of ak_m in the gradient
            int row = position * (position + 1) / 2;
            gradient[position] += z * residual;
            hessian[row] += residual - z * moments.Total * probability * (slope - moments.MeanSlope);
            for (int other = 1; other < categoryCount; other++)
            {
                double information = other == category
                    ? moments.Variance(category, probability)
                    : -probability * Elementary.Exp(logProbability[other]);
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
