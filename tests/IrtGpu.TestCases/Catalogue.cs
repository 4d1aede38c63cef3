using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.TestCases;

/// <summary>The cases that tests share: every item function with what can surround it, and what is odd in size or shape.</summary>
internal static class Catalogue
{
    public static readonly ItemFunction[] MixedFunctions =
    [
        ItemFunction.TwoParameter, ItemFunction.ThreeParameter, ItemFunction.FourParameter, ItemFunction.Graded, ItemFunction.GeneralizedPartialCredit,
        ItemFunction.Nominal, ItemFunction.Sequential, ItemFunction.TwoParameter,
    ];

    public static readonly ItemFunction[] Family =
        [ItemFunction.TwoParameter, ItemFunction.GeneralizedPartialCredit, ItemFunction.Nominal, ItemFunction.PartialCredit];

    private static readonly ModelCase Mixed = new() { Functions = MixedFunctions, Categories = [2, 2, 2, 3, 4, 5, 3, 2], Items = 8, Persons = 400, Nodes = 31 };

    /// <summary>Everything of a usual size: fits of these are tested too.</summary>
    private static readonly Dictionary<string, ModelCase> Usual = new(StringComparer.Ordinal)
    {
        ["rasch"] = Of(ItemFunction.Rasch, 2),
        ["1pl"] = Of(ItemFunction.OneParameter, 2),
        ["2pl"] = Of(ItemFunction.TwoParameter, 2),
        ["3pl"] = Of(ItemFunction.ThreeParameter, 2),
        ["4pl"] = Of(ItemFunction.FourParameter, 2),
        ["pcm"] = Of(ItemFunction.PartialCredit, 4),
        ["gpcm"] = Of(ItemFunction.GeneralizedPartialCredit, 4),
        ["rsm"] = Of(ItemFunction.RatingScale, 4),
        ["grm"] = Of(ItemFunction.Graded, 4),
        ["sequential"] = Of(ItemFunction.Sequential, 4),
        ["tutz"] = Of(ItemFunction.SequentialRasch, 4),
        ["grsm"] = Of(ItemFunction.GradedRatingScale, 4),
        ["nominal"] = Of(ItemFunction.Nominal, 4),
        ["mixed"] = Mixed,
        ["3pl with priors"] = Of(ItemFunction.ThreeParameter, 2) with
        {
            Priors = [new("*", "g", PriorDistribution.Beta, 5, 17), new("*", "a1", PriorDistribution.LogNormal, 0, 0.5), new("*", "d", PriorDistribution.Normal, 0, 2)],
        },
        ["category scores"] = Of(ItemFunction.GeneralizedPartialCredit, 3) with { CategoryScores = [new("q0001-q0003", [0, 0.5, 2]), new("q0004", [-1, 1, 2])] },
        ["two dimensions"] = TwoDimensions(ItemFunction.TwoParameter, 2),
        ["two dimensions, grm"] = TwoDimensions(ItemFunction.Graded, 3),
        ["two dimensions, grsm"] = TwoDimensions(ItemFunction.GradedRatingScale, 3) with { HasCrossLoadings = false },
        ["two dimensions, 3pl"] = TwoDimensions(ItemFunction.ThreeParameter, 2),
        ["two dimensions, nominal"] = TwoDimensions(ItemFunction.Nominal, 3),
        ["two dimensions, rasch"] = TwoDimensions(ItemFunction.Rasch, 2) with { HasCrossLoadings = false },
        ["groups"] = Of(ItemFunction.TwoParameter, 2) with { Groups = 3 },
        ["groups with free items"] = Of(ItemFunction.GeneralizedPartialCredit, 3) with { Groups = 2, FreeItems = "q0002,q0005" },
        ["groups, rating scale"] = Of(ItemFunction.RatingScale, 3) with { Groups = 2 },
        ["groups, grsm with a free item"] = Of(ItemFunction.GradedRatingScale, 3) with { Groups = 2, FreeItems = "q0003" },
        ["groups, two dimensions"] = TwoDimensions(ItemFunction.TwoParameter, 2) with { Groups = 2 },
        ["classes"] = WithClasses(ItemFunction.TwoParameter, 2),
        ["classes, rasch"] = WithClasses(ItemFunction.Rasch, 2),
        ["classes, common items"] = WithClasses(ItemFunction.GeneralizedPartialCredit, 3) with { EqualAcrossClasses = "q0001-q0006" },
        ["classes, rating scale"] = WithClasses(ItemFunction.RatingScale, 3),
        ["classes partly known, groups"] = WithClasses(ItemFunction.TwoParameter, 2) with { Groups = 2, KnownShare = 0.3 },
        ["missing and weights"] = Mixed with { Missing = 0.3, HasWeights = true },
    };

