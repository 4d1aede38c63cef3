using IrtGpu.Foundation.Sampling;

namespace IrtGpu.Regression.Priors.Families;

/// <summary>Log-normal: log x is normal with mean m and standard deviation s.</summary>
internal sealed record LogNormalPrior(string Text, double Mean, double Deviation) : Prior(Text)
{
    public override double Lower => 0;

    public override double LogDensity(double x, out double first, out double second)
    {
        if (!(x > 0))
        {
            first = second = 0;
            return double.NegativeInfinity;
        }
        double z = (Math.Log(x) - Mean) / Deviation;
        double slope = -1 - z / Deviation;
        first = slope / x;
        second = (-slope - 1 / (Deviation * Deviation)) / (x * x);
        return -0.5 * z * z - Math.Log(Deviation) - 0.5 * Math.Log(2 * Math.PI) - Math.Log(x);
    }

    public override double Draw(ref StreamRandom random) => Math.Exp(Mean + Deviation * random.NextNormal());
}
