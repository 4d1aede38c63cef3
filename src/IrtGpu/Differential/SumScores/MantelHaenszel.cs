using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Differential.SumScores;

/// <summary>Tests of no association of item and group within sum scores.</summary>
/// <remarks>
/// χ² = dᵀ V⁻¹ d without continuity correction, d and V the differences from their expectations given all margins, summed over strata. Ordered items by
/// the sum of category numbers of each group but the reference: Mantel and Haenszel (1959) with two categories and two groups, Mantel (1963)
/// with more categories, Somes (1986) and Penfield (2001) with more groups. Nominal items by the counts of all categories but the first.
/// </remarks>
internal static class MantelHaenszel
{
    /// <summary>The test; null where no stratum has persons of two groups who differ.</summary>
    /// <param name="counts">The counts.</param>
    /// <param name="isNominal">Whether the categories have no order.</param>
    public static (double Statistic, int Df)? Test(MatchedCounts counts, bool isNominal)
    {
        int scored = isNominal ? counts.CategoryCount - 1 : 1;
        int groups = counts.GroupCount - 1;
        int n = scored * groups;
        double[] difference = new double[n];
        double[] variance = new double[n * n];
        for (int stratum = 0; stratum < counts.StratumCount; stratum++)
            Add(counts, stratum, isNominal, scored, difference, variance);
        double largest = 0;
        for (int k = 0; k < n; k++)
            largest = Math.Max(largest, variance[k * n + k]);
        if (!(largest > 1e-12) || !CholeskySolver.TryFactor(variance, n))
            return null;
        double[] solved = (double[])difference.Clone();
        CholeskySolver.Solve(variance, solved, n);
        double statistic = 0;
        for (int k = 0; k < n; k++)
            statistic += difference[k] * solved[k];
        return (statistic, n);
    }

    private static void Add(MatchedCounts counts, int stratum, bool isNominal, int scored, double[] difference, double[] variance)
    {
        int n = difference.Length;
        double[] persons = new double[counts.GroupCount];
        double[] given = new double[counts.CategoryCount];
        for (int group = 0; group < counts.GroupCount; group++)
        {
            persons[group] = counts.Persons(stratum, group);
            for (int category = 0; category < counts.CategoryCount; category++)
                given[category] += counts[stratum, group, category];
        }
        double total = persons.Sum();
        if (!(total > 1))
            return;
        double[] mean = new double[scored];
        double[] spread = new double[scored * scored];
        for (int category = 0; category < counts.CategoryCount; category++)
        {
            for (int a = 0; a < scored; a++)
                mean[a] += given[category] / total * Value(category, a);
        }
        for (int category = 0; category < counts.CategoryCount; category++)
        {
            for (int a = 0; a < scored; a++)
            {
                for (int b = 0; b < scored; b++)
                    spread[a * scored + b] += given[category] / total * (Value(category, a) - mean[a]) * (Value(category, b) - mean[b]);
            }
        }
        for (int group = 1; group < counts.GroupCount; group++)
        {
            for (int a = 0; a < scored; a++)
            {
                int row = (group - 1) * scored + a;
                for (int category = 0; category < counts.CategoryCount; category++)
                    difference[row] += counts[stratum, group, category] * (Value(category, a) - mean[a]);
                for (int other = 1; other < counts.GroupCount; other++)
                {
                    double factor = total / (total - 1) * ((group == other ? persons[group] : 0) - persons[group] * persons[other] / total);
                    for (int b = 0; b < scored; b++)
                        variance[row * n + (other - 1) * scored + b] += factor * spread[a * scored + b];
                }
            }
        }

        double Value(int category, int k) => isNominal ? category == k + 1 ? 1 : 0 : category;
    }

    /// <summary>
    /// Common odds ratio of two groups and two categories, as Δ = −2.35 log α with α the odds of the reference over those of the focal group, and the standard error of Robins,
    /// Breslow and Greenland (1986).
    /// </summary>
    public static (double Delta, double Error)? Delta(MatchedCounts counts)
    {
        double above = 0;
        double below = 0;
        double first = 0;
        double middle = 0;
        double last = 0;
        for (int stratum = 0; stratum < counts.StratumCount; stratum++)
        {
            (double a, double b) = (counts[stratum, 0, 1], counts[stratum, 0, 0]); // reference right, wrong
            (double c, double d) = (counts[stratum, 1, 1], counts[stratum, 1, 0]);
            double total = a + b + c + d;
            if (total == 0)
                continue;
            (double r, double s) = (a * d / total, b * c / total);
            (double p, double q) = ((a + d) / total, (b + c) / total);
            above += r;
            below += s;
            first += p * r;
            middle += p * s + q * r;
            last += q * s;
        }
        if (!(above > 0) || !(below > 0))
            return null;
        double variance = first / (2 * above * above) + middle / (2 * above * below) + last / (2 * below * below);
        return (-Effects.CurveEffects.DeltaFactor * Math.Log(above / below), Effects.CurveEffects.DeltaFactor * Math.Sqrt(variance));
    }

    /// <summary>
    /// Standardised mean difference (Dorans &amp; Schmitt 1991): focal minus reference in category numbers, strata weighted by the focal persons; and the item's SD
    /// among all persons.
    /// </summary>
    public static (double Difference, double Deviation)? MeanDifference(MatchedCounts counts)
    {
        double difference = 0;
        double weight = 0;
        double persons = 0;
        double mean = 0;
        double square = 0;
        for (int stratum = 0; stratum < counts.StratumCount; stratum++)
        {
            double[] sums = new double[2];
            for (int group = 0; group < 2; group++)
            {
                for (int category = 0; category < counts.CategoryCount; category++)
                {
                    double count = counts[stratum, group, category];
                    sums[group] += count * category;
                    persons += count;
                    mean += count * category;
                    square += count * category * category;
                }
            }
            (double reference, double focal) = (counts.Persons(stratum, 0), counts.Persons(stratum, 1));
            if (reference == 0 || focal == 0)
                continue;
            weight += focal;
            difference += focal * (sums[1] / focal - sums[0] / reference);
        }
        double deviation = Math.Sqrt(Math.Max(0, square / persons - mean / persons * (mean / persons)));
        return weight > 0 && deviation > 0 ? (difference / weight, deviation) : null;
    }
}
