using IrtGpu.Differential.Effects;
using IrtGpu.Differential.Models;
using IrtGpu.Differential.Results;
using IrtGpu.Inference.Testing;
using IrtGpu.Items;

namespace IrtGpu.Differential.SumScores;

/// <summary>Tests items by sum scores: Mantel–Haenszel and its generalisations, and (ordinal) logistic regression.</summary>
internal sealed class SumScoreScan
{
    private const double LeastShare = 0.5; // of the answers, that are matched

    private readonly InvarianceModel model;
    private readonly DifOptions options;
    private readonly int[] order; // groups, that of reference first
    private readonly CancellationToken cancellation;
    private readonly IReadOnlySet<int> tested;

    public SumScoreScan(InvarianceModel model, DifOptions options, IReadOnlySet<int> tested, CancellationToken cancellation)
    {
        this.model = model;
        this.options = options;
        this.tested = tested;
        this.cancellation = cancellation;
        order = [model.Reference, .. model.Focal];
    }

    /// <summary>What the user should know.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>The tests, item by item.</summary>
    /// <param name="anchors">Positions of the given anchors; empty: all others.</param>
    public IReadOnlyList<ItemDif> Run(IReadOnlySet<int> anchors)
    {
        HashSet<int> matching = options.Anchors == AnchorStrategy.Given && anchors.Count > 0 ? [.. anchors] : [.. Enumerable.Range(0, model.ItemCount)];
        matching.RemoveWhere(item => model.First.Plan.Items[item].Function == ItemFunction.Nominal || model.Patterns.Totals.GroupCount < order.Length || order.Any(group => !model.Patterns.Totals.IsAnswered(group, item)));
        if (options.Anchors != AnchorStrategy.Purified)
            return [.. Mantel(matching), .. Logistic(matching)];
        return [.. Purify(matching, Mantel, test => test.Comparison == Comparison), .. Purify(matching, Logistic, test => test.Method is "logistic" or "ordinal")];
    }

    private string Comparison => order.Length == 2 ? $"{model.GroupNames[order[1]]} - {model.GroupNames[order[0]]}" : "all";

    private IReadOnlyList<ItemDif> Purify(HashSet<int> all, Func<HashSet<int>, IReadOnlyList<ItemDif>> test, Func<ItemDif, bool> judges)
    {
        Dictionary<string, int> position = Enumerable.Range(0, model.ItemCount).ToDictionary(item => model.First.Plan.Items[item].Name);
        HashSet<int> matching = all;
        List<HashSet<int>> seen = [];
        for (int round = 1; ; round++)
        {
            IReadOnlyList<ItemDif> tests = test(matching);
            HashSet<int> next = [.. all.Except(tests.Where(judges).Where(one => one.AdjustedP < options.Level).Select(one => position[one.Item]))];
            if (next.SetEquals(matching) || seen.Any(before => before.SetEquals(next)) || round == options.MostRounds || next.Count == 0)
            {
                if (!next.SetEquals(matching))
                    Warnings.Add(FormattableString.Invariant($"The items of the sum score did not come to rest in {round} rounds of purification ({tests[0].Method}); the tests are those of the last."));
                return tests;
            }
            seen.Add(matching);
            matching = next;
        }
    }

    private IReadOnlyList<ItemDif> Mantel(HashSet<int> matching) => Adjustment.Adjust(Each(item => [MantelOf(item, matching)]));

    private IReadOnlyList<ItemDif> Logistic(HashSet<int> matching) => Adjustment.Adjust(Each(item => LogisticOf(item, matching)));

    private IReadOnlyList<ItemDif> Each(Func<int, ItemDif[]> test)
    {
        ItemDif[][] tests = new ItemDif[model.ItemCount][];
        Parallel.For(0, model.ItemCount, new ParallelOptions { MaxDegreeOfParallelism = model.Parallelism, CancellationToken = cancellation }, item => tests[item] = tested.Contains(item) ? test(item) : []);
        return [.. tests.SelectMany(one => one)];
    }

    private (MatchedCounts? Counts, string Reason) Match(int item, HashSet<int> matching)
    {
        if (Testability.Reason(model, item) is { } reason && !reason.EndsWith("neighbour.", StringComparison.Ordinal))
            return (null, reason);
        bool isNominal = model.First.Plan.Items[item].Function == ItemFunction.Nominal;
        int[] summed = [.. (options.Matching == MatchingScore.Rest || isNominal ? matching.Where(other => other != item) : matching.Append(item)).Distinct().Order()];
        if (!summed.Any(other => other != item))
            return (null, "No other item is in the sum score, so that persons cannot be matched.");
        MatchedCounts counts = MatchedCounts.Of(model.Patterns, order, item, summed, out double share);
        return share < LeastShare
            ? (null, FormattableString.Invariant($"Only {100 * share:0} % of those who answered it answered all items of the sum score. Sum scores need complete answers; the tests of the model do not."))
            : (counts, "");
    }

