using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression.Mixtures;

namespace IrtGpu.Regression.Tests.Mixtures;

/// <summary>Data of known mixtures, and fits to them.</summary>
internal static class MixtureTestData
{
    public static MixtureFit Fit(string formula, IColumnSource data, MixtureOptions options) => MixtureModel.Fit(Formula.Parse(formula), data, options, new RegressionProgress(), default);

    public static MixtureFit Fit(string formula, string data, MixtureOptions options) => Fit(formula, TestData.Read(data), options);

    /// <summary>Columns y, x, z, class (text) of three classes of lines; z moves the odds of the classes.</summary>
    public static MemoryColumns Lines(int rows, int seed, double shift = 0)
    {
        double[][] intercepts = [[0, 1.5], [3, -1], [6, 0.5]];
        double[] sigmas = [0.5, 0.8, 0.4];
        StreamRandom random = new(seed, 0);
        double[] y = new double[rows];
        double[] x = new double[rows];
        double[] z = new double[rows];
        double[] weight = new double[rows];
        string[] ofClass = new string[rows];
        for (int row = 0; row < rows; row++)
        {
            x[row] = shift + random.NextNormal();
            z[row] = random.NextNormal();
            weight[row] = 0.5 + random.NextUniform();
            double[] odds = [1, Math.Exp(0.5 + z[row]), Math.Exp(-0.3 - 0.5 * z[row])];
            double u = random.NextUniform() * odds.Sum();
            int k = u < odds[0] ? 0 : u < odds[0] + odds[1] ? 1 : 2;
            ofClass[row] = "abc"[k].ToString();
            y[row] = intercepts[k][0] + intercepts[k][1] * (x[row] - shift) + sigmas[k] * random.NextNormal();
        }
        return new MemoryColumns().Add("y", y).Add("x", x).Add("z", z).Add("w", weight).Add("class", ofClass);
    }
}
