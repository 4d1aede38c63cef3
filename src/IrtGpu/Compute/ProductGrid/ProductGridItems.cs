using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Compute.ProductGrid;

/// <summary>
/// How the likelihood of a test splits into one factor a dimension: each item goes by its weighted score or by a table over the nodes
/// of its only attribute.
/// </summary>
internal sealed class ProductGridItems
{
    private const int PatternsPerSet = 50; // fewer share a normalising constant: tables cost less
    private const int FewestPatterns = 3000; // in one dimension, below, tables cost less than the preparation
    private const double LargestScoreRange = 110; // Σ of largest scores: with slopes about 1 the factors stay within the range of doubles

    private ProductGridItems(EStepForm form, int[] scoreItems, int[][] tableItems, AnsweredSets? sets, bool canInterpolate)
    {
        Form = form;
        ScoreItems = scoreItems;
        TableItems = tableItems;
        IsOnLine = new bool[scoreItems.Length + tableItems.Sum(items => items.Length)];
        foreach (int item in tableItems.SelectMany(items => items))
            IsOnLine[item] = true;
        Sets = sets;
        CanInterpolate = canInterpolate;
    }

    /// <summary>The form to be told.</summary>
    public EStepForm Form { get; }

    /// <summary>Items that go by weighted scores.</summary>
    public int[] ScoreItems { get; }

    /// <summary>Items that go by tables. [attribute][item]</summary>
    public int[][] TableItems { get; }

    /// <summary>Whether items go by tables. [item]</summary>
    public bool[] IsOnLine { get; }

    /// <summary>Distinct sets of answered score items; null without score items.</summary>
    public AnsweredSets? Sets { get; }

    /// <summary>Whether everything depends on one weighted score alone.</summary>
    public bool CanInterpolate { get; }

    /// <summary>Splits a test; null where it does not split, or where tables at all nodes cost less.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="form">What is asked for.</param>
    public static ProductGridItems? TryCreate(CalibrationPlan plan, PatternTable patterns, EStepForm form)
    {
        bool isLine = plan.AttributeCount == 1;
        if (form == EStepForm.Tables || (plan.Grid.Moves && !isLine) || (form == EStepForm.DimensionTables && isLine))
            return null;
        bool[] hasScore = [.. plan.Items.Select(item => form != EStepForm.DimensionTables && item.Family.Operations.HasWeightedScore)];
        int scoreCount = hasScore.Count(has => has);
        if (form == EStepForm.Auto && isLine && (patterns.PatternCount < FewestPatterns || 2 * scoreCount < plan.ItemCount))
            return null;
        if (form == EStepForm.WeightedScore && scoreCount == 0)
            return null;
        if (form == EStepForm.Auto && !isLine && LargestScores(plan, hasScore) > LargestScoreRange)
            hasScore = [.. hasScore.Select((has, item) => has && plan.Items[item].Attributes.Length > 1)];

        int[] Score() => [.. Enumerable.Range(0, plan.ItemCount).Where(item => hasScore[item])];
        AnsweredSets? sets = hasScore.Contains(true) ? AnsweredSets.TryFind(patterns, Score(), form, PatternsPerSet) : null;
        if (sets is null)
            hasScore = new bool[plan.ItemCount];
        int[][] tableItems = [.. Enumerable.Range(0, plan.AttributeCount).Select(attribute => (int[])
            [.. Enumerable.Range(0, plan.ItemCount).Where(item => !hasScore[item] && plan.Items[item].Attributes is [int only] && only == attribute)])];
        bool isComplete = tableItems.Sum(items => items.Length) + hasScore.Count(has => has) == plan.ItemCount;
        if (!isComplete || (sets is null && isLine))
            return null;
        return new ProductGridItems(
            sets is null ? EStepForm.DimensionTables : EStepForm.WeightedScore, Score(), tableItems, sets, isLine && scoreCount == plan.ItemCount);
    }

    private static double LargestScores(CalibrationPlan plan, bool[] hasScore) =>
        plan.Items.Where((_, item) => hasScore[item]).Sum(item => item.Attributes.Length * (item.CategoryCount - 1.0));
}
