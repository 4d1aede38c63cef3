using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Fit.Items;

/// <summary>X² and G² of the items of one observed group over ten groups of persons of similar θ̂.</summary>
/// <remarks>
/// Yen (1981), Applied Psychological Measurement 5, 245–262; G²: McKinley and Mills (1985), same journal 9, 49–57. Of those who answered an
/// item, ten runs of nearly equal weight by posterior mean, persons of equal θ̂ together; expected are the probabilities at a run's mean θ̂.
/// As θ̂ is no θ, both reject a fitting model too often, more so in short tests: S-X² does not.
/// </remarks>
internal static class AbilityGroupFit
{
    private const int GroupCount = 10;

    /// <summary>Tests every item.</summary>
    /// <param name="point">The estimates; one attribute, one class.</param>
    /// <param name="group">Observed group.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="members">The group's patterns.</param>
    /// <param name="theta">θ̂. [pattern]</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>[item]; null where the item is not given in the group</returns>
    public static (ItemTest X2, ItemTest G2)?[] Of(
        ModelPoint point, int group, PatternTable patterns, int[] members, double[] theta, int threads, CancellationToken cancellation)
    {
        CalibrationPlan plan = point.Plan;
        int[] ordered = [.. members.OrderBy(pattern => theta[pattern])];
        int[] setOfItem = plan.Tables[plan.Blocks[group].Table].SetOfItem;
        (ItemTest, ItemTest)?[] tests = new (ItemTest, ItemTest)?[plan.ItemCount];
        Parallel.For(0, plan.ItemCount, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, item =>
        {
            if (setOfItem[item] >= 0)
                tests[item] = Test(point, plan.ParameterSets[setOfItem[item]], patterns, ordered, theta, FreeParameterCounts.OfItem(plan, group, item));
        });
        return tests;
    }

    private static (ItemTest X2, ItemTest G2) Test(ModelPoint point, ItemParameterSet set, PatternTable patterns, int[] ordered, double[] theta, int parameters)
    {
        PlannedItem planned = point.Plan.Items[set.Item];
        double[,] observed = new double[GroupCount, planned.CategoryCount];
        double[] sum = new double[GroupCount];
        double total = 0;
        foreach (int pattern in ordered)
            total += patterns.Row(pattern)[set.Item] == ResponseData.Missing ? 0 : patterns.Frequency[pattern];
        double before = 0;
        int run = 0;
        double last = double.NaN;
        foreach (int pattern in ordered)
        {
            byte category = patterns.Row(pattern)[set.Item];
            if (category == ResponseData.Missing)
                continue;
            if (!(Math.Abs(theta[pattern] - last) < 1e-9)) // equal but for rounding stays together
                run = Math.Min(GroupCount - 1, (int)(GroupCount * (before + 0.5 * patterns.Frequency[pattern]) / total));
            last = theta[pattern];
            observed[run, category] += patterns.Frequency[pattern];
            sum[run] += patterns.Frequency[pattern] * theta[pattern];
            before += patterns.Frequency[pattern];
        }
        return Compare(point, set, observed, sum, total, parameters);
    }

    private static (ItemTest X2, ItemTest G2) Compare(ModelPoint point, ItemParameterSet set, double[,] observed, double[] sum, double total, int parameters)
    {
        PlannedItem planned = point.Plan.Items[set.Item];
        double x2 = 0;
        double g2 = 0;
        int x2Df = -parameters;
        int g2Df = -parameters;
        double[] logProbability = new double[planned.CategoryCount];
        for (int run = 0; run < GroupCount; run++)
        {
            double persons = 0;
            for (int category = 0; category < planned.CategoryCount; category++)
                persons += observed[run, category];
            if (persons == 0)
                continue;
            ItemTables.FillItem(point, set, [sum[run] / persons], planned.Attributes, 1, new double[1], logProbability, 1);
            x2Df += planned.CategoryCount - 1;
            g2Df--;
            for (int category = 0; category < planned.CategoryCount; category++)
            {
                double expected = persons * Math.Exp(logProbability[category]);
                double difference = observed[run, category] - expected;
                x2 += difference * difference / expected;
                if (observed[run, category] > 0)
                {
                    g2 += 2 * observed[run, category] * Math.Log(observed[run, category] / expected);
                    g2Df++;
                }
            }
        }
        return (Make(x2, x2Df), Make(g2, g2Df));

        ItemTest Make(double statistic, int df) => df > 0 && double.IsFinite(statistic)
            ? new ItemTest(statistic, df, total, null)
            : new ItemTest(double.NaN, df, total, total == 0 ? "nobody answered" : df > 0 ? "a category that the model rules out was given" : "no degrees of freedom left by its parameters");
    }
}
