namespace IrtGpu.Foundation.Sampling.Transforms;

/// <summary>A parameter between two bounds: low + (high − low) logistic(x).</summary>
internal sealed class Bounded : Transform
{
    private readonly double low;
    private readonly double high;

    /// <summary>Between finite bounds.</summary>
    /// <param name="low">Below every value.</param>
    /// <param name="high">Above every value.</param>
    public Bounded(double low, double high)
        : base(1, 1)
    {
        if (!(low < high) || !double.IsFinite(low) || !double.IsFinite(high))
            throw new ArgumentException(FormattableString.Invariant($"The bounds {low} and {high} leave nothing between them, or are not finite."), nameof(low));
        (this.low, this.high) = (low, high);
    }

    public override double Constrain(ReadOnlySpan<double> x, Span<double> parameters)
    {
        parameters[0] = low + (high - low) * Logistic.Of(x[0]);
        return Math.Log(high - low) + Logistic.LogOf(x[0]) + Logistic.LogOf(-x[0]);
    }

    public override void Unconstrain(ReadOnlySpan<double> parameters, Span<double> x) => x[0] = Math.Log((parameters[0] - low) / (high - parameters[0]));

    public override void PullBack(ReadOnlySpan<double> x, ReadOnlySpan<double> parameters, ReadOnlySpan<double> gradient, Span<double> result)
    {
        double share = Logistic.Of(x[0]);
        result[0] = gradient[0] * (high - low) * share * (1 - share) + 1 - 2 * share;
    }
}
