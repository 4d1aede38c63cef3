using IrtGpu.Items;
using IrtGpu.Items.Families;

namespace IrtGpu.Comparison;

/// <summary>Writes an item's parameters in the family of a more general model.</summary>
internal static class ItemEmbedding
{
    /// <summary>The slots; null where the family has no such special case.</summary>
    /// <param name="item">The item as it is.</param>
    /// <param name="slots">Its slots.</param>
    /// <param name="general">The item in the other model.</param>
    /// <param name="isAtBoundary">Set where the special case is the end of a parameter's range.</param>
    public static double[]? Of(PlannedItem item, double[] slots, PlannedItem general, ref bool isAtBoundary)
    {
        if (!item.Attributes.AsSpan().SequenceEqual(general.Attributes) || item.CategoryCount != general.CategoryCount)
            return null;
        if (item.Family == general.Family)
        {
            // 3PL as 4PL: the upper asymptote stands at its end.
            isAtBoundary |= item.Form.Hides(ParameterKind.UpperAsymptote) && !general.Form.Hides(ParameterKind.UpperAsymptote);
            return item.Scores.AsSpan().SequenceEqual(general.Scores) ? slots : null;
        }
        bool isLogistic = item.CategoryCount == 2 && item.Family is not (FourParameterFamily or GradedRatingScaleFamily);
        switch (general.Family)
        {
            case FourParameterFamily when isLogistic:
                isAtBoundary = true;
                return [.. slots, double.NegativeInfinity, double.PositiveInfinity];
            case GradedFamily when item.Family is GradedRatingScaleFamily:
                return [slots[^1], .. slots[1..^1].Select(easiness => easiness * slots[^1])];
            case NominalFamily when item.Family is GeneralizedPartialCreditFamily:
                double unit = item.Scores[^1] / (item.CategoryCount - 1);
                return unit == 0 ? null :
                [
                    .. slots[..item.Attributes.Length].Select(slope => slope * unit), .. slots[item.Attributes.Length..],
                    .. item.Scores[1..^1].Select(score => score / unit),
                ];
            default:
                return isLogistic && general.CategoryCount == 2 && general.Family is not (FourParameterFamily or GradedRatingScaleFamily or NominalFamily) ? slots : null;
        }
    }
}
