using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Priors;
using IrtGpu.Regression.Priors.Families;

namespace IrtGpu.Regression.Prediction;

/// <summary>One draw of all parameters from their priors.</summary>
internal static class PriorDraw
{
    /// <summary>Working numbers, on the scale of the data. [slot]</summary>
    /// <param name="problem">The mixture, on the scale of the data.</param>
    /// <param name="random">Where from.</param>
    /// <exception cref="PriorException">A parameter has a flat prior, which nothing can be drawn from.</exception>
    public static double[] Draw(MixtureProblem problem, StreamRandom random)
    {
        MixtureLayout layout = problem.Layout;
        double[] free = new double[layout.FreeCount];
        List<string> flat = [];
        for (int index = 0; index < free.Length; index++)
        {
            int slot = layout.FirstSlots[index];
            MixtureSlot own = layout.Slots[slot];
            if (own.Kind == SlotKind.Correlation)
                free[index] = DrawCorrelation(problem, own, ref random);
            else if (problem.Priors.OfSlot[slot] is { } prior)
                free[index] = own.Kind is SlotKind.LogSigma or SlotKind.LogDeviation ? Math.Log(prior.DrawAbove(0, ref random)) : prior.Draw(ref random);
            else if (own.Kind != SlotKind.ClassCoefficient || !layout.Shape.HasConstantProportions)
                flat.Add(own.Name);
        }
        if (flat.Count > 0)
            throw new PriorException([$"Nothing can be drawn from a flat prior, which {string.Join(", ", flat)} {(flat.Count == 1 ? "has" : "have")}. Give a prior, for example --prior 'sigma:gamma(2,2)', or the value itself with constant(v)."]);
        double[] full = layout.Expand(free);
        if (layout.ClassCount > 1 && layout.Shape.HasConstantProportions && layout.FreeOf(layout.ClassCoefficient(1)) >= 0)
            DrawProportions(problem, full, ref random);
        return full;
    }

    private static void DrawProportions(MixtureProblem problem, double[] full, ref StreamRandom random)
    {
        double[] shares = new double[problem.Layout.ClassCount];
        for (int k = 0; k < shares.Length; k++)
            shares[k] = Math.Max(GammaDraws.Next(problem.Priors.Concentration?[k] ?? 1, ref random), 1e-300);
        for (int k = 1; k < shares.Length; k++)
            full[problem.Layout.ClassCoefficient(k)] = Math.Log(shares[k] / shares[0]);
    }

    /// <summary>Partial correlations of the LKJ distribution are beta on −1 to 1 (Lewandowski, Kurowicka &amp; Joe 2009).</summary>
    private static double DrawCorrelation(MixtureProblem problem, MixtureSlot slot, ref StreamRandom random)
    {
        double shape = problem.Priors.CorrelationShape[slot.Class] + (problem.Layout.Shape.Effects.Count - 1 - (slot.Second + 1)) / 2.0;
        double left = GammaDraws.Next(shape, ref random);
        double partial = 2 * left / (left + GammaDraws.Next(shape, ref random)) - 1;
        return Math.Atanh(Math.Clamp(partial, -1 + 1e-12, 1 - 1e-12));
    }
}
