using IrtGpu.Foundation.Sampling;

namespace IrtGpu.Regression.Priors.Families;

/// <summary>Normal with mean m and standard deviation s: −log s − ½ log 2π − ½ ((x − m)/s)².</summary>
internal sealed record NormalPrior(string Text, double Mean, double Deviation) : Prior(Text)
{
    public override double LogDensity(double x, out double first, out double second)
    {
        double z = (x - Mean) / Deviation;
        first = -z / Deviation;
        second = -1 / (Deviation * Deviation);
        return -0.5 * z * z - Math.Log(Deviation) - 0.5 * Math.Log(2 * Math.PI);
    }

    public override double Draw(ref StreamRandom random) => Mean + Deviation * random.NextNormal();
}