    /// <summary>What is odd in size or shape: E-steps of these are held against the reference.</summary>
    private static readonly Dictionary<string, ModelCase> Odd = new(PersonCounts(1, 3, 8, 33, 63, 64, 65, 1023, 1024, 1025, 4500).Concat(NodeCounts(7, 8, 9, 63, 64, 65, 129, 1000)), StringComparer.Ordinal)
    {
        ["one pattern"] = new() { Persons = 1, Items = 1, Functions = [ItemFunction.Rasch] },
        ["two nodes, the fewest that a specification may have"] = new() { Nodes = 2 },
        ["one node, the only one that pruning left"] = Small(MixedFunctions) with { Rule = QuadratureRule.GaussHermite, Nodes = 3, PruneBelow = 0.9, Groups = 2, Classes = 2 },
        ["131 nodes"] = Small(MixedFunctions) with { Nodes = 131, Missing = 0.2 },
        ["moving nodes"] = Small(MixedFunctions) with { Rule = QuadratureRule.GaussHermite, Nodes = 21, Missing = 0.2, HasWeights = true },
        ["three known classes"] = Small([ItemFunction.TwoParameter]) with { Classes = 3, KnownShare = 0.5, Missing = 0.2 },
        ["groups, known classes, moving nodes in two dimensions"] = Small(MixedFunctions) with
        {
            Groups = 2,
            Classes = 2,
            KnownShare = 0.3,
            Missing = 0.2,
            HasWeights = true,
            Rule = QuadratureRule.GaussHermite,
            Attributes = 2,
            Nodes = 3,
        },
        ["booklets of the family"] = Small(Family) with { Persons = 300, Missing = 0.1, HasWeights = true, Groups = 2, Nodes = 21 },
        ["groups with items of their own"] = Small(Family) with { Groups = 3, EqualAcrossGroups = "q0001,q0002", Persons = 60 },
        ["two dimensions, crossed"] = Small(Family) with { Attributes = 2, HasCrossLoadings = true, Nodes = 17, Persons = 300 },
        ["two dimensions, 70 nodes each"] = Small(MixedFunctions) with { Attributes = 2, Nodes = 70 },
        ["three dimensions, crossed, known classes, groups"] = Small(Family) with
        {
            Attributes = 3,
            HasCrossLoadings = true,
            Nodes = 7,
            Groups = 2,
            Classes = 2,
            KnownShare = 0.3,
            FreeItems = "q0003",
            Missing = 0.1,
            HasWeights = true,
            Persons = 200,
        },
        ["three dimensions, known classes, groups"] = Small(MixedFunctions) with
        {
            Attributes = 3,
            Nodes = 8,
            Groups = 2,
            Classes = 2,
            KnownShare = 0.4,
            EqualAcrossClasses = "q0001-q0004",
            Missing = 0.2,
            Persons = 200,
        },
        ["four dimensions"] = Small(Family) with { Attributes = 4, HasCrossLoadings = true, Nodes = 5, Persons = 200, Items = 9 },
        ["four dimensions, mixed test"] = Small(MixedFunctions) with { Attributes = 4, Nodes = 5 },
        ["groups, two dimensions, few"] = Small(Family) with { Groups = 2, Attributes = 2, Nodes = 5, Persons = 40 },
        ["four dimensions, three nodes each"] = Small(Family) with { Attributes = 4, HasCrossLoadings = true, Nodes = 3, Persons = 12, Items = 9, Missing = 0.1 },
        ["five dimensions, two nodes each"] = Small(Family) with { Attributes = 5, HasCrossLoadings = true, Nodes = 2, Persons = 15, Items = 10 },
        ["five dimensions"] = Small(Family) with { Attributes = 5, Nodes = 3, Items = 10 },
        ["items of twenty categories"] = Small([ItemFunction.GeneralizedPartialCredit]) with { Categories = [20, 2, 12, 20], Items = 4, Persons = 300, Missing = 0.1 },
        ["three hundred items"] = Small([ItemFunction.Graded]) with { Categories = [3], Items = 300, Persons = 200, Missing = 0.05 },
        ["five thousand items"] = new() { Items = 5000, Persons = 12 },
        ["five thousand sparse items"] = new() { Items = 5000, Persons = 25, Missing = 0.9 },
        // Slopes near 1.1 and 4 steps an item: weighted scores span 0 to 700, and factors at the far nodes e^±2000.
        ["factors beyond the range of doubles"] = new() { Functions = [ItemFunction.GeneralizedPartialCredit], Categories = [5], Items = 160, Persons = 40, Attributes = 2, HasCrossLoadings = true, Nodes = 15 },
    };

