using System.Globalization;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning.Integration;
using IrtGpu.Reporting.Tables;
using IrtGpu.Specification;

namespace IrtGpu.Planning.EStep;

/// <summary>How the E-steps of a calibration are computed, and why so: decided here once from plan and data, carried to the backends.</summary>
/// <remarks>
/// Every bound on a form stands here. They are about the work that a form saves, counted in passes over patterns: a set of answered items
/// has a normalising constant at every node, which costs a pass over its items, so it pays from some tens of patterns. Interpolation in one dimension prepares a grid of some
/// hundred points at all nodes for each set, which tables undercut below some thousand patterns.
/// </remarks>
public sealed record EStepChoice
{
    private const int PatternsPerSet = 50;
    private const int LargestSetCount = 64; // normalising constants of each set are tabled at every node
    private const int FewestPatternsOnLine = 3000;
    private const double LargestSpacingOnLine = 2.5; // of nodes: posteriors on two of them turn from one to the other too fast to interpolate, at 2.4 to 6e-9, at 12 to 1e-4
    private const double LargestScoreRange = 110; // Σ of largest scores: with slopes about 1 the factors stay within the range of doubles
    private const double CellsPerSecond = 1e10; // (pattern, item, node, class) cells a second and thread, both halves of an E-step
    private const double CellsPerSecondByScore = 2e11; // the same through weighted scores that are interpolated
    private const int SplitCellsPerNode = 4; // multiplications of a pattern and node, whatever the number of items

    private EStepChoice(EStepForm form, string reason)
    {
        Form = form;
        Reason = reason;
    }

    /// <summary>The form; never <see cref="EStepForm.Auto"/>.</summary>
    public EStepForm Form { get; }

    /// <summary>Why, in words that go on from the form's name.</summary>
    public string Reason { get; private init; }

    /// <summary>How the host splits the test; null: tables at all nodes.</summary>
    internal ItemSplit? Split { get; private init; }

    /// <summary>Sets of answered items by which a device computes weighted scores; null: tables.</summary>
    internal AnsweredSets? DeviceSets { get; private init; }

    /// <summary>The form of the plain loops.</summary>
    /// <param name="asked">What was asked for.</param>
    /// <exception cref="SpecificationException">Another form was asked for.</exception>
    public static EStepChoice ForReference(EStepForm asked) => asked is EStepForm.Auto or EStepForm.Tables
        ? new EStepChoice(EStepForm.Tables, "the plain loops have no other form")
        : throw new SpecificationException($"The plain loops of --device reference compute through tables alone, not in the form {asked.Name()}. Use --e-step auto, or --device cpu.");

    /// <summary>The form of a method of integration whose posteriors share no nodes.</summary>
    /// <param name="integration">The method.</param>
    public static EStepChoice ForMethod(IntegrationChoice integration)
    {
        ArgumentNullException.ThrowIfNull(integration);
        return new EStepChoice(EStepForm.OfMethod, $"--integration {integration.Method.Name()} has one of its own");
    }

