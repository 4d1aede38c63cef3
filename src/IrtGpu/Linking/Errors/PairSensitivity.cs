using IrtGpu.Linking.Forms;
using IrtGpu.Linking.Methods;

namespace IrtGpu.Linking.Errors;

/// <summary>How A and B of a pair move with the free parameters of its forms.</summary>
/// <remarks>
/// Moments: by differences. Criteria g(A, B; parameters) = 0 at their minimum: by the implicit function, −H⁻¹ ∂g/∂parameter, H = ∂g/∂(A, B).
/// Central differences of exact gradients. Ogasawara (2001), Applied Psychological Measurement 25, 373–383, has the same by hand.
/// </remarks>
internal sealed class PairSensitivity(LinkForm baseForm, LinkForm form, PairLinker linker, IReadOnlyList<AnchorItem> anchors, LinkMethod method, int threads)
{
    private const double Step = 1e-5;

    /// <summary>The derivatives.</summary>
    /// <param name="at">A and B.</param>
    /// <param name="pair">Which forms.</param>
    /// <param name="formCount">Number of all forms.</param>
    public MetricGradients Of(MetricTransformation at, FormPair pair, int formCount)
    {
        MetricGradients gradients = MetricGradients.None(formCount);
        double[]? inverse = PairLinker.IsMoments(method) ? null : InverseHessian(at);
        (gradients.ByA[pair.Base], gradients.ByB[pair.Base]) = OfSide(baseForm, isBase: true, at, inverse);
        (gradients.ByA[pair.Form], gradients.ByB[pair.Form]) = OfSide(form, isBase: false, at, inverse);
        return gradients;
    }

    private (double[] ByA, double[] ByB) OfSide(LinkForm side, bool isBase, MetricTransformation at, double[]? inverse)
    {
        int freeCount = side.Layout.FreeCount;
        double[] byA = new double[freeCount];
        double[] byB = new double[freeCount];
        int[] touched = [.. anchors.Select(anchor => isBase ? anchor.Base : anchor.New)
            .SelectMany(item => side.Layout.FreeOf(item.Set.FirstSlot, item.Set.SlotCount).ToArray()).Distinct()];
        Parallel.ForEach(touched, new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : -1 }, free =>
        {
            double step = Step * Math.Max(1, Math.Abs(side.Saved.Parameters.Free[free]));
            (double aboveA, double aboveB) = Evaluate(Moved(side, free, step), isBase, at);
            (double belowA, double belowB) = Evaluate(Moved(side, free, -step), isBase, at);
            double first = (aboveA - belowA) / (2 * step);
            double second = (aboveB - belowB) / (2 * step);
            (byA[free], byB[free]) = inverse is null ? (first, second) : (-(inverse[0] * first + inverse[1] * second), -(inverse[1] * first + inverse[2] * second));
        });
        return (byA, byB);
    }

    /// <summary>A and B themselves, or the gradient that is 0 where they are.</summary>
    private (double A, double B) Evaluate(double[] moved, bool isBase, MetricTransformation at)
    {
        double[] baseSlots = isBase ? moved : baseForm.Slots;
        double[] slots = isBase ? form.Slots : moved;
        if (!PairLinker.IsMoments(method))
            return linker.Criterion(method, anchors, baseSlots, slots).Gradient(at);
        (double a, double b) = linker.Solve(method, anchors, baseSlots, slots);
        return (a, b);
    }

    /// <summary>The symmetric inverse of H: (A, A), (A, B), (B, B).</summary>
    private double[] InverseHessian(MetricTransformation at)
    {
        CurveCriterion criterion = linker.Criterion(method, anchors, baseForm.Slots, form.Slots);
        (double aboveA, double aboveB) = criterion.Gradient(at with { B = at.B + Step });
        (double belowA, double belowB) = criterion.Gradient(at with { B = at.B - Step });
        double bb = (aboveB - belowB) / (2 * Step);
        if (criterion.HasFixedUnit)
            return [0, 0, 1 / bb];
        double ab = (aboveA - belowA) / (2 * Step);
        double aa = (criterion.Gradient(at with { A = at.A + Step }).ByA - criterion.Gradient(at with { A = at.A - Step }).ByA) / (2 * Step);
        double determinant = aa * bb - ab * ab;
        return [bb / determinant, -ab / determinant, aa / determinant];
    }

    private static double[] Moved(LinkForm side, int free, double step)
    {
        double[] moved = (double[])side.Saved.Parameters.Free.Clone();
        moved[free] += step;
        double[] slots = new double[side.Layout.SlotCount];
        side.Layout.Expand(moved, slots);
        return slots;
    }
}
