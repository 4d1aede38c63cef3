using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Regression.Mixtures.Parameters;
using IrtGpu.Regression.Mixtures.Search;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Regression.Mixtures.Results;

/// <summary>From a solution to the fit: classes in order, standard errors, class probabilities, what the user should read.</summary>
internal static class MixtureAssembly
{
    private const double FewRows = 2; // spare rows of a class below which its estimates are said to rest on hardly any
    private const double EmptyCount = 0.01;

    /// <param name="problem">The mixture.</param>
    /// <param name="solution">Where the estimation ended.</param>
    public static MixtureFit Assemble(MixtureProblem problem, MixtureSolution solution)
    {
        int[] order = ClassOrder.Of(problem, solution.Full);
        double[] full = problem.Layout.Reorder(solution.Full, order);
        (double[] covariance, double? curvature) = Covariance(problem.Layout, solution.Hessian, solution.AtBound, order);
        double[] posterior = solution.Likelihood.Posterior(full);
        double[] fitted = MixtureMeans.Of(problem, full);
        double[] response = problem.Frame.Response!;
        List<string> warnings = [.. solution.Warnings];
        warnings.AddRange(Warnings(problem, solution, full, posterior, curvature));
        return new MixtureFit
        {
            Formula = problem.Frame.Formula.Text,
            Options = problem.Options,
            LogLikelihood = solution.LogLikelihood,
            LogPrior = problem.Priors.IsFlat ? null : solution.LogPrior,
            FreeParameters = problem.Layout.FreeCount,
            Parameters = ParameterTable.Build(problem, full, covariance),
            Aliased = problem.Aliased,
            Posterior = posterior,
            UnitNames = problem.Data.UnitNames,
            Entropy = RelativeEntropy(posterior, problem.Layout.ClassCount),
            Classification = Classify(problem, full),
            EffectGroup = problem.Layout.Shape.EffectGroup,
            Predicted = [.. solution.Predicted.Select(prediction => prediction.Class == 0 ? prediction : prediction with { Class = Array.IndexOf(order, prediction.Class - 1) + 1 }).OrderBy(prediction => prediction.Class)],
            Integration = solution.Integration,
            Rows = problem.Frame.Rows.Count,
            RowsDropped = problem.Frame.DroppedRows,
            RowNumbers = [.. Enumerable.Range(0, problem.Frame.Rows.Count).Select(row => problem.Frame.Rows.SourceRow(row) + 1)],
            Fitted = fitted,
            Residuals = [.. response.Zip(fitted, (observed, expected) => observed - expected)],
            Maxima = [.. solution.Maxima.Select(maximum => maximum with { LogLikelihood = maximum.LogLikelihood + problem.Data.Constant })],
            Termination = solution.Termination,
            History = solution.History,
            Evaluations = solution.Evaluations,
            SmallestCurvature = curvature,
            Warnings = warnings,
            Seconds = new RegressionTimes(0, 0, 0, 0, 0),
            Problem = problem,
            Likelihood = solution.Likelihood,
            Full = full,
            Covariance = covariance,
        };
    }

    /// <summary>Inverse information of the free parameters, classes in order; empty where it is not positive definite.</summary>
    private static (double[] Covariance, double? Curvature) Covariance(MixtureLayout layout, double[] hessian, IReadOnlyList<int> atBound, int[] order)
    {
        int n = layout.FreeCount;
        if (hessian.Length == 0 || n == 0 || !Array.TrueForAll(hessian, double.IsFinite))
            return ([], null);
        double[] information = Array.ConvertAll(hessian, value => -value);
        foreach (int bound in atBound)
        {
            for (int other = 0; other < n; other++)
                information[bound * n + other] = information[other * n + bound] = other == bound ? 1 : 0;
        }
        double curvature = Matrix<double>.Build.Dense(n, n, (double[])information.Clone()).Evd(Symmetricity.Symmetric).EigenValues.Min(value => value.Real);
        if (!CholeskySolver.TryFactor(information, n))
            return ([], curvature);
        // The new order is a linear map R of the free parameters: R V Rᵀ.
        double[] map = OrderMap(layout, order);
        foreach (int bound in atBound)
        {
            for (int row = 0; row < n; row++)
                map[row * n + bound] = 0; // no variance
        }
        double[] half = new double[n * n];
        for (int row = 0; row < n; row++)
        {
            Span<double> own = half.AsSpan(row * n, n);
            map.AsSpan(row * n, n).CopyTo(own);
            CholeskySolver.Solve(information, own, n); // V Rᵀ, a column
        }
        double[] covariance = new double[n * n];
        for (int row = 0; row < n; row++)
        {
            for (int column = 0; column < n; column++)
                covariance[row * n + column] = FixedOrderSums.Dot(map.AsSpan(row * n, n), half.AsSpan(column * n, n));
        }
        return (covariance, curvature);
    }

