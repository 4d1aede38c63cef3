using System.Diagnostics;
using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Regression.Estimation;
using IrtGpu.Regression.Mixed;
using IrtGpu.Regression.Mixed.Equations;
using IrtGpu.Regression.Prediction;

namespace IrtGpu.Regression;

/// <summary>Fits linear mixed models.</summary>
public static class MixedModel
{
    private const double SingularDeviation = 1e-4; // relative standard deviations below this count as 0, as in lme4
    private const double LargestDenseOrder = 30000; // of the block of crossed factors: 21 GB with its inverse

    /// <summary>Fits a model to a table.</summary>
    /// <param name="formula">For example <c>y ~ x + (1 + x | group)</c>.</param>
    /// <param name="data">The table.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Who is told how far it is.</param>
    /// <param name="cancellation">Ends the work after the step at hand; the result then says so.</param>
    /// <exception cref="FormulaException">The formula cannot be read or does not fit the table.</exception>
    /// <exception cref="DataException">The data do not allow the model.</exception>
    public static MixedModelFit Fit(string formula, DataTable data, RegressionOptions? options = null, RegressionProgress? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(formula);
        ArgumentNullException.ThrowIfNull(data);
        return Fit(Formula.Parse(formula), new TableColumns(data), options ?? new RegressionOptions(), progress ?? new RegressionProgress(), cancellation);
    }

    internal static MixedModelFit Fit(Formula formula, IColumnSource data, RegressionOptions options, RegressionProgress progress, CancellationToken cancellation)
    {
        VectorWidth.Require();
        Stopwatch clock = Stopwatch.StartNew();
        ModelFrame frame = ModelFrame.Build(formula, data, options.WeightColumn);
        double evaluated = clock.Elapsed.TotalSeconds;
        MixedProblem problem = MixedProblem.Build(frame);
        if (problem.Data.DenseCount > LargestDenseOrder)
        {
            throw frame.Rows.Failure(FormattableString.Invariant(
                $"Crossed grouping factors leave a dense matrix over {problem.Data.DenseCount} effects, {LargestDenseOrder} at most. Leave out the crossed factor with fewest levels of the large ones, or group it more coarsely."));
        }
        using ProfiledCriterion criterion = new(problem.Data, problem.Parameters, options.Criterion == Criterion.Restricted, options.ThreadCount);
        double planned = clock.Elapsed.TotalSeconds;
        MixedSolution solution = Estimate(problem, criterion, options, progress, cancellation);
        double estimated = clock.Elapsed.TotalSeconds;

        FitAssembly assembly = new(problem, criterion, solution, options, progress, cancellation);
        (IReadOnlyList<FixedEffectRow> fixedEffects, IReadOnlyList<RandomEffectRow> randomEffects) = assembly.Infer();
        double inferred = clock.Elapsed.TotalSeconds;
        IReadOnlyList<PredictedEffects> predicted = EffectPredictor.Predict(problem, criterion, assembly.Sigma);
        double[] fitted = FittedValues.Of(problem, assembly.FixedEffects, predicted);
        return new MixedModelFit
        {
            Formula = formula.Text,
            Options = options,
            LogLikelihood = -(solution.Criterion + problem.Constant(criterion.IsRestricted)) / 2,
            FixedEffects = fixedEffects,
            FixedCovariance = assembly.FixedCovariance,
            Aliased = problem.AliasedNames,
            RandomEffects = randomEffects,
            Covariances = assembly.Covariances,
            Predicted = predicted,
            Sigma = assembly.Sigma,
            IsSingular = IsSingular(problem, solution.Theta),
            Rows = frame.Rows.Count,
            RowsDropped = frame.DroppedRows,
            Levels = [.. problem.Data.Groupings.Select(grouping => (grouping.Name, grouping.LevelCount))],
            Fitted = fitted,
            Residuals = [.. frame.Response!.Zip(fitted, (response, value) => response - value)],
            RowNumbers = [.. Enumerable.Range(0, frame.Rows.Count).Select(row => frame.Rows.SourceRow(row) + 1)],
            Termination = solution.Termination,
            History = solution.History,
            Evaluations = solution.Evaluations,
            GradientNorm = Math.Sqrt(solution.Gradient.Sum(value => value * value)),
            SmallestCurvature = assembly.SmallestCurvature,
            Warnings = [.. Warnings(problem, data), .. assembly.Warnings],
            Seconds = new RegressionTimes(0, planned, estimated - planned, inferred - estimated, clock.Elapsed.TotalSeconds - inferred),
            Problem = problem,
            Theta = solution.Theta,
        };
    }

    private static MixedSolution Estimate(
        MixedProblem problem, ProfiledCriterion criterion, RegressionOptions options, RegressionProgress progress, CancellationToken cancellation)
    {
        double[] start = StartingValues.Of(problem.Data, problem.Parameters);
        return options.Algorithm switch
        {
            MixedAlgorithm.Direct => DirectEstimation.Run(criterion, start, options.Tolerance ?? 1e-12, options.MaxCycles ?? 200, problem.Describe, progress.Steps, cancellation),
            MixedAlgorithm.Em => EmEstimation.Run(problem, criterion, start, options, progress.Steps, cancellation),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Algorithm, "There is no such algorithm."),
        };
    }

    /// <summary>Whether a direction of a term's effects has a standard deviation of 0 relative to the residual one.</summary>
    private static bool IsSingular(MixedProblem problem, double[] theta)
    {
        double[][] transforms = problem.Parameters.Transforms(theta);
        return problem.Terms.Any(term =>
        {
            double[] block = CovarianceComponents.TermBlock(term, transforms, problem.Data.Groupings[term.GroupingIndex].Width);
            return MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(term.Width, term.Width, block).Svd(computeVectors: false).S[term.Width - 1] < SingularDeviation;
        });
    }

    private static IEnumerable<string> Warnings(MixedProblem problem, IColumnSource data)
    {
        ModelFrame frame = problem.Frame;
        if (frame.DroppedRows > 0)
        {
            yield return FormattableString.Invariant(
                $"{frame.DroppedRows} of {data.RowCount} rows are left out because a value is missing: {string.Join(", ", frame.Rows.Missing.Select(column => FormattableString.Invariant($"{column.Count} in '{column.Column}'")))}.");
        }
        if (problem.AliasedNames.Count > 0)
            yield return $"Earlier columns determine {string.Join(", ", problem.AliasedNames.Select(name => $"'{name}'"))}, so {(problem.AliasedNames.Count == 1 ? "this column is" : "these columns are")} left out and {(problem.AliasedNames.Count == 1 ? "has" : "have")} no estimate.";
        foreach (string name in data.Names.Where(name => name is "0" or "1").Where(name => !frame.Formula.Columns.Any(column => column.Text == name)))
            yield return $"The table has a column '{name}', which the formula does not use: there {name} stands for {(name == "1" ? "the constant" : "no constant")}. The column itself is `{name}` between backquotes.";
        foreach (Grouping grouping in problem.Data.Groupings.Where(grouping => grouping.LevelCount < 5))
            yield return FormattableString.Invariant($"The grouping factor {grouping.Name} has {grouping.LevelCount} levels: a variance from so few is hardly known. Consider it as a fixed effect.");
    }
}
