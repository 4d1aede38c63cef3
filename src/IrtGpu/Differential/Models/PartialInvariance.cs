using IrtGpu.Data;
using IrtGpu.Differential.Results;
using IrtGpu.Fit;
using IrtGpu.Foundation.Progress;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Specification;

namespace IrtGpu.Differential.Models;

/// <summary>Releases parameters of items in groups whose data lie farther from the common curve than a threshold, until none does.</summary>
/// <remarks>
/// A step releases every pair of item and group above the threshold that is not released yet and refits from where it was; the RMSD is that
/// of the data of the group, as in international studies (OECD, PISA 2015 Technical Report). A fifth of the items of each group stays common, those
/// that fit best.
/// </remarks>
internal sealed class PartialInvariance(InvarianceModel model, double threshold, int threads, IProgress<WorkProgress>? progress, CancellationToken cancellation)
{
    private const int MostSteps = 20;

    private readonly HashSet<(int Item, int Group)> released = [];
    private readonly List<ReleasedParameters> list = [];

    /// <summary>What the user should know.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Releases.</summary>
    /// <param name="estimation">How to estimate the last fit, which has standard errors.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public (IReadOnlyList<ReleasedParameters> Released, CalibrationResult Result) Run(CalibrationOptions estimation)
    {
        InvarianceFit fit = new(model.First.Point, model.First.LogLikelihood, model.First.Termination.IsConverged, null);
        for (int step = 1; step <= MostSteps; step++)
        {
            (int Item, int Group, double Rmsd)[] next = Above(fit);
            if (next.Length == 0)
                break;
            progress?.Report(new WorkProgress(FormattableString.Invariant($"releasing {next.Length} items in groups, step {step}")));
            released.UnionWith(next.Select(one => (one.Item, one.Group)));
            InvarianceFit better;
            try
            {
                better = model.Fit(Specification(), fit.Point, false, 0, cancellation);
            }
            catch (SpecificationException exception)
            {
                released.ExceptWith(next.Select(one => (one.Item, one.Group)));
                Warnings.Add($"Parameters of {next.Length} item(s) in groups cannot be released: {exception.Problems[0]}");
                break;
            }
            list.AddRange(next.Select(one => new ReleasedParameters(
                step, model.First.Plan.Items[one.Item].Name, model.GroupNames[one.Group], one.Rmsd, better.LogLikelihood, better.LogLikelihood - fit.LogLikelihood)));
            fit = better;
        }
        return (list, model.Finish(Specification(), fit.Point, estimation, cancellation));
    }

    /// <summary>Pairs above the threshold, largest first.</summary>
    private (int Item, int Group, double Rmsd)[] Above(InvarianceFit fit)
    {
        FitReport report = FitEvaluation.Run(
            new FitSource(fit.Point, model.Patterns, () => throw new NotSupportedException(), () => throw new NotSupportedException()),
            new FitOptions { Statistics = new HashSet<FitStatistic> { FitStatistic.Deviations }, Threads = threads }, null, cancellation);
        cancellation.ThrowIfCancellationRequested();
        List<(int Item, int Group, double Rmsd)> above = [];
        foreach (IGrouping<int, ItemDeviation> group in (report.Deviations ?? []).GroupBy(one => one.Group))
        {
            int given = group.Count();
            int room = given - Math.Max(1, (int)Math.Ceiling(given / 5.0)) - released.Count(pair => pair.Group == group.Key);
            (int Item, int Group, double Rmsd)[] own = [.. group
                .Where(one => one.Deviation.Rmsd > threshold && !released.Contains((one.Item, one.Group)) && !model.AlwaysFree.Contains(one.Item))
                .Select(one => (one.Item, one.Group, one.Deviation.Rmsd)).OrderByDescending(one => one.Rmsd)];
            if (own.Length > room)
                Warnings.Add($"Group '{model.GroupNames[group.Key]}' has {own.Length} more items above the threshold; those that fit best stay common, so that something holds its scale.");
            above.AddRange(own.Take(Math.Max(0, room)));
        }
        return [.. above.GroupBy(one => one.Item).SelectMany(KeepOne).OrderByDescending(one => one.Rmsd).ThenBy(one => one.Item).ThenBy(one => one.Group)];
    }

    /// <summary>Of the last common groups of an item the best-fitting one keeps its parameters: they are its own then.</summary>
    private IEnumerable<(int Item, int Group, double Rmsd)> KeepOne(IGrouping<int, (int Item, int Group, double Rmsd)> item)
    {
        int common = Enumerable.Range(0, model.GroupNames.Length).Count(group => model.First.Plan.Shape.Administered[group][item.Key] && !released.Contains((item.Key, group)));
        return item.OrderByDescending(one => one.Rmsd).Take(common - 1);
    }

    /// <summary>Items with a released group are free in all groups, and equal in those that were not released.</summary>
    private ModelSpecification Specification()
    {
        int[] items = [.. released.Select(pair => pair.Item).Distinct().Order()];
        ModelSpecification specification = model.Specification(items);
        List<ParameterConstraint> equal = [];
        foreach (int item in items)
        {
            string[] common = [.. Enumerable.Range(0, model.GroupNames.Length)
                .Where(group => model.First.Plan.Shape.Administered[group][item] && !released.Contains((item, group)))
                .Select(group => QuotedList.Quote(model.GroupNames[group]))];
            if (common.Length > 1)
                equal.AddRange(FreeParameters(item).Select(name => new ParameterConstraint(QuotedList.Quote(model.First.Plan.Items[item].Name), name, ConstraintKind.Equal, Group: string.Join(',', common))));
        }
        return specification with { Constraints = [.. specification.Constraints, .. equal] };
    }

    private IEnumerable<string> FreeParameters(int item)
    {
        PlannedItem planned = model.First.Plan.Items[item];
        ItemParameterSet set = model.First.Plan.ParameterSets.First(candidate => candidate.Item == item);
        IReadOnlyList<ItemSlot> described = planned.Family.Slots(planned);
        for (int slot = 0; slot < described.Count; slot++)
        {
            if (!planned.Form.Hides(described[slot].Kind) && !model.First.Plan.Layout.IsFixed(set.FirstSlot + slot))
                yield return described[slot].Name;
        }
    }
}
