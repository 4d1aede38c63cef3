using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Priors;

namespace IrtGpu.Regression.Mixtures.Search;

/// <summary>The ends that priors give to parameters.</summary>
internal static class PriorBounds
{
    private const double Margin = 1e-12; // that a bounded number stays inside, so that rounding has a density
    private const double Near = 1e-9;

    /// <summary>The range of a reported number, a margin inside of its prior's.</summary>
    public static (double Lower, double Upper) Of(Prior prior) => (
        double.IsFinite(prior.Lower) ? prior.Lower + Margin * (1 + Math.Abs(prior.Lower)) : prior.Lower,
        double.IsFinite(prior.Upper) ? prior.Upper - Margin * (1 + Math.Abs(prior.Upper)) : prior.Upper);

    /// <summary>Free parameters whose reported number lies at an end of its prior.</summary>
    /// <param name="problem">The mixture.</param>
    /// <param name="full">Working numbers. [slot]</param>
    public static IReadOnlyList<int> Reached(MixtureProblem problem, ReadOnlySpan<double> full)
    {
        MixtureLayout layout = problem.Layout;
        double[] natural = new double[layout.SlotCount];
        problem.Scale.ToNatural(layout, full, natural);
        List<int> reached = [];
        for (int free = 0; free < layout.FreeCount; free++)
        {
            int slot = layout.FirstSlots[free];
            if (problem.Priors.OfSlot[slot] is { } prior && (IsNear(natural[slot], prior.Lower) || IsNear(natural[slot], prior.Upper)))
                reached.Add(free);
        }
        return reached;
    }

    private static bool IsNear(double value, double bound) => double.IsFinite(bound) && Math.Abs(value - bound) < Near * (1 + Math.Abs(bound));
}
