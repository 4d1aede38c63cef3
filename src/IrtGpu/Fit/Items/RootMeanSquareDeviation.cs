using IrtGpu.Items;

namespace IrtGpu.Fit.Items;

/// <summary>How far the curves that a group's data draw lie from those of the model.</summary>
/// <remarks>
/// With observed shares p̂_cl = r_cl/n_l under posteriors and f_l = n_l/Σ n among those who answered:
/// RMSD² = 1/M Σ_c Σ_l f_l (p̂_cl − P_cl)², MD = Σ_c c Σ_l f_l (p̂_cl − P_cl)/(M − 1). With two categories these are the usual ones of the
/// correct answer. The corrected RMSD takes off what sampling adds: 1/M Σ_c Σ_l f_l Σ_p w_pl² (1[x_p = c] − P_cl)²/n_l². Von Davier and
/// Yamamoto in the OECD's PISA 2015 Technical Report; Köhler, Robitzsch and Hartig (2020), Journal of Educational and Behavioral Statistics 45, 251–273.
/// </remarks>
/// <param name="Persons">Summed weight of those who answered.</param>
/// <param name="Rmsd">RMSD; NaN where nobody answered.</param>
/// <param name="Corrected">RMSD less what sampling adds.</param>
/// <param name="Md">Mean deviation; positive where the group does better than the model says.</param>
public sealed record RootMeanSquareDeviation(double Persons, double Rmsd, double Corrected, double Md)
{
    /// <summary>Of an item in a group.</summary>
    /// <param name="population">The group.</param>
    /// <param name="counts">Its expected counts.</param>
    /// <param name="item">Item.</param>
    internal static RootMeanSquareDeviation Of(GroupPopulation population, GroupCounts counts, int item)
    {
        PlannedItem planned = population.Plan.Items[item];
        double[] answered = counts.Answered(item);
        double[] squared = counts.AnsweredSquared(item);
        double persons = answered.Sum();
        if (!(persons > 0))
            return new RootMeanSquareDeviation(0, double.NaN, double.NaN, double.NaN);
        double square = 0;
        double sampling = 0;
        double mean = 0;
        for (int category = 0; category < planned.CategoryCount; category++)
        {
            ReadOnlySpan<double> given = counts.Of(planned.FirstRow + category);
            ReadOnlySpan<double> probability = population.Row(planned.FirstRow + category);
            ReadOnlySpan<double> givenSquared = counts.SquaredWeight.AsSpan((planned.FirstRow + category) * answered.Length, answered.Length);
            for (int node = 0; node < answered.Length; node++)
            {
                if (!(answered[node] > 1e-100))
                    continue;
                double share = answered[node] / persons;
                double p = probability[node];
                double difference = given[node] / answered[node] - p;
                square += share * difference * difference;
                mean += category * share * difference;
                sampling += share * (givenSquared[node] * (1 - 2 * p) + squared[node] * p * p) / (answered[node] * answered[node]);
            }
        }
        return new RootMeanSquareDeviation(
            persons, Math.Sqrt(square / planned.CategoryCount), Math.Sqrt(Math.Max(0, square - sampling) / planned.CategoryCount), mean / (planned.CategoryCount - 1));
    }
}
