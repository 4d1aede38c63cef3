using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Fit.Curves;

/// <summary>The direction in which an item measures.</summary>
internal static class ItemDirection
{
    /// <summary>The unit vector a / |a| over the item's attributes; 1 where it measures one. [loading]</summary>
    /// <param name="item">The item.</param>
    /// <param name="set">Its parameters.</param>
    /// <param name="slots">All parameters. [slot]</param>
    public static double[] Of(PlannedItem item, ItemParameterSet set, double[] slots)
    {
        double[] slopes = item.Attributes.Length == 1 ? [1] : slots.AsSpan(set.FirstSlot, set.SlopeCount).ToArray();
        double length = Math.Sqrt(slopes.Sum(slope => slope * slope));
        return length > 0 ? Array.ConvertAll(slopes, slope => slope / length) : Array.ConvertAll(slopes, _ => 1 / Math.Sqrt(slopes.Length));
    }
}
