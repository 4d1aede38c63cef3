using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Mixtures.Rows.Steps;

/// <summary>M-step of constant proportions: π_k ∝ Σ P_k + α_k − 1.</summary>
internal static class ProportionStep
{
    /// <summary>Least count of a class: an empty one keeps a logarithm.</summary>
    public const double LeastCount = 1e-6;

    /// <param name="layout">Where the numbers stand.</param>
    /// <param name="priors">The priors.</param>
    /// <param name="counts">Σ P. [class]</param>
    /// <param name="full">Class coefficients are renewed, where they are free. [slot]</param>
    public static void Apply(MixtureLayout layout, MixturePriors priors, ReadOnlySpan<double> counts, Span<double> full)
    {
        if (layout.ClassCount == 1 || layout.FreeOf(layout.ClassCoefficient(1)) < 0)
            return;
        double Count(double count, int k) => Math.Max(LeastCount, count + (priors.Concentration is { } alpha ? alpha[k] - 1 : 0));
        double first = Count(counts[0], 0);
        for (int k = 1; k < layout.ClassCount; k++)
            full[layout.ClassCoefficient(k)] = Math.Log(Count(counts[k], k) / first);
    }
}
