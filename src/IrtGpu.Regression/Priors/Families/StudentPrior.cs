using IrtGpu.Foundation.Sampling;
using MathNet.Numerics;

namespace IrtGpu.Regression.Priors.Families;

/// <summary>Student's t with ν degrees of freedom, centre m and scale s; Cauchy with ν = 1: const − (ν + 1)/2 · log(1 + ((x − m)/s)²/ν).</summary>
internal sealed record StudentPrior(string Text, double Df, double Centre, double Scale) : Prior(Text)
{
    private readonly double constant =
        SpecialFunctions.GammaLn((Df + 1) / 2) - SpecialFunctions.GammaLn(Df / 2) - 0.5 * Math.Log(Df * Math.PI) - Math.Log(Scale);

    public override double LogDensity(double x, out double first, out double second)
    {
        double d = x - Centre;
        double square = Df * Scale * Scale;
        double sum = square + d * d;
        first = -(Df + 1) * d / sum;
        second = -(Df + 1) * (square - d * d) / (sum * sum);
        return constant - (Df + 1) / 2 * Math.Log(sum / square);
    }

    public override double Draw(ref StreamRandom random) => Centre + Scale * random.NextNormal() / Math.Sqrt(GammaDraws.Next(Df / 2, ref random) / (Df / 2));
}
