using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression.Mixtures.Parameters;

namespace IrtGpu.Regression.Mixtures;

/// <summary>Log-likelihood and log prior of a mixture in its free working parameters.</summary>
/// <param name="layout">Where the numbers stand.</param>
/// <param name="priors">The priors.</param>
/// <param name="likelihood">The data; null: the priors alone.</param>
/// <param name="withJacobian">True for sampling: the density of the free parameters. False for the mode of the reported ones.</param>
internal sealed class MixturePosterior(MixtureLayout layout, MixturePriors priors, IMixtureLikelihood? likelihood, bool withJacobian) : ILogDensity
{
    private readonly double[] full = new double[layout.SlotCount];
    private readonly double[] fullGradient = new double[layout.SlotCount];

    public int Count => layout.FreeCount;

    /// <summary>Log-likelihood at the last point.</summary>
    public double LogLikelihood { get; private set; }

    public double Evaluate(ReadOnlySpan<double> x, Span<double> gradient)
    {
        layout.Expand(x, full);
        fullGradient.AsSpan().Clear();
        LogLikelihood = likelihood?.Evaluate(full, fullGradient) ?? 0;
        double value = LogLikelihood + priors.Evaluate(full, fullGradient, withJacobian);
        layout.CollapseGradient(fullGradient, gradient);
        return double.IsFinite(value) ? value : double.NegativeInfinity;
    }

    /// <summary>The same for another chain.</summary>
    public MixturePosterior ForChain() => new(layout, priors, likelihood?.ForChain(), withJacobian);
}
