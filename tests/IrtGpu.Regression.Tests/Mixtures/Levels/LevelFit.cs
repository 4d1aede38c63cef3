using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Mixtures.Levels;
using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Mixtures.Planning;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Regression.Tests.Mixtures.Levels;

/// <summary>A mixture with effects, planned and estimated.</summary>
internal static class LevelFit
{
    public static (MixtureProblem Problem, MixtureSolution Solution) Of(string formula, IColumnSource data, MixtureOptions options)
    {
        MixtureProblem problem = MixturePlanner.Plan(Formula.Parse(formula), data, options);
        return (problem, LevelMixture.Estimate(problem, new RegressionProgress(), default));
    }

    /// <summary>Reported values, classes in order.</summary>
    public static Dictionary<string, double> Values(MixtureProblem problem, MixtureSolution solution)
    {
        double[] full = problem.Layout.Reorder(solution.Full, ClassOrder.Of(problem, solution.Full));
        return Named(problem, new ReportedParameters(problem.Layout, problem.Scale).Values(full));
    }

    /// <summary>Standard errors, classes as they were estimated.</summary>
    public static Dictionary<string, double> Errors(MixtureProblem problem, MixtureSolution solution)
    {
        int n = problem.Layout.FreeCount;
        ReportedParameters reported = new(problem.Layout, problem.Scale);
        Matrix<double> covariance = (-Matrix<double>.Build.Dense(n, n, (row, column) => solution.Hessian[row * n + column])).Inverse();
        Matrix<double> jacobian = Matrix<double>.Build.Dense(reported.Names.Count, n, (row, column) => reported.Jacobian(solution.Full)[row * n + column]);
        return Named(problem, [.. (jacobian * covariance * jacobian.Transpose()).Diagonal().Select(Math.Sqrt)]);
    }

    private static Dictionary<string, double> Named(MixtureProblem problem, double[] values)
    {
        ReportedParameters reported = new(problem.Layout, problem.Scale);
        return reported.Names.Zip(values).ToDictionary(pair => pair.First.Text(problem.Layout.Shape.EffectGroup, problem.Layout.ClassCount), pair => pair.Second);
    }
}
