using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Mixtures.Search;

namespace IrtGpu.Regression.Posterior;

/// <summary>Labels of the classes of a draw: by the order that was asked for, else those under which it is nearest to the estimates.</summary>
/// <remarks>
/// Marin, Mengersen &amp; Robert (2005): the estimates, whose classes are in order, are a pivot, in units of their standard errors. An order
/// that does not separate the classes would mix them where the draws do not.
/// </remarks>
internal sealed class ClassLabels
{
    private readonly MixtureProblem problem;
    private readonly double[] pivot; // [free]
    private readonly double[] scale; // [free]
    private readonly int[][] orders;
    private readonly int[] asTheyAre;

    /// <summary>Prepares.</summary>
    /// <param name="fit">The estimates.</param>
    /// <param name="scale">Their standard errors, or like. [free]</param>
    public ClassLabels(MixtureFit fit, double[] scale)
    {
        problem = fit.Problem;
        this.scale = scale;
        pivot = problem.Layout.Collapse(fit.Full);
        asTheyAre = [.. Enumerable.Range(0, problem.Layout.ClassCount)];
        orders = problem.IsExchangeable && problem.Layout.ClassCount > 1 && problem.Options.OrderBy is null ? [.. RandomStarts.Orders(problem.Layout.ClassCount)] : [];
    }

    /// <summary>Which of the draw's classes comes at each place. [class]</summary>
    /// <param name="full">Working numbers. [slot]</param>
    public int[] Of(double[] full)
    {
        if (orders.Length == 0)
            return problem.Options.OrderBy is null ? asTheyAre : ClassOrder.Of(problem, full);
        int[] best = asTheyAre;
        double least = double.PositiveInfinity;
        foreach (int[] order in orders)
        {
            double distance = Distance(problem.Layout.Collapse(problem.Layout.Reorder(full, order)));
            if (distance < least)
                (best, least) = (order, distance);
        }
        return best;
    }

    private double Distance(double[] free)
    {
        double sum = 0;
        for (int index = 0; index < free.Length; index++)
        {
            double difference = (free[index] - pivot[index]) / scale[index];
            sum += difference * difference;
        }
        return sum;
    }
}
