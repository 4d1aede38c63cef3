using IrtGpu.Foundation.Sampling;
using MathNet.Numerics;

namespace IrtGpu.Regression.Priors.Families;

/// <summary>Beta on (0, 1): (a − 1) log x + (b − 1) log(1 − x) − log B(a, b).</summary>
internal sealed record BetaPrior(string Text, double First, double Second) : Prior(Text)
{
    public override double Lower => 0;

    public override double Upper => 1;

    public override double LogDensity(double x, out double first, out double second)
    {
        if (!(x > 0 && x < 1))
        {
            first = second = 0;
            return double.NegativeInfinity;
        }
        double rest = 1 - x;
        first = (First - 1) / x - (Second - 1) / rest;
        second = -(First - 1) / (x * x) - (Second - 1) / (rest * rest);
        return (First - 1) * Math.Log(x) + (Second - 1) * Math.Log(rest) - SpecialFunctions.BetaLn(First, Second);
    }

    public override double Draw(ref StreamRandom random)
    {
        double left = GammaDraws.Next(First, ref random);
        return left / (left + GammaDraws.Next(Second, ref random));
    }
}
