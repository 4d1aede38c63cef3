using IrtGpu.Foundation.Sampling;
using MathNet.Numerics;

namespace IrtGpu.Regression.Priors.Families;

/// <summary>Gamma with shape a and rate b (exponential with a = 1): a log b − log Γ(a) + (a − 1) log x − b x.</summary>
internal sealed record GammaPrior(string Text, double Shape, double Rate) : Prior(Text)
{
    public override double Lower => 0;

    public override double LogDensity(double x, out double first, out double second)
    {
        if (!(x > 0))
        {
            first = second = 0;
            return double.NegativeInfinity;
        }
        first = (Shape - 1) / x - Rate;
        second = -(Shape - 1) / (x * x);
        return Shape * Math.Log(Rate) - SpecialFunctions.GammaLn(Shape) + (Shape - 1) * Math.Log(x) - Rate * x;
    }

    public override double Draw(ref StreamRandom random) => GammaDraws.Next(Shape, ref random) / Rate;
}
