namespace IrtGpu.Foundation.Sampling.Transforms;

/// <summary>Parameters that may be any number.</summary>
/// <param name="count">How many.</param>
internal sealed class Unbounded(int count) : Transform(count, count)
{
    public override double Constrain(ReadOnlySpan<double> x, Span<double> parameters)
    {
        x[..Count].CopyTo(parameters);
        return 0;
    }

    public override void Unconstrain(ReadOnlySpan<double> parameters, Span<double> x) => parameters[..Count].CopyTo(x);

    public override void PullBack(ReadOnlySpan<double> x, ReadOnlySpan<double> parameters, ReadOnlySpan<double> gradient, Span<double> result) => gradient[..Count].CopyTo(result);
}