    public static TheoryData<string> UsualNames => [.. Usual.Keys];

    /// <summary>All but the product.</summary>
    public static TheoryData<string> Names => [.. Usual.Keys, .. Odd.Keys];

    /// <summary>Those with no more cells of persons, items, nodes and classes.</summary>
    public static IEnumerable<string> NamesUpTo(long cells) => Usual.Concat(Odd)
        .Where(pair => pair.Value is var problem && problem.Persons * problem.Items * Math.Pow(problem.Nodes, problem.Attributes) * problem.Classes <= cells).Select(pair => pair.Key);

    public static ModelCase Get(string name) => Usual.TryGetValue(name, out ModelCase? usual) ? usual : Odd[name];

    /// <summary>
    /// Every function with 1 to 3 dimensions × 4 populations × complete or missing × unit or fractional weights. Three further factors are
    /// spread over these so that each of their values meets each value of every other: fixed or moving nodes, one or two attributes an item,
    /// items equal or free between groups and classes.
    /// </summary>
    public static IEnumerable<(string Name, ModelCase Case)> Product(params ItemFunction[] functions)
    {
        (string Name, int Groups, int Classes, double KnownShare)[] populations =
            [("one group", 1, 1, 0), ("3 groups", 3, 1, 0), ("2 classes", 1, 2, 0), ("2 groups by 2 classes, some known", 2, 2, 0.3)];
        for (int index = 0; index < 3 * populations.Length * 4; index++)
        {
            int attributes = 1 + index / 16;
            int population = index / 4 % 4;
            bool isMissing = index % 2 == 1;
            bool isWeighted = index / 2 % 2 == 1;
            bool moves = (attributes + population + index / 2 + index) % 2 == 1;
            bool isFree = (population + index) % 2 == 1;
            bool isCrossed = attributes > 1 && (index / 2 + population) % 2 == 1 && !functions.Contains(ItemFunction.GradedRatingScale); // it measures one attribute
            (string name, int groups, int classes, double known) = populations[population];
            yield return ($"{attributes} dimensions{(isCrossed ? " crossed" : "")}, {name}, {(isMissing ? "missing" : "complete")}, {(isWeighted ? "fractional" : "unit")} weights, "
                + $"{(moves ? "moving" : "fixed")} nodes, items {(isFree ? "partly free" : "equal")}", new ModelCase
                {
                    Functions = functions,
                    Attributes = attributes,
                    HasCrossLoadings = isCrossed,
                    Groups = groups,
                    Classes = classes,
                    KnownShare = known,
                    Missing = isMissing ? 0.2 : 0,
                    HasWeights = isWeighted,
                    Persons = 21,
                    Items = Math.Max(5, functions.Length),
                    Nodes = attributes == 1 ? 8 : attributes == 2 ? 3 : 2,
                    Rule = moves ? QuadratureRule.GaussHermite : QuadratureRule.Rectangular,
                    EqualAcrossGroups = isFree ? "q0001-q0003" : "all",
                    EqualAcrossClasses = isFree ? "none" : "q0002,q0004",
                });
        }
    }

    private static ModelCase Of(ItemFunction function, int categories) =>
        new() { Functions = [function], Categories = [categories], Items = 8, Persons = 400, Nodes = 31 };

    private static ModelCase TwoDimensions(ItemFunction function, int categories) =>
        Of(function, categories) with { Attributes = 2, HasCrossLoadings = true, Nodes = 13 };

    private static ModelCase WithClasses(ItemFunction function, int categories) => Of(function, categories) with { Items = 10, Persons = 1200, Classes = 2 };

    private static ModelCase Small(ItemFunction[] functions) => new() { Functions = functions, Items = 8, Persons = 90 };

    private static IEnumerable<KeyValuePair<string, ModelCase>> PersonCounts(params int[] counts) => counts.SelectMany(count => new Dictionary<string, ModelCase>
    {
        [$"{count} persons"] = Mixed with { Persons = count, Missing = 0.3, HasWeights = true, Nodes = 21 },
        [$"{count} persons, three dimensions"] = Small(Family) with { Persons = count, Attributes = 3, HasCrossLoadings = true, Nodes = 6 },
    });

    private static IEnumerable<KeyValuePair<string, ModelCase>> NodeCounts(params int[] counts) => counts.Select(count =>
        KeyValuePair.Create($"{count} nodes", Mixed with { Persons = 150, Missing = 0.3, HasWeights = true, Nodes = count }));
}
