using System.Diagnostics;
using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Regression.Mixtures.Levels;
using IrtGpu.Regression.Mixtures.Planning;
using IrtGpu.Regression.Mixtures.Results;
using IrtGpu.Regression.Mixtures.Rows;
using IrtGpu.Regression.Priors;

namespace IrtGpu.Regression.Mixtures;

/// <summary>Fits finite mixtures of regressions.</summary>
public static class MixtureModel
{
    /// <summary>Fits a mixture to a table.</summary>
    /// <param name="formula">For example <c>y ~ x + I(x^2)</c>.</param>
    /// <param name="data">The table.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Who is told how far it is.</param>
    /// <param name="cancellation">Ends the work after the step at hand; the result then says so.</param>
    /// <exception cref="FormulaException">A formula cannot be read or does not fit the table.</exception>
    /// <exception cref="PriorException">Priors or names of parameters do not fit the model.</exception>
    /// <exception cref="DataException">The data do not allow the model.</exception>
    public static MixtureFit Fit(string formula, DataTable data, MixtureOptions? options = null, RegressionProgress? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(formula);
        ArgumentNullException.ThrowIfNull(data);
        return Fit(Formula.Parse(formula), new TableColumns(data), options ?? new MixtureOptions(), progress ?? new RegressionProgress(), cancellation);
    }

    internal static MixtureFit Fit(Formula formula, IColumnSource data, MixtureOptions options, RegressionProgress progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Classes, 1, nameof(options));
        Stopwatch clock = Stopwatch.StartNew();
        MixtureProblem problem = MixturePlanner.Plan(formula, data, options);
        double planned = clock.Elapsed.TotalSeconds;
        MixtureSolution solution = Estimate(problem, progress, cancellation);
        double estimated = clock.Elapsed.TotalSeconds;
        MixtureFit fit = MixtureAssembly.Assemble(problem, solution);
        return fit with { Seconds = new RegressionTimes(0, planned, estimated - planned, 0, clock.Elapsed.TotalSeconds - estimated) };
    }

    /// <summary>The data of a mixture, ready to be evaluated.</summary>
    internal static IMixtureLikelihood LikelihoodOf(MixtureProblem problem) => LevelMixture.Is(problem)
        ? LevelMixture.LikelihoodOf(problem)
        : new RowLikelihood(problem.Data, problem.Layout, problem.Options.ThreadCount);

    private static MixtureSolution Estimate(MixtureProblem problem, RegressionProgress progress, CancellationToken cancellation) => LevelMixture.Is(problem)
        ? LevelMixture.Estimate(problem, progress, cancellation)
        : RowMixture.Estimate(problem, progress, cancellation);
}
