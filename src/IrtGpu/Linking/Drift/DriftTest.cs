using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Inference.Testing;
using IrtGpu.Linking.Errors;
using IrtGpu.Linking.Forms;
using IrtGpu.Linking.Methods;

namespace IrtGpu.Linking.Drift;

/// <summary>Looks at every common item of a pair: how far it moved, compared with the other anchors and with chance.</summary>
/// <remarks>
/// Wald: d = parameters in the form on the scale of the base − parameters in the base, on the working scale; its covariance takes the errors
/// of both forms, and through the derivatives of A and B what the item itself did to them. Parameters without variance are left out.
/// </remarks>
internal sealed class DriftTest(LinkForm baseForm, LinkForm form, FormPair pair, MetricTransformation at, MetricGradients? gradients, FormVariance variance)
{
    private const double Step = 1e-6;

    /// <summary>The rows, in the order of the common items.</summary>
    /// <param name="used">Names of the anchors that A and B are from.</param>
    public IReadOnlyList<AnchorDrift> Rows(IReadOnlySet<string> used)
    {
        IReadOnlyList<AnchorItem> items = pair.Common.Items;
        double[] difficulty = [.. items.Select(Difficulty)];
        double[] slope = [.. items.Select(LogSlope)];
        double?[] difficultyZ = RobustZ.Of(difficulty);
        double?[] slopeZ = items.Any(item => item.HasFixedSlope) ? new double?[items.Count] : RobustZ.Of(slope);
        (double Statistic, int Df)?[] wald = [.. items.Select(Wald)];
        double?[] p = [.. wald.Select(test => test is { } found ? ChiSquareTail.Of(found.Statistic, found.Df) : (double?)null)];
        double?[] adjusted = FalseDiscovery.Adjust(p);
        double[] rmsd = [.. items.Select(Rmsd)];
        return [.. items.Select((item, k) => new AnchorDrift(
            item.Name, Known(difficulty[k]), difficultyZ[k], Known(slope[k]), slopeZ[k], Known(rmsd[k]), wald[k]?.Statistic, wald[k]?.Df, p[k], adjusted[k], used.Contains(item.Name)))];
    }

    private static double? Known(double value) => double.IsFinite(value) ? value : null;

    private double Difficulty(AnchorItem item) => item.Base.IsOrdered
        ? at.A * MeanOf(item.New, form.Slots, 'b') + at.B - MeanOf(item.Base, baseForm.Slots, 'b')
        : double.NaN;

    private double LogSlope(AnchorItem item) => item.Base.IsOrdered
        ? Math.Log(MeanOf(item.New, form.Slots, 'a') / at.A / MeanOf(item.Base, baseForm.Slots, 'a'))
        : double.NaN;

    private static double MeanOf(FormItem item, double[] slots, char letter) => item.Planned.Family
        .ReportClassical(item.Planned, slots.AsSpan(item.Set.FirstSlot, item.Set.SlotCount), isOneDimensional: true)
        .Where(parameter => parameter.Name[0] == letter).Select(parameter => parameter.Value).DefaultIfEmpty(double.NaN).Average();

    private double Rmsd(AnchorItem item)
    {
        if (!item.Base.IsOrdered)
            return double.NaN;
        LinkGrid grid = LinkGrid.Of(baseForm, LinkWeights.Normal);
        double[] there = new double[item.Base.CategoryCount * grid.Theta.Length];
        double[] here = new double[there.Length];
        item.Base.Fill(baseForm.Slots, grid.Theta, there);
        item.New.Fill(form.Slots, [.. grid.Theta.Select(at.FromBase)], here);
        double sum = 0;
        for (int node = 0; node < grid.Theta.Length; node++)
        {
            double difference = 0;
            for (int category = 0; category < item.Base.CategoryCount; category++)
                difference += item.Base.Points[category] * (here[category * grid.Theta.Length + node] - there[category * grid.Theta.Length + node]);
            sum += grid.Weight[node] * difference * difference;
        }
        return Math.Sqrt(sum);
    }

    private (double Statistic, int Df)? Wald(AnchorItem item)
    {
        if (gradients is null || variance.Reason is not null || item.Base.Set.SlotCount != item.New.Set.SlotCount || item.Base.Planned.Family != item.New.Planned.Family)
            return null;
        int slotCount = item.Base.Set.SlotCount;
        double[] moved = Carry(item.New, form.Slots, at);
        double[][]?[] bySlot = new double[][]?[slotCount]; // derivatives of each difference [slot][form][free]
        for (int slot = 0; slot < slotCount; slot++)
            bySlot[slot] = Derivatives(item, slot)!;
        List<int> tested = [.. Enumerable.Range(0, slotCount).Where(slot => variance.Of(bySlot[slot]!, bySlot[slot]!) > 1e-12)];
        int n = tested.Count;
        double[] covariance = new double[n * n];
        double[] difference = new double[n];
        for (int row = 0; row < n; row++)
        {
            difference[row] = moved[tested[row]] - baseForm.Slots[item.Base.Set.FirstSlot + tested[row]];
            for (int column = 0; column < n; column++)
                covariance[row * n + column] = variance.Of(bySlot[tested[row]]!, bySlot[tested[column]]!);
        }
        if (n == 0 || Array.Exists(covariance, value => !double.IsFinite(value)) || !CholeskySolver.TryFactor(covariance, n))
            return null;
        double[] solved = (double[])difference.Clone();
        CholeskySolver.Solve(covariance, solved, n);
        return (difference.Zip(solved, (a, b) => a * b).Sum(), n);
    }

    /// <summary>Derivatives of one difference by all free parameters.</summary>
    private double[]?[] Derivatives(AnchorItem item, int slot)
    {
        double byA = (Carry(item.New, form.Slots, at with { A = at.A + Step })[slot] - Carry(item.New, form.Slots, at with { A = at.A - Step })[slot]) / (2 * Step);
        double byB = (Carry(item.New, form.Slots, at with { B = at.B + Step })[slot] - Carry(item.New, form.Slots, at with { B = at.B - Step })[slot]) / (2 * Step);
        double[]?[] all = new double[]?[gradients!.ByA.Length];
        for (int f = 0; f < all.Length; f++)
            all[f] = MetricGradients.Sum((byA, gradients.ByA[f]), (byB, gradients.ByB[f]));
        double[] own = all[pair.Form] ??= new double[form.Layout.FreeCount];
        for (int k = 0; k < item.New.Set.SlotCount; k++)
        {
            double[] above = (double[])form.Slots.Clone();
            double[] below = (double[])form.Slots.Clone();
            above[item.New.Set.FirstSlot + k] += Step;
            below[item.New.Set.FirstSlot + k] -= Step;
            double derivative = (Carry(item.New, above, at)[slot] - Carry(item.New, below, at)[slot]) / (2 * Step);
            if (double.IsFinite(derivative))
                form.Layout.AddToFree(item.New.Set.FirstSlot + k, derivative, own);
        }
        double[] there = all[pair.Base] ??= new double[baseForm.Layout.FreeCount];
        baseForm.Layout.AddToFree(item.Base.Set.FirstSlot + slot, -1, there);
        return all;
    }

    private static double[] Carry(FormItem item, double[] slots, MetricTransformation to)
    {
        double[] own = slots.AsSpan(item.Set.FirstSlot, item.Set.SlotCount).ToArray();
        item.Planned.Family.ChangeMetric(item.Planned, 0, -to.B / to.A, 1 / to.A, own);
        return own;
    }
}
