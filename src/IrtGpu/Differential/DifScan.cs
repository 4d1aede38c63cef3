using System.Diagnostics;
using IrtGpu.Data;
using IrtGpu.Differential.Models;
using IrtGpu.Differential.Results;
using IrtGpu.Differential.SumScores;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Progress;
using IrtGpu.Specification;

namespace IrtGpu.Differential;

/// <summary>Looks for items that work differently in observed groups.</summary>
public static class DifScan
{
    /// <summary>Of estimates at most, so that twice a difference of log-likelihoods is exact to a hundredth.</summary>
    internal const double Tolerance = 1e-5;

    /// <summary>Scans.</summary>
    /// <param name="data">Responses of persons in two groups or more.</param>
    /// <param name="specification">The model; what it says of equality across groups frees items that are then neither anchors nor tested.</param>
    /// <param name="options">Tests and anchors.</param>
    /// <param name="estimation">How to estimate.</param>
    /// <param name="cycles">Hears of the cycles of the first fit.</param>
    /// <param name="progress">Hears of every item.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="SpecificationException">There are no groups to compare, or the model cannot be estimated.</exception>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public static DifResult Run(
        ResponseData data, ModelSpecification specification, DifOptions options, CalibrationOptions? estimation = null,
        IProgress<IterationRecord>? cycles = null, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(options);
        long begin = Stopwatch.GetTimestamp();
        if (specification.Integration == IntegrationMethod.Auto)
            specification = specification with { Integration = IntegrationMethod.Grid }; // effect sizes go over its nodes
        (HashSet<int> anchors, HashSet<int> tested) = Check(data, specification, options);
        estimation ??= new CalibrationOptions();
        estimation = estimation with { Tolerance = Math.Min(estimation.Tolerance, Tolerance), Scores = ScoreMethod.None };
        InvarianceModel model = InvarianceModel.Begin(
            data, specification, [], estimation with { StandardErrors = StandardErrorMethod.None }, estimation, cycles, cancellation);
        List<string> warnings = [.. model.First.Warnings];
        if (!model.First.Termination.IsConverged)
            warnings.Add($"The fit that all others begin with did not converge: {model.First.Termination.Message}");
        IReadOnlyList<ItemDif> tests = [];
        int rounds = 0;
        if (options.Methods != DifMethods.None)
        {
            ModelScan scan = new(model, options, tested, progress, cancellation);
            tests = scan.Run(anchors);
            rounds = scan.Rounds;
            warnings.AddRange(scan.Warnings);
        }
        IReadOnlyList<ItemDif> sumScores = [];
        if (options.HasSumScores)
        {
            SumScoreScan scan = new(model, options, tested, cancellation);
            sumScores = scan.Run(anchors);
            warnings.AddRange(scan.Warnings);
        }
        IReadOnlyList<ReleasedParameters> released = [];
        CalibrationResult? partial = null;
        if (options.ReleaseAbove is { } threshold)
        {
            PartialInvariance invariance = new(model, threshold, estimation.Threads, progress, cancellation);
            (released, partial) = invariance.Run(estimation);
            warnings.AddRange(invariance.Warnings);
        }
        return new DifResult
        {
            Released = released,
            Partial = partial,
            Groups = [model.GroupNames[model.Reference], .. model.Focal.Select(group => model.GroupNames[group])],
            Tests = tests,
            SumScoreTests = sumScores,
            Rounds = rounds,
            First = model.First,
            Warnings = warnings,
            Seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds,
        };
    }

    private static (HashSet<int> Anchors, HashSet<int> Tested) Check(ResponseData data, ModelSpecification specification, DifOptions options)
    {
        List<string> problems = [];
        if (data.GroupNames.Length < 2 || data.Groups is null)
            problems.Add(data.GroupNames[0].Length == 0 ? "DIF compares groups, and no column of groups is named. Name it with --group." : $"DIF compares groups, and all persons are in group '{data.GroupNames[0]}'. Name another column with --group, or give data of all groups.");
        if (specification.ClassCount > 1)
            problems.Add($"--classes {specification.ClassCount}: items are tested between observed groups, not within latent classes, whose items differ by themselves. Leave --classes out.");
        if (data.AreSamplingWeights)
            problems.Add("With sampling weights neither likelihood ratios nor counts have the distributions that the tests need. Leave --sampling-weight out.");
        if (options.ReleaseAbove is { } above && !(above > 0 && above < 1))
            problems.Add(FormattableString.Invariant($"--release {above}: RMSD lies between 0 and 1; give a threshold such as 0.12."));
        HashSet<int> anchors = options.Anchors == AnchorStrategy.Given ? Select("--anchors", options.AnchorItems) : [];
        if (options.Anchors == AnchorStrategy.Given && anchors.Count == 0 && problems.Count == 0)
            problems.Add($"--anchors '{options.AnchorItems}' names no item. Name those that hold the groups on one scale.");
        HashSet<int> tested = options.Tested is { } list ? Select("--test", list) : [.. Enumerable.Range(0, data.ItemCount)];
        return problems.Count > 0 ? throw new SpecificationException(problems) : (anchors, tested);

        HashSet<int> Select(string option, string items)
        {
            try
            {
                return [.. ItemSelector.Resolve(items, data.ItemNames)];
            }
            catch (ItemListException exception)
            {
                problems.Add($"{option}: {exception.Message}");
                return [];
            }
        }
    }
}
