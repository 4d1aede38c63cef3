using IrtGpu.Data;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Progress;
using IrtGpu.Saved;
using IrtGpu.Simulation;
using IrtGpu.Specification;

namespace IrtGpu.Comparison;

/// <summary>Likelihood ratio of two calibrations by the parametric bootstrap: for numbers of classes or dimensions, where χ² is wrong.</summary>
/// <remarks>
/// Data sets are drawn from the smaller fit, as many persons of each group as there were, and both models are fitted to each, beginning at their estimates,
/// the larger one from random starts besides. p = (1 + #{LR* ≥ LR})/(draws + 1). McLachlan (1987), Applied Statistics 36, 318–324.
/// </remarks>
internal sealed class BootstrapRatio(ComparisonOptions options, IProgress<WorkProgress>? progress, CancellationToken cancellation)
{
    private const double MostFailures = 0.1;

    /// <summary>The p-value.</summary>
    /// <param name="smaller">The fit that data are drawn from.</param>
    /// <param name="larger">The other.</param>
    /// <returns>P-value, draws that count, and what is to say; p null where too many draws failed.</returns>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public (double? P, int Draws, string Note) Test(SavedCalibration smaller, SavedCalibration larger)
    {
        double observed = 2 * (larger.Fit.LogLikelihood!.Value - smaller.Fit.LogLikelihood!.Value);
        double?[] drawn = new double?[options.Draws];
        int done = 0;
        Parallel.For(0, options.Draws, new ParallelOptions { MaxDegreeOfParallelism = options.Threads > 0 ? options.Threads : -1, CancellationToken = cancellation }, draw =>
        {
            drawn[draw] = Ratio(smaller, larger, draw);
            progress?.Report(new WorkProgress("bootstrap", Interlocked.Increment(ref done), options.Draws, "data sets"));
        });
        cancellation.ThrowIfCancellationRequested();
        double[] ratios = [.. drawn.OfType<double>()];
        int failed = options.Draws - ratios.Length;
        if (failed > MostFailures * options.Draws)
            return (null, ratios.Length, FormattableString.Invariant($"{failed} of {options.Draws} data sets could not be fitted, so that there is no p"));
        string note = smaller.Fit.Persons > 0 && failed > 0 ? FormattableString.Invariant($"{failed} data set(s) could not be fitted") : "";
        return ((1.0 + ratios.Count(ratio => ratio >= observed)) / (ratios.Length + 1.0), ratios.Length, note);
    }

    private double? Ratio(SavedCalibration smaller, SavedCalibration larger, int draw)
    {
        SimulatedResponses drawn = ResponseSimulator.Draw(
            smaller.Plan, smaller.Parameters, smaller.Fit.Persons, unchecked(options.Seed * 7919 + draw), smaller.GroupWeights, 1, cancellation);
        ResponseData data = WithoutClasses(drawn.Data);
        try
        {
            double? less = LogLikelihood(data, smaller, 1, draw);
            double? more = LogLikelihood(data, larger, larger.Plan.ClassCount > 1 || larger.Specification.IsExploratory ? options.Starts : 1, draw);
            return less is null || more is null ? null : Math.Max(0, 2 * (more.Value - less.Value));
        }
        catch (SpecificationException) // a category or an item that nobody answers in this data set
        {
            return null;
        }
    }

    private double? LogLikelihood(ResponseData data, SavedCalibration fit, int starts, int draw)
    {
        CalibrationResult result = Calibration.Run(data, fit.Specification, new CalibrationOptions
        {
            Start = fit.Point,
            Starts = starts,
            Seed = unchecked(options.Seed + 31 * draw),
            Threads = 1,
            Tolerance = Math.Min(fit.Options.Tolerance, 1e-4),
            MaxCycles = Math.Max(fit.Options.MaxCycles, 1000),
            StandardErrors = StandardErrorMethod.None,
            Scores = ScoreMethod.None,
            Device = "cpu",
        }, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        return result.Termination.Kind is TerminationKind.Converged or TerminationKind.CycleLimit ? result.LogLikelihood : null;
    }

    private static ResponseData WithoutClasses(ResponseData data) => new()
    {
        ItemNames = data.ItemNames,
        CategoryCodes = data.CategoryCodes,
        Answers = data.Answers,
        Responses = data.Responses,
        PersonCount = data.PersonCount,
        GroupNames = data.GroupNames,
        Groups = data.Groups,
    };
}