    private ItemDif MantelOf(int item, HashSet<int> matching)
    {
        PlannedItem planned = model.First.Plan.Items[item];
        bool isNominal = planned.Function == ItemFunction.Nominal;
        string method = order.Length > 2 || isNominal ? "generalized-mantel-haenszel" : planned.CategoryCount > 2 ? "mantel" : "mantel-haenszel";
        ItemDif blank = new(planned.Name, method, Comparison) { IsAnchor = matching.Contains(item) };
        (MatchedCounts? counts, string reason) = Match(item, matching);
        if (counts is null)
            return blank with { Reason = reason };
        if (MantelHaenszel.Test(counts, isNominal) is not { } found)
            return blank with { Reason = "No sum score has persons of two groups whose answers differ." };
        double p = ChiSquareTail.Of(found.Statistic, found.Df);
        ItemDif test = blank with { Statistic = found.Statistic, Df = found.Df, P = p };
        if (order.Length > 2 || isNominal)
            return test;
        if (planned.CategoryCount > 2)
        {
            return MantelHaenszel.MeanDifference(counts) is { } mean
                ? test with { EffectSigned = mean.Difference, EffectUnsigned = Math.Abs(mean.Difference), MeanDifference = mean.Difference, Class = DeltaClass.OfMeanDifference(mean.Difference / mean.Deviation, p) }
                : test;
        }
        return MantelHaenszel.Delta(counts) is { } delta
            ? test with { EffectSigned = delta.Delta, EffectUnsigned = Math.Abs(delta.Delta), Delta = delta.Delta, DeltaError = delta.Error, Class = DeltaClass.OfDelta(delta.Delta, delta.Error, p) }
            : test;
    }

    private ItemDif[] LogisticOf(int item, HashSet<int> matching)
    {
        PlannedItem planned = model.First.Plan.Items[item];
        string name = planned.CategoryCount > 2 ? "ordinal" : "logistic";
        ItemDif[] blank = [.. new[] { name, $"{name}-uniform", $"{name}-nonuniform" }.Select(method => new ItemDif(planned.Name, method, Comparison) { IsAnchor = matching.Contains(item) })];
        ItemDif[] Refuse(string why) => [.. blank.Select(one => one with { Reason = why })];
        if (planned.Function == ItemFunction.Nominal)
            return Refuse("The categories of a nominal item have no order.");
        (MatchedCounts? counts, string reason) = Match(item, matching);
        if (counts is null)
            return Refuse(reason);
        if (ScoreRegression.LogLikelihood(counts, false, false) is not { } byScore
            || ScoreRegression.LogLikelihood(counts, true, false) is not { } byGroup
            || ScoreRegression.LogLikelihood(counts, true, true) is not { } byProduct)
            return Refuse("The regression has no finite estimates: sum score or group tell the answer with certainty, or the sum score does not vary.");
        double persons = counts.Counts.Sum();
        double none = ScoreRegression.NullLogLikelihood(counts);
        int groups = order.Length - 1;
        ItemDif Describe(ItemDif one, double less, double more, int df)
        {
            double statistic = Math.Max(0, 2 * (more - less));
            double gain = Nagelkerke(more, none, persons) - Nagelkerke(less, none, persons);
            double p = ChiSquareTail.Of(statistic, df);
            return one with { Statistic = statistic, Df = df, P = p, EffectSigned = gain, EffectUnsigned = Math.Abs(gain), Class = OfGain(gain, p) };
        }
        return [Describe(blank[0], byScore, byProduct, 2 * groups), Describe(blank[1], byScore, byGroup, groups), Describe(blank[2], byGroup, byProduct, groups)];
    }

    /// <summary>R² of Nagelkerke (1991).</summary>
    private static double Nagelkerke(double logLikelihood, double none, double persons) =>
        (1 - Math.Exp(2 * (none - logLikelihood) / persons)) / (1 - Math.Exp(2 * none / persons));

    /// <summary>Jodoin and Gierl (2001): .035 and .070.</summary>
    private static string OfGain(double gain, double p) => !(p < 0.05) || gain < 0.035 ? "A" : gain < 0.07 ? "B" : "C";
}
