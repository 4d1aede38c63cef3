using IrtGpu.Regression.Priors;

namespace IrtGpu.Regression.Mixtures.Parameters;

/// <summary>The priors of a mixture, slot by slot, on the scale on which parameters are reported.</summary>
/// <param name="layout">Where the numbers stand.</param>
/// <param name="scale">From working numbers to reported ones.</param>
/// <param name="ofSlot">Prior of a reported number; null: flat. Of slots that are tied the first counts. [slot]</param>
/// <param name="concentration">Of a Dirichlet prior on constant proportions; null: flat. [class]</param>
/// <param name="shape">η of the LKJ prior on correlations; 1 is flat on correlation matrices. [class]</param>
internal sealed class MixturePriors(MixtureLayout layout, WorkingScale scale, Prior?[] ofSlot, double[]? concentration, double[] shape)
{
    private readonly int[] first = [.. Enumerable.Range(0, layout.FreeCount).Select(free => layout.FirstSlots[free]).Where(slot => ofSlot[slot] is not null)];

    /// <summary>No priors.</summary>
    public static MixturePriors Flat(MixtureLayout layout, WorkingScale scale) =>
        new(layout, scale, new Prior?[layout.SlotCount], null, [.. Enumerable.Repeat(1.0, layout.ClassCount)]);

    /// <summary>Priors of single numbers; null: flat. [slot]</summary>
    public IReadOnlyList<Prior?> OfSlot => ofSlot;

    /// <summary>Of a Dirichlet prior on constant proportions; null: flat. [class]</summary>
    public double[]? Concentration => concentration;

    /// <summary>η of the LKJ prior on correlations. [class]</summary>
    public double[] CorrelationShape => shape;

    /// <summary>Whether all is flat, so that the posterior mode is the maximum of the likelihood.</summary>
    public bool IsFlat => first.Length == 0 && concentration is null && shape.All(eta => eta == 1);

    /// <summary>Log density of the priors.</summary>
    /// <param name="full">Working numbers. [slot]</param>
    /// <param name="gradient">Its gradient in them is added here. [slot]</param>
    /// <param name="withJacobian">
    /// Whether the density is that of the unconstrained free parameters, for sampling, rather than that of the reported ones, whose mode is
    /// the estimate.
    /// </param>
    /// <returns>Up to a constant; −∞ outside of a support.</returns>
    public double Evaluate(ReadOnlySpan<double> full, Span<double> gradient, bool withJacobian)
    {
        double[] natural = new double[layout.SlotCount];
        scale.ToNatural(layout, full, natural);
        double sum = 0;
        foreach (int slot in first)
        {
            sum += ofSlot[slot]!.LogDensity(natural[slot], out double slope, out _);
            foreach ((int working, double derivative) in scale.Derivatives(layout, slot, natural))
                gradient[working] += slope * derivative;
        }
        sum += Proportions(full, gradient, withJacobian);
        sum += Correlations(full, gradient, withJacobian);
        if (withJacobian)
        {
            foreach (int slot in layout.FirstSlots)
            {
                if (layout.Slots[slot].Kind is not (SlotKind.LogSigma or SlotKind.LogDeviation))
                    continue;
                sum += full[slot]; // dσ/d log σ = σ
                gradient[slot] += 1;
            }
        }
        return sum;
    }

    /// <summary>Σ (α_k − 1) log π_k, and Σ log π_k for the determinant of the soft-max.</summary>
    private double Proportions(ReadOnlySpan<double> full, Span<double> gradient, bool withJacobian)
    {
        if (layout.ClassCount == 1 || !layout.Shape.HasConstantProportions || (concentration is null && !withJacobian))
            return 0;
        int count = layout.ClassCount;
        double[] logProportion = LogProportions(layout, full);
        double[] weight = new double[count];
        double sum = 0;
        for (int k = 0; k < count; k++)
        {
            weight[k] = (concentration is null ? 0 : concentration[k] - 1) + (withJacobian ? 1 : 0);
            sum += weight[k] == 0 ? 0 : weight[k] * logProportion[k];
        }
        double total = weight.Sum();
        for (int k = 1; k < count; k++)
            gradient[layout.ClassCoefficient(k)] += weight[k] - total * Math.Exp(logProportion[k]);
        return sum;
    }

    /// <summary>(η − 1) log|R|, or the density of the inverse hyperbolic tangents: Lewandowski, Kurowicka &amp; Joe (2009), J. Multivar. Anal. 100.</summary>
    private double Correlations(ReadOnlySpan<double> full, Span<double> gradient, bool withJacobian)
    {
        int q = layout.Shape.Effects.Count;
        double sum = 0;
        for (int k = 0; k < layout.ClassCount && layout.Shape.HasCorrelations; k++)
        {
            for (int row = 1; row < q; row++)
            {
                for (int column = 0; column < row; column++)
                {
                    int slot = layout.Correlation(k, row, column);
                    if (layout.FreeOf(slot) < 0 || layout.FirstSlots[layout.FreeOf(slot)] != slot)
                        continue;
                    double exponent = shape[k] - 1 + (withJacobian ? 1 + (q - 1 - (column + 1)) / 2.0 : 0);
                    double z = Math.Abs(full[slot]);
                    sum += exponent * 2 * (Math.Log(2) - z - Math.Log(1 + Math.Exp(-2 * z))); // log(1 − tanh²)
                    gradient[slot] -= exponent * 2 * Math.Tanh(full[slot]);
                }
            }
        }
        return sum;
    }

    /// <summary>Logs of constant proportions. [class]</summary>
    /// <param name="layout">Where the numbers stand.</param>
    /// <param name="full">[slot]</param>
    public static double[] LogProportions(MixtureLayout layout, ReadOnlySpan<double> full)
    {
        double[] log = new double[layout.ClassCount];
        for (int k = 1; k < log.Length; k++)
            log[k] = full[layout.ClassCoefficient(k)];
        double largest = log.Max();
        double total = largest + Math.Log(log.Sum(value => Math.Exp(value - largest)));
        for (int k = 0; k < log.Length; k++)
            log[k] -= total;
        return log;
    }
}
