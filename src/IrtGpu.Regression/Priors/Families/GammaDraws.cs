using IrtGpu.Foundation.Sampling;

namespace IrtGpu.Regression.Priors.Families;

/// <summary>Draws of the gamma distribution with rate 1.</summary>
/// <remarks>Marsaglia &amp; Tsang (2000), ACM Trans. Math. Softw. 26, 363–372.</remarks>
internal static class GammaDraws
{
    public static double Next(double shape, ref StreamRandom random)
    {
        if (shape < 1)
            return Next(shape + 1, ref random) * Math.Pow(1 - random.NextUniform(), 1 / shape);
        double d = shape - 1.0 / 3;
        double c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = random.NextNormal();
            double root = 1 + c * x;
            if (!(root > 0))
                continue;
            double v = root * root * root;
            if (Math.Log(1 - random.NextUniform()) < 0.5 * x * x + d - d * v + d * Math.Log(v))
                return d * v;
        }
    }
}
