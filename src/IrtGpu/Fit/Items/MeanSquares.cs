using IrtGpu.Items;

namespace IrtGpu.Fit.Items;

/// <summary>Weighted (infit) and unweighted (outfit) mean squares of residuals, with their normal deviates.</summary>
/// <remarks>
/// Outfit = mean of (x − E)²/V, infit = Σ (x − E)²/Σ V, x the number of the category, E and V its mean and variance at θ. Deviates by Wilson and
/// Hilferty: z = (m^⅓ − 1)·3/q + q/3, with q² the variance of the mean square given θ, from fourth moments; q is at most √2. Wright and Masters
/// (1982), Rating Scale Analysis. NaN where nobody answered.
/// </remarks>
/// <param name="Infit">1 is expected.</param>
/// <param name="InfitZ">Its normal deviate.</param>
/// <param name="Outfit">1 is expected.</param>
/// <param name="OutfitZ">Its normal deviate.</param>
public sealed record MeanSquares(double Infit, double InfitZ, double Outfit, double OutfitZ)
{
    /// <summary>There are none.</summary>
    public static MeanSquares None { get; } = new(double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>Those of an item, averaged over the posteriors of θ of a group's persons, as R's TAM has them.</summary>
    /// <param name="population">The group.</param>
    /// <param name="counts">Its expected counts.</param>
    /// <param name="item">Item.</param>
    internal static MeanSquares OverPosterior(GroupPopulation population, GroupCounts counts, int item)
    {
        PlannedItem planned = population.Plan.Items[item];
        MeanSquareSums sums = default;
        Span<double> probability = stackalloc double[planned.CategoryCount];
        for (int node = 0; node < population.NodeCount; node++)
        {
            for (int category = 0; category < probability.Length; category++)
                probability[category] = population.Row(planned.FirstRow + category)[node];
            CategoryMoments moments = CategoryMoments.Of(probability);
            if (!(moments.Variance > 1e-12))
                continue;
            for (int category = 0; category < probability.Length; category++)
                sums.Add(category, moments, counts.Of(planned.FirstRow + category)[node]);
        }
        return sums.Result();
    }
}

/// <summary>Moments of the number of a category.</summary>
/// <param name="Mean">E.</param>
/// <param name="Variance">V.</param>
/// <param name="Fourth">Fourth central moment.</param>
internal readonly record struct CategoryMoments(double Mean, double Variance, double Fourth)
{
    /// <summary>Of probabilities. [category]</summary>
    public static CategoryMoments Of(ReadOnlySpan<double> probability)
    {
        double mean = 0;
        for (int category = 1; category < probability.Length; category++)
            mean += category * probability[category];
        double variance = 0;
        double fourth = 0;
        for (int category = 0; category < probability.Length; category++)
        {
            double square = (category - mean) * (category - mean);
            variance += square * probability[category];
            fourth += square * square * probability[category];
        }
        return new CategoryMoments(mean, variance, fourth);
    }
}

/// <summary>Sums that mean squares are made of.</summary>
internal record struct MeanSquareSums(double Persons, double Standardized, double Square, double Variance, double Kurtosis, double Excess)
{
    private const double LargestDeviation = 1.4142;

    /// <summary>Adds an answer.</summary>
    /// <param name="x">Number of the category.</param>
    /// <param name="moments">What is expected.</param>
    /// <param name="weight">How many persons.</param>
    public void Add(double x, CategoryMoments moments, double weight)
    {
        double square = (x - moments.Mean) * (x - moments.Mean);
        Persons += weight;
        Standardized += weight * square / moments.Variance;
        Square += weight * square;
        Variance += weight * moments.Variance;
        Kurtosis += weight * moments.Fourth / (moments.Variance * moments.Variance);
        Excess += weight * (moments.Fourth - moments.Variance * moments.Variance);
    }

    /// <summary>Adds the sums of others.</summary>
    public void Add(MeanSquareSums other) => this = new(
        Persons + other.Persons, Standardized + other.Standardized, Square + other.Square, Variance + other.Variance, Kurtosis + other.Kurtosis, Excess + other.Excess);

    /// <summary>The mean squares.</summary>
    public readonly MeanSquares Result()
    {
        if (!(Persons > 0) || !(Variance > 0))
            return MeanSquares.None;
        double outfit = Standardized / Persons;
        double infit = Square / Variance;
        return new MeanSquares(
            infit, Deviate(infit, Excess / (Variance * Variance)), outfit, Deviate(outfit, Kurtosis / (Persons * Persons) - 1 / Persons));
    }

    private static double Deviate(double meanSquare, double variance)
    {
        double deviation = Math.Min(Math.Sqrt(Math.Max(variance, 0)), LargestDeviation);
        return deviation > 0 ? (Math.Cbrt(meanSquare) - 1) * 3 / deviation + deviation / 3 : double.NaN;
    }
}
