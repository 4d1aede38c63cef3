using IrtGpu.Foundation.Sampling;
using MathNet.Numerics;

namespace IrtGpu.Regression.Priors.Families;

/// <summary>Inverse gamma with shape a and scale b: a log b − log Γ(a) − (a + 1) log x − b/x.</summary>
internal sealed record InverseGammaPrior(string Text, double Shape, double Scale) : Prior(Text)
{
    public override double Lower => 0;

    public override double LogDensity(double x, out double first, out double second)
    {
        if (!(x > 0))
        {
            first = second = 0;
            return double.NegativeInfinity;
        }
        first = -(Shape + 1) / x + Scale / (x * x);
        second = (Shape + 1) / (x * x) - 2 * Scale / (x * x * x);
        return Shape * Math.Log(Scale) - SpecialFunctions.GammaLn(Shape) - (Shape + 1) * Math.Log(x) - Scale / x;
    }

    public override double Draw(ref StreamRandom random) => Scale / GammaDraws.Next(Shape, ref random);
}
