namespace IrtGpu.Planning.EStep;

/// <summary>
/// How the likelihood of a test splits into one factor a dimension: each item goes by its weighted score or by a table over the nodes
/// of its only attribute.
/// </summary>
/// <param name="ScoreItems">Items that go by weighted scores.</param>
/// <param name="TableItems">Items that go by tables. [attribute][item]</param>
/// <param name="Sets">Distinct sets of answered score items; null without score items.</param>
/// <param name="CanInterpolate">Whether everything depends on one weighted score alone.</param>
internal sealed record ItemSplit(int[] ScoreItems, int[][] TableItems, AnsweredSets? Sets, bool CanInterpolate)
{
    /// <summary>Whether items go by tables. [item]</summary>
    public bool[] IsOnLine { get; } = Mark(ScoreItems.Length, TableItems);

    private static bool[] Mark(int scoreCount, int[][] tableItems)
    {
        bool[] isOnLine = new bool[scoreCount + tableItems.Sum(items => items.Length)];
        foreach (int item in tableItems.SelectMany(items => items))
            isOnLine[item] = true;
        return isOnLine;
    }
}
