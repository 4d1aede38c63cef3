using IrtGpu.Items;
using IrtGpu.Linking.Forms;

namespace IrtGpu.Linking.Methods;

/// <summary>A and B from means and SDs of the anchors' slopes and difficulties.</summary>
/// <remarks>
/// a = A a_base, b_base = A b + B: A = mean a / mean a_base (mean–mean) or SD b_base / SD b (mean–sigma), B = mean b_base − A mean b.
/// Difficulties of items with more than two categories are those of <c>items-irt.csv</c>, each step one.
/// </remarks>
internal static class AnchorMoments
{
    /// <summary>Why there is no solution; null where there is one.</summary>
    public static string? Problem(LinkMethod method, IReadOnlyList<AnchorItem> anchors, double[] baseSlots, double[] slots)
    {
        if (anchors.FirstOrDefault(anchor => !anchor.Base.IsOrdered) is { } nominal)
            return $"'{nominal.Name}' is nominal and has no difficulties. Use haebara";
        (double[] slopesThere, double[] there) = Classical(anchors, anchor => anchor.Base, baseSlots);
        (double[] slopesHere, double[] here) = Classical(anchors, anchor => anchor.New, slots);
        if (Array.Exists(there, value => !double.IsFinite(value)) || Array.Exists(here, value => !double.IsFinite(value)))
            return "an anchor has slope 0, so that it has no difficulty. Leave it out (--anchors '!ITEM')";
        if (!anchors.Any(anchor => anchor.HasFixedSlope) && method == LinkMethod.MeanSigma && !(Deviation(there) > 0 && Deviation(here) > 0))
            return "the anchors have one difficulty in all, and so no SD. Use another method, or more anchors";
        return slopesThere.Average() * slopesHere.Average() > 0
            ? null : "the mean slopes of the two forms have different signs, or one is 0. Look at the anchors' slopes";
    }

    /// <summary>A and B.</summary>
    public static MetricTransformation Solve(LinkMethod method, IReadOnlyList<AnchorItem> anchors, double[] baseSlots, double[] slots)
    {
        (double[] slopesThere, double[] there) = Classical(anchors, anchor => anchor.Base, baseSlots);
        (double[] slopesHere, double[] here) = Classical(anchors, anchor => anchor.New, slots);
        double unit = anchors.Any(anchor => anchor.HasFixedSlope) ? 1
            : method == LinkMethod.MeanSigma ? Deviation(there) / Deviation(here)
            : slopesHere.Average() / slopesThere.Average();
        return new MetricTransformation(unit, there.Average() - unit * here.Average());
    }

    /// <summary>B where A is known.</summary>
    public static double SolveOrigin(IReadOnlyList<AnchorItem> anchors, double[] baseSlots, double[] slots, double unit) =>
        Classical(anchors, anchor => anchor.Base, baseSlots).Difficulties.Average() - unit * Classical(anchors, anchor => anchor.New, slots).Difficulties.Average();

    private static (double[] Slopes, double[] Difficulties) Classical(IReadOnlyList<AnchorItem> anchors, Func<AnchorItem, FormItem> side, double[] slots)
    {
        List<double> slopes = [];
        List<double> difficulties = [];
        foreach (FormItem item in anchors.Select(side))
        {
            foreach (ReportedParameter parameter in item.Planned.Family.ReportClassical(item.Planned, slots.AsSpan(item.Set.FirstSlot, item.Set.SlotCount), isOneDimensional: true))
            {
                if (parameter.Name == "a")
                    slopes.Add(parameter.Value);
                else if (parameter.Name[0] == 'b')
                    difficulties.Add(parameter.Value);
            }
        }
        return ([.. slopes], [.. difficulties]);
    }

    private static double Deviation(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}
