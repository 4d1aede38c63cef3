using IrtGpu.Compute;
using IrtGpu.Differential.Models;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Differential.Effects;

/// <summary>How far an item's curves in two groups lie apart.</summary>
/// <param name="SignedArea">∫ E_focal(θ) − E_reference(θ) dθ over the whole line; null where it is infinite, or with several dimensions.</param>
/// <param name="UnsignedArea">∫ |E_focal(θ) − E_reference(θ)| dθ.</param>
/// <param name="Signed">Mean of E_focal − E_reference over the focal persons, in points (SIDS of Meade 2010).</param>
/// <param name="Unsigned">Mean of its magnitude (UIDS).</param>
/// <param name="Rmsd">Root mean square of the difference over the focal persons, divided by the most points.</param>
/// <param name="Delta">2.35 times the mean difference of logits over the focal persons: the ETS delta of two categories; null with more.</param>
internal sealed record CurveEffects(double? SignedArea, double? UnsignedArea, double Signed, double Unsigned, double Rmsd, double? Delta)
{
    /// <summary>From log odds to the delta scale of ETS.</summary>
    public const double DeltaFactor = 2.35;

    private const double Settled = 40; // |z| beyond which a curve has settled
    private const int MostSteps = 200_000;

    /// <summary>Compares.</summary>
    /// <param name="fit">A fit in which the item is free.</param>
    /// <param name="item">Item.</param>
    /// <param name="reference">Its parameters in the reference group.</param>
    /// <param name="focal">In the focal group.</param>
    /// <param name="focalGroup">The focal group.</param>
    public static CurveEffects Of(InvarianceFit fit, int item, ItemParameterSet reference, ItemParameterSet focal, int focalGroup)
    {
        PlannedItem planned = fit.Plan.Items[item];
        PlannedBlock block = fit.Plan.Blocks[focalGroup];
        double[] theta = fit.Point.ThetaOfBlock(block);
        double[] weight = [.. fit.Point.LogWeight[block.Index].Select(Math.Exp)];
        double[] ofReference = Curve(fit.Point.Parameters.Slots, fit.Plan.AttributeCount, planned, reference, theta, out double[] logitReference);
        double[] ofFocal = Curve(fit.Point.Parameters.Slots, fit.Plan.AttributeCount, planned, focal, theta, out double[] logitFocal);
        double signed = 0;
        double unsigned = 0;
        double square = 0;
        double logit = 0;
        for (int node = 0; node < weight.Length; node++)
        {
            double difference = ofFocal[node] - ofReference[node];
            signed += weight[node] * difference;
            unsigned += weight[node] * Math.Abs(difference);
            square += weight[node] * difference * difference;
            if (planned.CategoryCount == 2)
                logit += weight[node] * (logitFocal[node] - logitReference[node]);
        }
        (double Signed, double Unsigned)? area = fit.Plan.AttributeCount == 1 ? Area(fit, planned, reference, focal) : null;
        return new CurveEffects(
            area?.Signed, area?.Unsigned, signed, unsigned, Math.Sqrt(square) / Most(planned), planned.CategoryCount == 2 ? DeltaFactor * logit : null);
    }

    /// <summary>Expected points at nodes, category numbers for points; logits of the second of two categories.</summary>
    public static double[] Curve(double[] slots, int attributeCount, PlannedItem item, ItemParameterSet set, double[] theta, out double[] logit)
    {
        int nodeCount = theta.Length / attributeCount;
        double[] z = new double[nodeCount];
        ItemTables.LinearPredictor(slots.AsSpan(set.FirstSlot, set.SlopeCount), item.Attributes, theta, attributeCount, z);
        double[] logProbability = new double[item.CategoryCount * nodeCount];
        item.Family.Operations.FillTable(
            z, item.CategoryCount, slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount), item.Scores, logProbability, nodeCount);
        double[] expected = new double[nodeCount];
        logit = new double[item.CategoryCount == 2 ? nodeCount : 0];
        for (int node = 0; node < nodeCount; node++)
        {
            for (int category = 1; category < item.CategoryCount; category++)
                expected[node] += category * Math.Exp(logProbability[category * nodeCount + node]);
            if (item.CategoryCount == 2)
                logit[node] = logProbability[nodeCount + node] - logProbability[node];
        }
        return expected;
    }

    /// <summary>
    /// The areas of Raju (1988) and, with more categories, of Cohen, Kim and Baker (1993), by the trapezoid rule between where both curves have
    /// settled; null where they settle at different values.
    /// </summary>
    private static (double Signed, double Unsigned)? Area(InvarianceFit fit, PlannedItem item, ItemParameterSet reference, ItemParameterSet focal)
    {
        double[] slots = fit.Point.Parameters.Slots;
        (double low, double high, double finest) = Reach(item, [reference, focal], slots);
        int steps = (int)Math.Clamp(Math.Ceiling((high - low) * finest / 0.05), 400, MostSteps);
        if (!double.IsFinite(high - low) || (high - low) * finest / MostSteps > 1)
            return null; // a slope of nearly 0: the curve does not settle
        double step = (high - low) / steps;
        double[] theta = [.. Enumerable.Range(0, steps + 1).Select(k => low + k * step)];
        double[] there = Curve(slots, 1, item, reference, theta, out _);
        double[] here = Curve(slots, 1, item, focal, theta, out _);
        if (Math.Abs(here[0] - there[0]) > 1e-9 || Math.Abs(here[^1] - there[^1]) > 1e-9)
            return null;
        double signed = 0;
        double unsigned = 0;
        for (int k = 0; k <= steps; k++)
        {
            signed += step * (here[k] - there[k]);
            unsigned += step * Math.Abs(here[k] - there[k]);
        }
        return (signed, unsigned);
    }

    private static (double Low, double High, double Finest) Reach(PlannedItem item, ItemParameterSet[] sets, double[] slots)
    {
        double reach = 0;
        double finest = 0;
        foreach (ItemParameterSet set in sets)
        {
            double slope = Math.Abs(slots[set.FirstSlot + item.Family.SlopeSlot(item, 0)]);
            double largest = 0;
            for (int k = set.SlopeCount; k < set.SlotCount; k++)
            {
                double value = Math.Abs(slots[set.FirstSlot + k]);
                largest = double.IsFinite(value) ? Math.Max(largest, value) : largest;
            }
            reach = Math.Max(reach, (Settled + largest * Math.Max(1, slope)) / slope);
            finest = Math.Max(finest, slope * Math.Max(1, item.Scores.Max() - item.Scores.Min()));
        }
        return (-reach, reach, finest);
    }

    private static double Most(PlannedItem item) => item.CategoryCount - 1;
}
