namespace IrtGpu.Foundation.Sampling.Transforms;

/// <summary>A parameter above 0: exp x; log Jacobian x.</summary>
internal sealed class Positive() : Transform(1, 1)
{
    public override double Constrain(ReadOnlySpan<double> x, Span<double> parameters)
    {
        parameters[0] = Math.Exp(x[0]);
        return x[0];
    }

    public override void Unconstrain(ReadOnlySpan<double> parameters, Span<double> x) => x[0] = Math.Log(parameters[0]);

    public override void PullBack(ReadOnlySpan<double> x, ReadOnlySpan<double> parameters, ReadOnlySpan<double> gradient, Span<double> result) =>
        result[0] = gradient[0] * parameters[0] + 1;
}
