using IrtGpu.Differential.Effects;
using IrtGpu.Differential.Results;
using IrtGpu.Foundation.Progress;
using IrtGpu.Inference.Testing;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Specification;

namespace IrtGpu.Differential.Models;

/// <summary>Tests items one by one within the item response model, means and variances of the groups free.</summary>
/// <remarks>
/// With F the items that are free in the groups: an item of F is tested by making it equal, another by freeing it. F is empty with all others as
/// anchors; all but the anchors where these are given; and what differs where anchors are purified. Likelihood ratio: twice the difference of
/// log L; Wald: from the covariance of the fit in which the item is free.
/// </remarks>
internal sealed class ModelScan
{
    private readonly InvarianceModel model;
    private readonly DifOptions options;
    private readonly IProgress<WorkProgress>? progress;
    private readonly CancellationToken cancellation;
    private readonly string?[] untestable; // [item]
    private readonly int groupCount;
    private readonly IReadOnlySet<int> tested;

    public ModelScan(InvarianceModel model, DifOptions options, IReadOnlySet<int> tested, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        this.model = model;
        this.options = options;
        this.tested = tested;
        this.progress = progress;
        this.cancellation = cancellation;
        groupCount = model.GroupNames.Length;
        untestable = [.. Enumerable.Range(0, model.ItemCount).Select(item => Testability.Reason(model, item))];
    }

    /// <summary>Rounds of purification that were made.</summary>
    public int Rounds { get; private set; }

    /// <summary>What the user should know.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Items free in the last round.</summary>
    public IReadOnlySet<int> Free { get; private set; } = new HashSet<int>();

    /// <summary>The tests, item by item.</summary>
    /// <param name="anchors">Positions of the given anchors; empty: all others.</param>
    /// <exception cref="OperationCanceledException">It was asked for.</exception>
    public IReadOnlyList<ItemDif> Run(IReadOnlySet<int> anchors)
    {
        HashSet<int> free = options.Anchors == AnchorStrategy.Given ? [.. Enumerable.Range(0, model.ItemCount).Where(item => !anchors.Contains(item) && !model.AlwaysFree.Contains(item))] : [];
        if (options.Anchors != AnchorStrategy.Purified)
            return Test(free, item => anchors.Contains(item));
        List<HashSet<int>> seen = [];
        while (true)
        {
            IReadOnlyList<ItemDif> tests = Test(free, _ => false);
            HashSet<int> differing = Differing(tests);
            Rounds++;
            if (differing.SetEquals(free))
                return tests;
            if (seen.Any(before => before.SetEquals(differing)) || Rounds >= options.MostRounds)
            {
                Warnings.Add(FormattableString.Invariant($"The anchors did not come to rest in {Rounds} rounds of purification; the last tests are without every item that differed in one of the last two."));
                Rounds++;
                return Test([.. differing.Union(free)], _ => false);
            }
            seen.Add(free);
            free = differing;
        }
    }

    /// <summary>Items to leave the anchors: those that differ, but never so many that fewer than a fifth are left.</summary>
    private HashSet<int> Differing(IReadOnlyList<ItemDif> tests)
    {
        string judge = options.Methods.HasFlag(DifMethods.LikelihoodRatio) ? "lr" : "wald";
        string comparison = ComparisonOfAll;
        Dictionary<string, int> position = Enumerable.Range(0, model.ItemCount).ToDictionary(item => model.First.Plan.Items[item].Name);
        ItemDif[] ranked = [.. tests.Where(test => test.Method == judge && test.Comparison == comparison && test.AdjustedP < options.Level).OrderBy(test => test.AdjustedP)];
        int most = model.ItemCount - model.AlwaysFree.Count - Math.Max(1, (int)Math.Ceiling(model.ItemCount / 5.0));
        if (ranked.Length > most)
            Warnings.Add(FormattableString.Invariant($"{ranked.Length} of {model.ItemCount} items differ between the groups; those with the largest p stay anchors, so that something holds the scale. Look whether the groups took the same test."));
        return [.. ranked.Take(Math.Max(0, most)).Select(test => position[test.Item])];
    }

    private string ComparisonOfAll => groupCount == 2 ? Comparison(model.Focal[0]) : "all";

    private string Comparison(int focal) => $"{model.GroupNames[focal]} - {model.GroupNames[model.Reference]}";

    private IReadOnlyList<ItemDif> Test(HashSet<int> free, Func<int, bool> isGivenAnchor)
    {
        Free = free;
        bool hasWald = options.Methods.HasFlag(DifMethods.Wald);
        InvarianceFit start = free.Count == 0
            ? new InvarianceFit(model.First.Point, model.First.LogLikelihood, model.First.Termination.IsConverged, null)
            : model.Fit(free, model.First.Point, hasWald, 0, cancellation);
        List<ItemDif>[] tests = new List<ItemDif>[model.ItemCount];
        int done = 0;
        Parallel.For(0, model.ItemCount, new ParallelOptions { MaxDegreeOfParallelism = model.Parallelism, CancellationToken = cancellation }, item =>
        {
            tests[item] = !tested.Contains(item) ? []
                : untestable[item] is { } reason ? Untested(item, reason)
                : model.AlwaysFree.Contains(item) ? Untested(item, "The model has it free in the groups, so that it is no anchor and not tested.")
                : isGivenAnchor(item) ? Untested(item, "Anchor.", isAnchor: true)
                : TryTestItem(item, free, start);
            progress?.Report(new WorkProgress(
                options.Anchors == AnchorStrategy.Purified ? FormattableString.Invariant($"tests of items, round {Rounds + 1}") : "tests of items", Interlocked.Increment(ref done), model.ItemCount, "items"));
        });
        return Adjustment.Adjust([.. tests.SelectMany(list => list)]);
    }