    private static double[] OrderMap(MixtureLayout layout, int[] order)
    {
        int n = layout.FreeCount;
        double[] map = new double[n * n];
        double[] origin = layout.Collapse(layout.Reorder(layout.Expand(new double[n]), order));
        for (int column = 0; column < n; column++)
        {
            double[] unit = new double[n];
            unit[column] = 1;
            double[] moved = layout.Collapse(layout.Reorder(layout.Expand(unit), order));
            for (int row = 0; row < n; row++)
                map[row * n + column] = moved[row] - origin[row];
        }
        return map;
    }

    private static double? RelativeEntropy(double[] posterior, int classes)
    {
        if (classes == 1)
            return null;
        double sum = 0;
        foreach (double probability in posterior)
            sum += probability > 0 ? -probability * Math.Log(probability) : 0;
        return Math.Clamp(1 - sum / (posterior.Length / classes * Math.Log(classes)), 0, 1);
    }

    /// <summary>Known classes against those that the response alone makes likeliest.</summary>
    private static IReadOnlyList<ClassificationRow> Classify(MixtureProblem problem, double[] full)
    {
        if (problem.Data.KnownClass is not { } known)
            return [];
        IMixtureLikelihood unknowing = MixtureModel.LikelihoodOf(problem with { Data = problem.Data with { KnownClass = null } });
        int[] likeliest = MixtureFit.Likeliest(unknowing.Posterior(full), problem.Layout.ClassCount);
        return [.. problem.KnownNames.Select((name, ofClass) => new ClassificationRow(name, [.. Enumerable.Range(0, problem.Layout.ClassCount)
            .Select(k => Enumerable.Range(0, known.Length).Count(unit => known[unit] == ofClass && likeliest[unit] == k))]))];
    }

    private static IEnumerable<string> Warnings(MixtureProblem problem, MixtureSolution solution, double[] full, double[] posterior, double? curvature)
    {
        if (problem.Frame.DroppedRows > 0)
        {
            yield return FormattableString.Invariant(
                $"{problem.Frame.DroppedRows} of {problem.Frame.Rows.Source.RowCount} rows are left out because a value is missing: {string.Join(", ", problem.Frame.Rows.Missing.Select(column => FormattableString.Invariant($"{column.Count} in '{column.Column}'")))}.");
        }
        if (problem.Aliased.Count > 0)
            yield return $"Earlier columns determine {string.Join(", ", problem.Aliased.Select(name => $"'{name}'"))}; left out, without an estimate.";
        if (solution.Termination.Kind == TerminationKind.Degenerate)
        {
            int collapsed = Collapse.Find(problem, full) ?? Enumerable.Range(0, problem.Layout.ClassCount).MinBy(k => full[problem.Layout.LogSigma(k)]);
            yield return FormattableString.Invariant($"Class {collapsed + 1} collapses: its residual standard deviation goes to 0 on rows that it fits exactly, and the likelihood grows without bound. There is no estimate.");
            yield break;
        }
        int degenerate = solution.Maxima.Where(maximum => maximum.IsDegenerate).Sum(maximum => maximum.Count);
        if (degenerate > 0)
            yield return FormattableString.Invariant($"{degenerate} start(s) ran to where a class collapses onto rows that it fits exactly (sigma to 0). The likelihood has no maximum there; these are no solutions.");
        int classes = problem.Layout.ClassCount;
        int parameters = problem.Layout.Shape.Coefficients.Count + 1;
        for (int k = 0; k < classes && classes > 1; k++)
        {
            double count = 0;
            for (int unit = k; unit < posterior.Length; unit += classes)
                count += posterior[unit];
            if (count < EmptyCount)
                yield return FormattableString.Invariant($"Class {k + 1} is empty: {count:g2} expected {(problem.Data.UnitNames is null ? "rows" : "levels")}. The data have no more than {(classes == 2 ? "1 class" : $"{classes - 1} classes")}; its coefficients mean nothing.");
            else if (count < parameters + FewRows && problem.Data.UnitNames is null)
                yield return FormattableString.Invariant($"Class {k + 1} rests on {count:0.0} expected rows and has {parameters} parameters. Consider fewer classes, --equal-across-classes sigma, or a prior on sigma.");
        }
        if (curvature is { } least && !(least > 0))
            yield return FormattableString.Invariant($"The information matrix is not positive definite (smallest eigenvalue {least:g2}): there is no maximum here, or a flat one, and so no standard errors. Ask for fewer classes, or give priors.");
        if (problem.IsExchangeable && classes > 1 && solution.Hessian.Length > 0 && AreSame(problem, full) is { } pair)
            yield return FormattableString.Invariant($"Classes {pair + 1} and {pair + 2} have the same estimates: the data do not tell them apart. Ask for fewer classes.");
    }

    private static int? AreSame(MixtureProblem problem, double[] full)
    {
        MixtureLayout layout = problem.Layout;
        int width = layout.Coefficient(1);
        for (int k = 0; k + 1 < layout.ClassCount; k++)
        {
            double distance = 0;
            for (int index = 0; index < width; index++)
                distance = Math.Max(distance, Math.Abs(full[k * width + index] - full[(k + 1) * width + index]));
            if (distance < 1e-4)
                return k;
        }
        return null;
    }
}
