using IrtGpu.Specification;

namespace IrtGpu.Planning.Layout;

/// <summary>A prior density of one slot: log density and derivatives with respect to the working value.</summary>
/// <param name="Slot">The slot it acts on.</param>
/// <param name="Distribution">Family.</param>
/// <param name="A">Mean, or first shape.</param>
/// <param name="B">Standard deviation, or second shape.</param>
internal sealed record PlannedPrior(int Slot, PriorDistribution Distribution, double A, double B)
{
    private static readonly double HalfLogTwoPi = 0.5 * Math.Log(2 * Math.PI);

    /// <summary>Log density, normalised; −∞ outside the support.</summary>
    /// <param name="value">Working value.</param>
    public double LogDensity(double value)
    {
        switch (Distribution)
        {
            case PriorDistribution.Normal:
                double standardized = (value - A) / B;
                return -0.5 * standardized * standardized - Math.Log(B) - HalfLogTwoPi;
            case PriorDistribution.LogNormal:
                if (value <= 0)
                    return double.NegativeInfinity;
                double standardizedLog = (Math.Log(value) - A) / B;
                return -0.5 * standardizedLog * standardizedLog - Math.Log(value) - Math.Log(B) - HalfLogTwoPi;
            default:
                // The density of the probability itself, without the Jacobian of the logit: its mode is the beta's mode.
                return (A - 1) * Models.Elementary.LogSigmoid(value) + (B - 1) * Models.Elementary.LogSigmoid(-value)
                    - MathNet.Numerics.SpecialFunctions.BetaLn(A, B);
        }
    }

    /// <summary>First and second derivative of <see cref="LogDensity"/>.</summary>
    /// <param name="value">Working value.</param>
    public (double First, double Second) Derivatives(double value)
    {
        switch (Distribution)
        {
            case PriorDistribution.Normal:
                return (-(value - A) / (B * B), -1 / (B * B));
            case PriorDistribution.LogNormal:
                double scaled = (Math.Log(value) - A) / (B * B);
                return (-(scaled + 1) / value, (scaled + 1 - 1 / (B * B)) / (value * value));
            default:
                double probability = Models.Elementary.Sigmoid(value);
                double total = A + B - 2;
                return (A - 1 - total * probability, -total * probability * (1 - probability));
        }
    }
}
