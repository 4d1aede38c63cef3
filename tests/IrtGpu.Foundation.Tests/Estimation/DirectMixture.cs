using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace IrtGpu.Foundation.Tests.Estimation;

/// <summary>The same mixture of two normal distributions, written directly: densities multiplied, EM by the textbook, maxima by a simplex.</summary>
internal static class DirectMixture
{
    /// <summary>Draws from shares 0.35 and 0.65, means 0 and 2.2, standard deviations 1 and 0.7.</summary>
    public static double[] Draw(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double z = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            return random.NextDouble() < 0.35 ? z : 2.2 + 0.7 * z;
        })];
    }

    public static double LogLikelihood(double[] values, double share, double mean1, double mean2, double deviation1, double deviation2) =>
        values.Sum(value => Math.Log((1 - share) * Density(value, mean1, deviation1) + share * Density(value, mean2, deviation2)));

    /// <summary>Dempster, Laird &amp; Rubin (1977), J. R. Statist. Soc. B 39, 1–38, section 4.3.</summary>
    public static (double Share, double Mean1, double Mean2, double Deviation1, double Deviation2) Em(
        double[] values, (double Share, double Mean1, double Mean2, double Deviation1, double Deviation2) at, int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            double[] second = [.. values.Select(value =>
            {
                double a = (1 - at.Share) * Density(value, at.Mean1, at.Deviation1);
                double b = at.Share * Density(value, at.Mean2, at.Deviation2);
                return b / (a + b);
            })];
            double count = second.Sum();
            double mean1 = values.Select((value, i) => (1 - second[i]) * value).Sum() / (values.Length - count);
            double mean2 = values.Select((value, i) => second[i] * value).Sum() / count;
            at = (count / values.Length, mean1, mean2,
                Math.Sqrt(values.Select((value, i) => (1 - second[i]) * (value - mean1) * (value - mean1)).Sum() / (values.Length - count)),
                Math.Sqrt(values.Select((value, i) => second[i] * (value - mean2) * (value - mean2)).Sum() / count));
        }
        return at;
    }

    /// <summary>The maximum near a point, without EM and without derivatives.</summary>
    public static Vector<double> Maximize(double[] values, double[] start)
    {
        IObjectiveFunction objective = ObjectiveFunction.Value(at =>
            -LogLikelihood(values, 1 / (1 + Math.Exp(-at[0])), at[1], at[2], Math.Exp(at[3]), Math.Exp(at[4])));
        Vector<double> best = Vector<double>.Build.DenseOfArray(start);
        for (int round = 0; round < 4; round++) // a simplex that has shrunk too early begins anew
            best = new NelderMeadSimplex(1e-13, 20_000).FindMinimum(objective, best).MinimizingPoint;
        return best;
    }

    private static double Density(double value, double mean, double deviation) =>
        Math.Exp(-0.5 * Math.Pow((value - mean) / deviation, 2)) / (deviation * Math.Sqrt(2 * Math.PI));
}
