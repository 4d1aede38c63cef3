using IrtGpu.Foundation.Sampling;

namespace IrtGpu.Regression.Priors.Families;

/// <summary>Uniform between two bounds.</summary>
internal sealed record UniformPrior(string Text, double Least, double Largest) : Prior(Text)
{
    public override double Lower => Least;

    public override double Upper => Largest;

    public override double LogDensity(double x, out double first, out double second)
    {
        first = second = 0;
        return x >= Least && x <= Largest ? -Math.Log(Largest - Least) : double.NegativeInfinity;
    }

    public override double Draw(ref StreamRandom random) => Least + (Largest - Least) * random.NextUniform();
}
