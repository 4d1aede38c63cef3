using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Regression.Inference;

namespace IrtGpu.Regression.Comparison;

/// <summary>One of several fits to the same data.</summary>
/// <param name="Name">Name of its file or folder.</param>
/// <param name="Formula">Its formula.</param>
/// <param name="FreeParameters">Number of free parameters.</param>
/// <param name="Aic">Akaike's criterion.</param>
/// <param name="Bic">Schwarz's criterion.</param>
/// <param name="LogLikelihood">Log-likelihood.</param>
/// <param name="ChiSquare">Twice what it gains over the fit before it; null for the first and where the numbers of parameters are equal.</param>
/// <param name="Df">Parameters that it has more.</param>
/// <param name="P">P-value of the likelihood ratio test.</param>
public sealed record ComparedModel(string Name, string Formula, int FreeParameters, double Aic, double Bic, double LogLikelihood, double? ChiSquare, int? Df, double? P);

/// <summary>Likelihood ratio tests and information criteria of fits to the same rows.</summary>
public static class ModelComparison
{
    /// <summary>Compares fits, fewest parameters first.</summary>
    /// <remarks>
    /// Each fit is tested against the one before it, which must be nested in it; that is the reader's to know. Fits with other numbers of classes
    /// get no test: twice the gain has no χ² distribution there (McLachlan &amp; Peel 2000, §6.4). Where the smaller model sets a
    /// variance to 0 the p-value is too large, since the value lies at the end of its range (Self &amp; Liang 1987).
    /// </remarks>
    /// <param name="paths">Files <c>regression.json</c>, or folders that hold one.</param>
    /// <exception cref="DataException">A file cannot be read, or the fits cannot be compared.</exception>
    public static IReadOnlyList<ComparedModel> Compare(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        List<(string Name, ComparableFit Fit)> fits = [.. paths.Select(path => (path, ComparableFit.Read(path)))];
        fits = [.. fits.OrderBy(fit => fit.Fit.FreeParameters)];
        RequireComparable(fits);
        List<ComparedModel> compared = [];
        foreach ((string name, ComparableFit fit) in fits)
        {
            double deviance = -2 * fit.LogLikelihood;
            ComparedModel? before = compared.Count > 0 ? compared[^1] : null;
            int classesBefore = compared.Count > 0 ? fits[compared.Count - 1].Fit.Classes : 0;
            int? df = before is null || before.FreeParameters == fit.FreeParameters || fit.Classes != classesBefore ? null : fit.FreeParameters - before.FreeParameters;
            double? gain = df is null ? null : Math.Max(0, 2 * (fit.LogLikelihood - before!.LogLikelihood));
            compared.Add(new ComparedModel(
                name, fit.Formula, fit.FreeParameters, deviance + 2 * fit.FreeParameters, deviance + Math.Log(fit.Rows) * fit.FreeParameters, fit.LogLikelihood,
                gain, df, gain is { } statistic ? Distributions.UpperChiSquare(statistic, df!.Value) : null));
        }
        return compared;
    }

    private static void RequireComparable(List<(string Name, ComparableFit Fit)> fits)
    {
        (string name, ComparableFit first) = fits[0];
        foreach ((string modeName, ComparableFit mode) in fits.Where(fit => fit.Fit.Criterion == ComparableFit.PosteriorMode))
            throw Failure(modeName, $"This is the posterior mode under priors ({mode.Formula}): its likelihood is not the largest there is, and its priors count as data that no criterion here counts. Fit it without --prior, or compare draws.");
        foreach ((string otherName, ComparableFit other) in fits.Skip(1))
        {
            RequireSameData(name, first, otherName, other);
            if (other.Criterion != first.Criterion)
                throw Failure(otherName, $"This fit is by {other.Criterion} and '{name}' by {first.Criterion}. Fit both with --ml.");
            if (first.Criterion == "REML" && !other.FixedNames.Order(StringComparer.Ordinal).SequenceEqual(first.FixedNames.Order(StringComparer.Ordinal)))
                throw Failure(otherName, $"This fit and '{name}' are by REML and have different fixed effects. The restricted likelihood is that of residual contrasts, and other fixed effects make other contrasts: the two are no likelihoods of the same data. Fit both with --ml.");
        }
    }

    /// <summary>Refuses fits to different rows or responses.</summary>
    internal static void RequireSameData(string name, ComparableFit first, string otherName, ComparableFit other)
    {
        if (other.InputSha256 != first.InputSha256)
            throw Failure(otherName, $"This fit and '{name}' are of different data files, so their likelihoods are not of the same numbers. Fit both to one file.");
        if (other.Rows != first.Rows)
            throw Failure(otherName, FormattableString.Invariant($"This fit uses {other.Rows} rows and '{name}' {first.Rows}: missing values were left out differently, so the likelihoods are not of the same rows. Fit both to the rows that are complete in all columns."));
        if (ResponseOf(other) != ResponseOf(first) || other.WeightColumn != first.WeightColumn)
            throw Failure(otherName, $"This fit has the response {ResponseOf(other)} and '{name}' {ResponseOf(first)}, or other weights; likelihoods of different responses cannot be compared.");
    }

    private static string ResponseOf(ComparableFit fit) => Foundation.Formulas.Formula.Parse(fit.Formula).Response!.ToString();

    private static FitsNotComparableException Failure(string name, string message) => new($"{name}: {message}");
}

/// <summary>Fits cannot be compared with one another: says which and why.</summary>
/// <param name="message">Complete sentences.</param>
public sealed class FitsNotComparableException(string message) : ArgumentException(message);
