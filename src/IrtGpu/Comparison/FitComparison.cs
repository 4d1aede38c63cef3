using IrtGpu.Data;
using IrtGpu.Foundation.Progress;
using IrtGpu.Inference.Testing;
using IrtGpu.Saved;
using IrtGpu.Specification;

namespace IrtGpu.Comparison;

/// <summary>How calibrations are compared.</summary>
public sealed record ComparisonOptions
{
    /// <summary>Data sets of the parametric bootstrap; 0: none is made.</summary>
    public int Draws { get; init; }

    /// <summary>Starts of the larger model in each data set, where it has classes or is exploratory: at its estimates, and random ones.</summary>
    public int Starts { get; init; } = 3;

    /// <summary>Seed.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Number of threads; 0: all processors. Does not change the results.</summary>
    public int Threads { get; init; }
}

/// <summary>Likelihood ratio tests and information criteria of calibrations of the same data.</summary>
public static class FitComparison
{
    /// <summary>Compares fits, fewest parameters first; each with the largest before it that is nested in it.</summary>
    /// <param name="fits">Finished calibrations with their names.</param>
    /// <param name="options">Bootstrap.</param>
    /// <param name="progress">Hears of every data set.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="SpecificationException">The fits are not of the same data; every reason found.</exception>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static IReadOnlyList<ComparedFit> Compare(
        IReadOnlyList<(string Name, SavedCalibration Fit)> fits, ComparisonOptions? options = null, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default) =>
        Compare(fits, options, null, progress, cancellation);

    /// <summary>Compares fits, with the data for the test of Vuong, Lo, Mendell and Rubin of numbers of classes.</summary>
    /// <param name="fits">Finished calibrations with their names.</param>
    /// <param name="options">Bootstrap and threads.</param>
    /// <param name="patterns">The data that all were calibrated on; null: the test is left out.</param>
    /// <param name="progress">Hears of every data set.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="SpecificationException">The fits are not of the same data, or not of these; every reason found.</exception>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static IReadOnlyList<ComparedFit> Compare(
        IReadOnlyList<(string Name, SavedCalibration Fit)> fits, ComparisonOptions? options, PatternTable? patterns, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(fits);
        options ??= new ComparisonOptions();
        RequireComparable(fits);
        (string Name, SavedCalibration Fit)[] ordered = [.. fits.OrderBy(fit => fit.Fit.Fit.FreeParameters).ThenBy(fit => fit.Fit.Plan.ClassCount)];
        List<ComparedFit> compared = [];
        for (int k = 0; k < ordered.Length; k++)
        {
            (string name, SavedCalibration fit) = ordered[k];
            ComparedFit one = new(name)
            {
                FreeParameters = fit.Fit.FreeParameters,
                LogLikelihood = fit.Fit.LogLikelihood!.Value,
                Aic = fit.Fit.Aic,
                Bic = fit.Fit.Bic,
                Sabic = fit.Fit.Sabic,
                Entropy = fit.Fit.Entropy,
                Note = fit.Fit.Converged ? "" : "not converged",
            };
            compared.Add(k == 0 || fit.Fit.SamplingWeights ? one : Test(one, fit, ordered[..k], options, patterns, progress, cancellation));
        }
        return compared;
    }

    private static ComparedFit Test(
        ComparedFit one, SavedCalibration fit, (string Name, SavedCalibration Fit)[] before, ComparisonOptions options, PatternTable? patterns, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        string? reason = null;
        foreach ((string name, SavedCalibration smaller) in before.Reverse())
        {
            int df = fit.Fit.FreeParameters - smaller.Fit.FreeParameters;
            double gain = 2 * (fit.Fit.LogLikelihood!.Value - smaller.Fit.LogLikelihood!.Value);
            if (df == 0)
            {
                reason ??= $"as many parameters as '{name}'";
                continue;
            }
            bool isCount = fit.Plan.ClassCount > smaller.Plan.ClassCount || fit.Plan.AttributeCount > smaller.Plan.AttributeCount;
            bool isByClasses = patterns is not null && fit.Plan.ClassCount > smaller.Plan.ClassCount && fit.Plan.AttributeCount == smaller.Plan.AttributeCount;
            bool isDrawn = isCount && options.Draws > 0 && Bootstrappable(smaller, fit) is null;
            if (isByClasses || isDrawn)
            {
                one = one with { Against = name, ChiSquare = gain, Df = df };
                if (isByClasses)
                {
                    VuongTest test = new VuongRatio(patterns!, options.Threads, cancellation).Test(smaller, fit);
                    one = one with { VuongP = test.P, AdjustedRatio = test.AdjustedRatio, AdjustedP = test.AdjustedP, Note = Join(one.Note, test.Note) };
                }
                if (!isDrawn)
                    return options.Draws > 0 ? one with { Note = Join(one.Note, $"no bootstrap: {Bootstrappable(smaller, fit)}") } : one;
                (double? p, int draws, string note) = new BootstrapRatio(options, progress, cancellation).Test(smaller, fit);
                return one with { BootstrapP = p, Draws = draws, Note = Join(one.Note, note) };
            }
            if (fit.Specification.Priors.Count > 0 || smaller.Specification.Priors.Count > 0)
            {
                reason ??= $"no test against '{name}': with a prior the estimates are not those of the largest likelihood";
                continue;
            }
            if (Nesting.Problem(smaller.Plan, smaller.Parameters, fit.Plan, out bool isAtBoundary) is { } problem)
            {
                reason ??= $"no test against '{name}': {(isCount && options.Draws > 0 ? Bootstrappable(smaller, fit) : problem)}";
                continue;
            }
            if (gain < -1e-3)
                return one with { Against = name, ChiSquare = gain, Df = df, Note = Join(one.Note, $"its log-likelihood is below that of '{name}', which is nested in it: it has not reached its maximum (--start, --starts, --tolerance)") };
            string boundary = isAtBoundary ? $"'{name}' lies at the end of a parameter's range, so that p is too large" : "";
            return one with { Against = name, ChiSquare = Math.Max(0, gain), Df = df, P = ChiSquareTail.Of(gain, df), Note = Join(one.Note, boundary) };
        }
        return one with { Note = Join(one.Note, reason ?? "") };
    }

    /// <summary>Why data cannot be drawn for both models; null where they can.</summary>
    private static string? Bootstrappable(SavedCalibration smaller, SavedCalibration larger)
    {
        if (smaller.Shape.ClassNames.Length > 0 || larger.Shape.ClassNames.Length > 0)
            return "the classes of some persons are known";
        if (Math.Abs(smaller.Fit.WeightTotal - smaller.Fit.Persons) > 1e-6)
            return "rows have weights";
        return smaller.GroupWeights.Count != larger.GroupWeights.Count ? "the groups differ" : null;
    }

    private static string Join(string first, string second) => first.Length == 0 ? second : second.Length == 0 ? first : $"{first}; {second}";

    private static void RequireComparable(IReadOnlyList<(string Name, SavedCalibration Fit)> fits)
    {
        if (fits.Count < 2)
            throw new SpecificationException("compare needs two fits or more, and one is named. Name the calibration.json of each, or their folders.");
        (string name, SavedCalibration first) = fits[0];
        List<string> problems = [];
        foreach ((string other, SavedCalibration fit) in fits)
        {
            if (fit.Fit.LogLikelihood is null)
                problems.Add($"'{other}' has no log-likelihood: it failed. Calibrate again.");
            if (fit.Fit.InputSha256.Length == 0 || fit.Fit.InputSha256 != first.Fit.InputSha256)
                problems.Add($"'{other}' and '{name}' are of different data files, so their likelihoods are not of the same answers. Calibrate both with one file.");
            else if (!fit.Shape.ItemNames.SequenceEqual(first.Shape.ItemNames))
                problems.Add($"'{other}' and '{name}' are of different items of the file. Calibrate both with the same --items.");
            else if (fit.Fit.WeightTotal != first.Fit.WeightTotal || fit.Fit.SamplingWeights != first.Fit.SamplingWeights)
                problems.Add(FormattableString.Invariant($"'{other}' counts {fit.Fit.WeightTotal} persons and '{name}' {first.Fit.WeightTotal}. Calibrate both with the same weights."));
            else if (!fit.Shape.CategoryCodes.Zip(first.Shape.CategoryCodes).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)))
                problems.Add($"'{other}' and '{name}' code answers to the same items differently. Calibrate both with the same --codes, --key and --missing.");
        }
        if (problems.Count > 0)
            throw new SpecificationException([.. problems.Distinct()]);
    }
}
