using IrtGpu.Linking.Forms;

namespace IrtGpu.Linking.Methods;

/// <summary>Finds A and B of a pair of forms from their slots, by every method.</summary>
internal sealed class PairLinker
{
    private readonly LinkOptions options;
    private readonly LinkGrid baseGrid;
    private readonly LinkGrid grid;

    public PairLinker(LinkForm baseForm, LinkForm form, LinkOptions options)
    {
        this.options = options;
        baseGrid = LinkGrid.Of(baseForm, options.Weights);
        grid = LinkGrid.Of(form, options.Weights);
    }

    /// <summary>Why there is no solution, as the end of a sentence; null where there is one.</summary>
    public static string? Problem(LinkMethod method, IReadOnlyList<AnchorItem> anchors, double[] baseSlots, double[] slots) =>
        IsMoments(method) ? AnchorMoments.Problem(method, anchors, baseSlots, slots) : CurveCriterion.Problem(method, anchors);

    /// <summary>A and B.</summary>
    /// <param name="method">The method.</param>
    /// <param name="anchors">Common items.</param>
    /// <param name="baseSlots">Of the base. [slot]</param>
    /// <param name="slots">Of the form. [slot]</param>
    /// <param name="start">Where curve methods begin, near the solution, and need not end exactly; null: mean–mean where that can be had.</param>
    public MetricTransformation Solve(
        LinkMethod method, IReadOnlyList<AnchorItem> anchors, double[] baseSlots, double[] slots, MetricTransformation? start = null)
    {
        if (IsMoments(method))
            return AnchorMoments.Solve(method, anchors, baseSlots, slots);
        if (start is { } given)
            return Criterion(method, anchors, baseSlots, slots).Minimize(given, isRough: true);
        MetricTransformation begin = AnchorMoments.Problem(LinkMethod.MeanMean, anchors, baseSlots, slots) is null
            ? AnchorMoments.Solve(LinkMethod.MeanMean, anchors, baseSlots, slots) : MetricTransformation.Identity;
        MetricTransformation found = Criterion(method, anchors, baseSlots, slots).Minimize(begin);
        return method == LinkMethod.RobustHaebara ? Better(found, anchors, baseSlots, slots) : found;
    }

    /// <summary>What the method makes small, there; NaN for moments, which make nothing small.</summary>
    public double Value(LinkMethod method, IReadOnlyList<AnchorItem> anchors, double[] baseSlots, double[] slots, MetricTransformation at) =>
        IsMoments(method) ? double.NaN : Criterion(method, anchors, baseSlots, slots).Value(at);

    /// <summary>The criterion.</summary>
    public CurveCriterion Criterion(LinkMethod method, IReadOnlyList<AnchorItem> anchors, double[] baseSlots, double[] slots) =>
        new(method, anchors, baseSlots, slots, options.Direction, baseGrid, grid);

    /// <summary>Whether A and B are a function of means and SDs.</summary>
    public static bool IsMoments(LinkMethod method) => method is LinkMethod.MeanMean or LinkMethod.MeanSigma;

    /// <summary>Absolute differences have several minima where anchors disagree: that from medians of single anchors is tried too.</summary>
    private MetricTransformation Better(MetricTransformation found, IReadOnlyList<AnchorItem> anchors, double[] baseSlots, double[] slots)
    {
        CurveCriterion criterion = Criterion(LinkMethod.RobustHaebara, anchors, baseSlots, slots);
        MetricTransformation[] single = [.. anchors.Select(anchor => (AnchorItem[])[anchor])
            .Where(one => AnchorMoments.Problem(LinkMethod.MeanMean, one, baseSlots, slots) is null)
            .Select(one => AnchorMoments.Solve(LinkMethod.MeanMean, one, baseSlots, slots))];
        if (single.Length < 3)
            return found;
        double unit = Median(single.Select(one => one.A));
        double origin = Median(anchors.Where(anchor => anchor.Base.IsOrdered)
            .Select(anchor => (AnchorItem[])[anchor])
            .Where(one => AnchorMoments.Problem(LinkMethod.MeanMean, one, baseSlots, slots) is null)
            .Select(one => AnchorMoments.SolveOrigin(one, baseSlots, slots, unit)));
        MetricTransformation other = criterion.Minimize(new MetricTransformation(unit, origin));
        return criterion.Value(other) < criterion.Value(found) ? other : found;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
