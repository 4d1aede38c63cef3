using IrtGpu.Inference;
using IrtGpu.Planning;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Reporting;

/// <summary>Plans, points and covariance matrices made by hand.</summary>
internal static class ReportingPlans
{
    public static CalibrationPlan Mixed(ModelSpecification? specification = null, string[]? groups = null)
    {
        string[] names = ["two", "three", "four", "gpcm", "grm", "nom"];
        int[][] codes = [[0, 1], [0, 1], [0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3]];
        groups ??= [""];
        specification ??= new ModelSpecification();
        specification = specification with { Functions = ModelParser.Parse("three=3pl;four=4pl;gpcm=gpcm;grm=grm;nom=nominal") };
        return CalibrationPlanner.Plan(specification, new DataShape(names, codes, groups, [], [.. groups.Select(_ => names.Select(_ => true).ToArray())]));
    }

    /// <summary>Free parameters away from special values: start values plus small steps.</summary>
    public static double[] Free(CalibrationPlan plan) => [.. plan.DefaultStart.Select((value, k) => value + 0.05 * (k % 5) + 0.02)];

    /// <summary>A dense positive definite matrix.</summary>
    public static StandardErrors Errors(CalibrationPlan plan)
    {
        int count = plan.Layout.FreeCount;
        double[] covariance = new double[count * count];
        for (int r = 0; r < count; r++)
        {
            for (int c = 0; c < count; c++)
                covariance[r * count + c] = 0.01 * Math.Pow(0.6, Math.Abs(r - c)) * (1 + 0.1 * (r % 3)) * (1 + 0.1 * (c % 3));
        }
        return new StandardErrors(StandardErrorMethod.Oakes, covariance, 1, null);
    }

    /// <summary>Standard error of a function of the free parameters by central differences.</summary>
    public static double Numerical(CalibrationPlan plan, double[] free, StandardErrors errors, Func<double[], double> function)
    {
        double[] gradient = new double[free.Length];
        for (int k = 0; k < free.Length; k++)
        {
            double[] up = (double[])free.Clone();
            double[] down = (double[])free.Clone();
            up[k] += 1e-5;
            down[k] -= 1e-5;
            gradient[k] = (function(up) - function(down)) / 2e-5;
        }
        double variance = 0;
        for (int r = 0; r < free.Length; r++)
        {
            for (int c = 0; c < free.Length; c++)
                variance += gradient[r] * errors.Covariance![r * free.Length + c] * gradient[c];
        }
        return Math.Sqrt(variance);
    }
}