    private List<ItemDif> Untested(int item, string reason, bool isAnchor = false) =>
        [.. Methods().Select(method => new ItemDif(model.First.Plan.Items[item].Name, method, ComparisonOfAll) { Reason = reason, IsAnchor = isAnchor })];

    private IEnumerable<string> Methods()
    {
        if (options.Methods.HasFlag(DifMethods.LikelihoodRatio))
            yield return "lr";
        if (options.Methods.HasFlag(DifMethods.Wald))
            yield return "wald";
    }

    /// <summary>A model that the data cannot determine is no reason to give the other items up.</summary>
    private List<ItemDif> TryTestItem(int item, HashSet<int> free, InvarianceFit start)
    {
        try
        {
            return TestItem(item, free, start);
        }
        catch (SpecificationException exception)
        {
            return Untested(item, exception.Problems[0]);
        }
    }

    private List<ItemDif> TestItem(int item, HashSet<int> free, InvarianceFit start)
    {
        bool isFree = free.Contains(item);
        int anchorCount = model.ItemCount - model.AlwaysFree.Count - free.Count - (isFree ? 0 : 1);
        if (anchorCount < 1)
            return Untested(item, "No other item is an anchor, so that a difference of the item and one of the groups cannot be told apart. Give more items, or anchors.");
        bool hasWald = options.Methods.HasFlag(DifMethods.Wald);
        bool hasRatio = options.Methods.HasFlag(DifMethods.LikelihoodRatio);
        InvarianceFit freed = isFree ? start : model.Fit(free.Append(item), start.Point, hasWald, 1, cancellation);
        int[] groups = model.Focal;
        ItemParameterSet reference = freed.SetOf(item, model.Reference)!;
        ItemParameterSet[] others = [.. groups.Select(group => freed.SetOf(item, group)!)];
        PlannedItem planned = freed.Plan.Items[item];
        CurveEffects?[] effects = [.. others.Select((focal, k) => planned.Function == ItemFunction.Nominal ? null : CurveEffects.Of(freed, item, reference, focal, groups[k]))];
        int widest = effects.Length == 1 ? 0 : Enumerable.Range(0, effects.Length).MaxBy(k => effects[k]?.Unsigned ?? 0);
        double?[] errors = [.. others.Select((focal, k) => planned.CategoryCount == 2 && effects[k] is not null ? DeltaError.Of(freed, item, reference, focal, groups[k]) : null)];
        List<ItemDif> tests = [];
        if (hasRatio)
        {
            InvarianceFit equal = isFree ? model.Fit(free.Where(other => other != item), start.Point, false, 1, cancellation) : start;
            tests.Add(Ratio(planned.Name, freed, equal) with { IsAnchor = !isFree });
            tests[^1] = Describe(tests[^1], effects[widest], errors[widest]);
        }
        if (hasWald)
        {
            tests.Add(Wald(planned.Name, ComparisonOfAll, freed, reference, others, !isFree));
            tests[^1] = Describe(tests[^1], effects[widest], errors[widest]);
            for (int k = 0; k < others.Length && groupCount > 2; k++)
                tests.Add(Describe(Wald(planned.Name, Comparison(groups[k]), freed, reference, [others[k]], !isFree), effects[k], errors[k]));
        }
        return tests;
    }

    private ItemDif Ratio(string name, InvarianceFit freed, InvarianceFit equal)
    {
        ItemDif test = new(name, "lr", ComparisonOfAll);
        int df = freed.Plan.Layout.FreeCount - equal.Plan.Layout.FreeCount;
        if (df <= 0)
            return test with { Reason = "Nothing of the item can differ between the groups: its parameters are fixed or held equal." };
        if (!freed.IsConverged || !equal.IsConverged)
            return test with { Reason = "A fit did not converge. Raise --max-cycles, or give the item a --prior." };
        double statistic = Math.Max(0, 2 * (freed.LogLikelihood - equal.LogLikelihood));
        return test with { Statistic = statistic, Df = df, P = ChiSquareTail.Of(statistic, df) };
    }

    private static ItemDif Wald(string name, string comparison, InvarianceFit freed, ItemParameterSet reference, ItemParameterSet[] others, bool isAnchor)
    {
        ItemDif test = new(name, "wald", comparison) { IsAnchor = isAnchor };
        if (GroupContrast.Wald(freed, reference, others, out string? reason) is not { } found)
            return test with { Reason = reason ?? "" };
        return freed.IsConverged ? test with { Statistic = found.Statistic, Df = found.Df, P = ChiSquareTail.Of(found.Statistic, found.Df) }
            : test with { Reason = "The fit did not converge. Raise --max-cycles, or give the item a --prior." };
    }

    private static ItemDif Describe(ItemDif test, CurveEffects? effects, double? error) => effects is null ? test : test with
    {
        EffectSigned = effects.SignedArea,
        EffectUnsigned = effects.UnsignedArea,
        MeanDifference = effects.Signed,
        MeanMagnitude = effects.Unsigned,
        Rmsd = effects.Rmsd,
        Delta = effects.Delta,
        DeltaError = error,
        Class = effects.Delta is { } delta && test.P is { } p ? DeltaClass.OfDelta(delta, error, p) : "",
    };
}
