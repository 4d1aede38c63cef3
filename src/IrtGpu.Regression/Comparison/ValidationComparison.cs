using IrtGpu.Foundation.Sampling.Diagnostics;

namespace IrtGpu.Regression.Comparison;

/// <summary>Compares fits with draws by leave-one-out cross-validation.</summary>
/// <remarks>Vehtari, Gelman &amp; Gabry (2017), Statistics and Computing 27: differences by piece, their sum and its standard error.</remarks>
public static class ValidationComparison
{
    /// <summary>Compares, best first; empty where a fit has no cross-validation.</summary>
    /// <param name="paths">Files <c>regression.json</c>, or folders that hold one.</param>
    /// <exception cref="FitsNotComparableException">The fits are not of the same pieces of the same data.</exception>
    public static IReadOnlyList<ValidatedModel> Compare(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        List<(string Name, ComparableFit Fit)> fits = [.. paths.Select(path => (path, ComparableFit.Read(path)))];
        if (fits.Any(fit => fit.Fit.Validation is null))
            return [];
        RequireComparable(fits);
        double[] best = fits.Select(fit => fit.Fit.Validation!.Elpd).MaxBy(elpd => elpd.Sum())!;
        return
        [
            .. fits.OrderByDescending(fit => fit.Fit.Validation!.Elpd.Sum()).Select(fit =>
            {
                double[] elpd = fit.Fit.Validation!.Elpd;
                double[] differences = [.. elpd.Zip(best, (own, other) => own - other)];
                return new ValidatedModel(
                    fit.Name, fit.Fit.Formula, elpd.Sum(), LeaveOneOut.ErrorOf(elpd), fit.Fit.Validation.EffectiveParameters, differences.Sum(), LeaveOneOut.ErrorOf(differences), fit.Fit.Validation.Unreliable);
            }),
        ];
    }

    private static void RequireComparable(List<(string Name, ComparableFit Fit)> fits)
    {
        (string name, ComparableFit first) = fits[0];
        foreach ((string otherName, ComparableFit other) in fits.Skip(1))
        {
            ModelComparison.RequireSameData(name, first, otherName, other);
            if (other.Validation!.Unit != first.Validation!.Unit || other.Validation.Elpd.Length != first.Validation.Elpd.Length)
            {
                throw new FitsNotComparableException(FormattableString.Invariant(
                    $"{otherName}: This fit leaves out {other.Validation.Elpd.Length} pieces of the data ({other.Validation.Unit}) one by one and '{name}' {first.Validation.Elpd.Length} ({first.Validation.Unit}): their predictive densities are of different things. Compare fits whose effects have the same grouping factor."));
            }
        }
    }
}
