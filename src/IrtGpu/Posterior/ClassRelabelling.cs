using IrtGpu.Estimation;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Posterior;

/// <summary>Gives the classes of a draw the labels under which it is nearest to the estimates, in units of their standard errors.</summary>
/// <remarks>Marin, Mengersen &amp; Robert (2005): the likelihood is the same for every labelling, the estimates are a pivot.</remarks>
internal sealed class ClassRelabelling
{
    private const int MostClasses = 6; // 720 labellings

    private readonly CalibrationPlan plan;
    private readonly double[] pivot; // [free]
    private readonly double[] scale; // [free]
    private readonly int[][] orders;
    private int changed;
    private int seen;

    /// <summary>Prepares.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="estimates">Free parameters. [free]</param>
    /// <param name="scales">Their standard errors, or like. [free]</param>
    public ClassRelabelling(CalibrationPlan plan, double[] estimates, double[] scales)
    {
        this.plan = plan;
        pivot = estimates;
        scale = scales;
        orders = plan.ClassCount is > 1 and <= MostClasses && !ClassAlignment.HasMeaning(plan) ? [.. Permutations([.. Enumerable.Range(0, plan.ClassCount)], 0)] : [];
    }

    /// <summary>Share of the draws so far whose classes were given other labels.</summary>
    public double ChangedShare => seen == 0 ? 0 : (double)changed / seen;

    /// <summary>The draw with its labels.</summary>
    public ParameterVector Relabel(ParameterVector draw)
    {
        seen++;
        ParameterVector best = draw;
        double least = double.PositiveInfinity;
        foreach (int[] order in orders)
        {
            if (ClassAlignment.Reorder(plan, draw, order) is not { } candidate)
                continue;
            double distance = Distance(candidate.Free);
            if (distance < least)
                (best, least) = (candidate, distance);
        }
        changed += ReferenceEquals(best, draw) ? 0 : 1;
        return best;
    }

    private double Distance(double[] free)
    {
        double sum = 0;
        for (int index = 0; index < free.Length; index++)
            sum += Math.Pow((free[index] - pivot[index]) / scale[index], 2);
        return sum;
    }

    private static IEnumerable<int[]> Permutations(int[] order, int fixedCount)
    {
        if (fixedCount == order.Length)
        {
            yield return (int[])order.Clone();
            yield break;
        }
        for (int place = fixedCount; place < order.Length; place++)
        {
            (order[fixedCount], order[place]) = (order[place], order[fixedCount]);
            foreach (int[] permutation in Permutations(order, fixedCount + 1))
                yield return permutation;
            (order[fixedCount], order[place]) = (order[place], order[fixedCount]);
        }
    }
}