    /// <summary>The form on the host.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="asked">What was asked for.</param>
    /// <exception cref="SpecificationException">The form asked for is not for this plan.</exception>
    public static EStepChoice ForHost(CalibrationPlan plan, PatternTable patterns, EStepForm asked)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(patterns);
        RequireOnGrid(asked);
        EStepChoice choice = TrySplit(plan, patterns, asked, out string obstacle) ?? new EStepChoice(EStepForm.Tables, obstacle);
        if (asked == EStepForm.Auto)
            return choice;
        if (choice.Form == EStepForm.Tables && asked != EStepForm.Tables)
        {
            throw new SpecificationException($"The E-step in the form {asked.Name()} is not for this test: {obstacle}. "
                + (asked == EStepForm.WeightedScore
                    ? $"It needs items of the exponential family ({ItemFunctions.Where(HasWeightedScore)}) and, for the others, one attribute an item; in several dimensions also the rectangular rule."
                    : "It needs several dimensions, the rectangular rule and one attribute an item.")
                + " Use --e-step auto or tables.");
        }
        return choice with { Reason = "as asked for" };
    }

    /// <summary>The form of a part of a test that the host can compute in the form asked for: tables where that form is not for the part alone.</summary>
    /// <param name="plan">The plan of the part.</param>
    /// <param name="patterns">Its patterns.</param>
    /// <param name="asked">What was asked for.</param>
    internal static EStepChoice ForHostPart(CalibrationPlan plan, PatternTable patterns, EStepForm asked) =>
        TrySplit(plan, patterns, asked, out string obstacle) ?? new EStepChoice(EStepForm.Tables, obstacle);

    /// <summary>The same form where each group is summed over the nodes of the attributes that it measures.</summary>
    internal EStepChoice ByAttributes() => this with { Reason = Reason + "; groups that are not measured on all attributes go over the nodes of theirs alone" };

    /// <summary>The form on an accelerator, which computes all items in one.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="asked">What was asked for.</param>
    /// <param name="prefersTables">Whether tables are the faster form on the device, to be taken where none is asked for.</param>
    /// <exception cref="SpecificationException">The form asked for is the CPU's alone, or an item has no weighted score.</exception>
    public static EStepChoice ForDevice(CalibrationPlan plan, PatternTable patterns, EStepForm asked, bool prefersTables = false)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(patterns);
        RequireOnGrid(asked);
        if (asked == EStepForm.Tables)
            return new EStepChoice(EStepForm.Tables, "as asked for");
        if (asked == EStepForm.DimensionTables)
            throw new SpecificationException("The E-step by tables of each dimension is the cpu's alone. Use --e-step auto, or --device cpu.");
        if (plan.Items.FirstOrDefault(item => !item.Family.Operations.HasWeightedScore) is { } other)
        {
            return asked == EStepForm.Auto
                ? new EStepChoice(EStepForm.Tables, $"item '{other.Name}' ({other.Function.Name()}) has no weighted score, and a device computes all items in one form")
                : throw new SpecificationException(
                    $"The weighted-score E-step is for items of the exponential family only ({ItemFunctions.Where(HasWeightedScore)}), "
                    + $"and item '{other.Name}' is of another model ({other.Function.Name()}). Use --e-step auto or tables.");
        }
        if (asked == EStepForm.Auto && prefersTables)
            return new EStepChoice(EStepForm.Tables, "on this device products of matrices make tables faster than weighted scores");
        AnsweredSets? sets = AnsweredSets.TryFind(patterns, AllItems(plan), LargestCount(patterns, asked));
        if (sets is null)
            return new EStepChoice(EStepForm.Tables, TooManySets);
        return new EStepChoice(EStepForm.WeightedScore, asked == EStepForm.Auto ? FamilyReason(sets) : "as asked for") { DeviceSets = sets };
    }

    /// <summary>The same form for a part of the patterns, as one of several devices takes it.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="part">Its patterns.</param>
    public EStepChoice OfDevicePart(CalibrationPlan plan, PatternTable part) => DeviceSets is null ? this : ForDevice(plan, part, Form) with { Reason = Reason };

    /// <summary>Seconds of an E-step on one thread of the host, roughly.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patternCount">P.</param>
    internal double HostSeconds(CalibrationPlan plan, long patternCount) => HostSeconds(
        (double)patternCount * plan.NodeCount * plan.ClassCount, plan.ItemCount, plan.AttributeCount > 1 && Split is not null, Split is { CanInterpolate: true });

    /// <summary>The same by sizes.</summary>
    /// <param name="posteriors">Patterns times nodes times classes.</param>
    /// <param name="itemCount">Items.</param>
    /// <param name="isSplit">Whether nodes of several dimensions are a product of lines.</param>
    /// <param name="isInterpolated">Whether E-steps go through weighted scores in one dimension.</param>
    internal static double HostSeconds(double posteriors, int itemCount, bool isSplit, bool isInterpolated) =>
        posteriors * (isSplit ? SplitCellsPerNode : itemCount) / (isInterpolated ? CellsPerSecondByScore : CellsPerSecond);

    private static void RequireOnGrid(EStepForm asked)
    {
        if (asked == EStepForm.OfMethod)
            throw new SpecificationException($"The E-step in the form {asked.Name()} is not one on a grid. Use --e-step auto.");
    }

    /// <summary>Splits a test for the host; null where it does not split, or where tables at all nodes cost less.</summary>
    private static EStepChoice? TrySplit(CalibrationPlan plan, PatternTable patterns, EStepForm asked, out string obstacle)
    {
        bool isLine = plan.AttributeCount == 1;
        obstacle = asked == EStepForm.Tables ? "as asked for"
            : plan.Grid.Moves && !isLine ? "nodes of several dimensions that move with the population are no product of lines"
            : asked == EStepForm.DimensionTables && isLine ? "it has one dimension"
            : "";
        if (obstacle.Length > 0)
            return null;
        bool[] hasScore = [.. plan.Items.Select(item => asked != EStepForm.DimensionTables && item.Family.Operations.HasWeightedScore)];
        int scoreCount = hasScore.Count(has => has);
        obstacle = asked == EStepForm.Auto && isLine && !plan.Grid.Moves && plan.Grid.Spacing > LargestSpacingOnLine
                ? string.Create(CultureInfo.InvariantCulture, $"nodes {plan.Grid.Spacing:g3} apart are too coarse to interpolate between weighted scores")
            : asked == EStepForm.Auto && isLine && patterns.PatternCount < FewestPatternsOnLine
                ? string.Create(CultureInfo.InvariantCulture, $"{patterns.PatternCount} patterns are fewer than the {FewestPatternsOnLine} from which weighted scores pay")
            : (asked == EStepForm.Auto && isLine && 2 * scoreCount < plan.ItemCount) || (asked == EStepForm.WeightedScore && scoreCount == 0)
                ? string.Create(CultureInfo.InvariantCulture, $"{scoreCount} of {plan.ItemCount} items have a weighted score")
            : "";
        if (obstacle.Length > 0)
            return null;
        if (asked == EStepForm.Auto && !isLine && ScoreRange(plan, hasScore) > LargestScoreRange)
            hasScore = [.. hasScore.Select((has, item) => has && plan.Items[item].Attributes.Length > 1)];

        int[] scoreItems = [.. AllItems(plan).Where(item => hasScore[item])];
        AnsweredSets? sets = scoreItems.Length > 0 ? AnsweredSets.TryFind(patterns, scoreItems, LargestCount(patterns, asked)) : null;
        if (sets is null && isLine)
        {
            obstacle = TooManySets;
            return null;
        }
        if (sets is null)
            (hasScore, scoreItems) = (new bool[plan.ItemCount], []);
        int? hybrid = AllItems(plan).Select(item => (int?)item).FirstOrDefault(item => !hasScore[item!.Value] && plan.Items[item.Value].Attributes.Length > 1);
        if (hybrid is { } several)
        {
            obstacle = $"item '{plan.Items[several].Name}' measures several attributes and cannot go by weighted scores";
            return null;
        }
        int[][] tableItems = [.. Enumerable.Range(0, plan.AttributeCount).Select(attribute => (int[])
            [.. AllItems(plan).Where(item => !hasScore[item] && plan.Items[item].Attributes is [int only] && only == attribute)])];
        ItemSplit split = new(scoreItems, tableItems, sets, isLine && scoreCount == plan.ItemCount);
        return sets is null
            ? new EStepChoice(EStepForm.DimensionTables, "every item measures one attribute") { Split = split }
            : new EStepChoice(EStepForm.WeightedScore, scoreItems.Length == plan.ItemCount
                ? FamilyReason(sets)
                : string.Create(CultureInfo.InvariantCulture, $"{scoreItems.Length} of {plan.ItemCount} items go by weighted scores, the others by tables of their attribute"))
            { Split = split };
    }

    private static int[] AllItems(CalibrationPlan plan) => [.. Enumerable.Range(0, plan.ItemCount)];

    private static bool HasWeightedScore(ItemFamily family) => family.Operations.HasWeightedScore;

    /// <summary>Most sets that pay; any number where the form is demanded.</summary>
    private static int LargestCount(PatternTable patterns, EStepForm asked) => asked == EStepForm.WeightedScore
        ? int.MaxValue
        : Math.Clamp(patterns.PatternCount / PatternsPerSet, 1, LargestSetCount);

    private static double ScoreRange(CalibrationPlan plan, bool[] hasScore) =>
        plan.Items.Where((_, item) => hasScore[item]).Sum(item => item.Attributes.Length * (item.CategoryCount - 1.0));

    private static string FamilyReason(AnsweredSets sets) => string.Create(
        CultureInfo.InvariantCulture, $"all items have a weighted score, in {sets.IsAnswered.Count} {(sets.IsAnswered.Count == 1 ? "set" : "sets")} of answered items");

    private static string TooManySets { get; } = string.Create(
        CultureInfo.InvariantCulture, $"sets of answered items are more than pay, at most {LargestSetCount} and {PatternsPerSet} patterns a set");
}
