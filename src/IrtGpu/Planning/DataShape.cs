using IrtGpu.Data;
using IrtGpu.Data.Answers;

namespace IrtGpu.Planning;

/// <summary>What a plan needs to know of the data: names, categories, and who was given what.</summary>
/// <param name="ItemNames">Item names. [item]</param>
/// <param name="CategoryCodes">Original codes, ascending. [item][category]</param>
/// <param name="GroupNames">Observed groups; one empty name when there is one. [group]</param>
/// <param name="ClassNames">Known class names; may be fewer than the classes. [class]</param>
/// <param name="Administered">Whether anyone in the group answered the item. [group][item]</param>
public sealed record DataShape(string[] ItemNames, int[][] CategoryCodes, string[] GroupNames, string[] ClassNames, bool[][] Administered)
{
    /// <summary>How answers were read where codes alone do not say so; null: codes say all. [item]</summary>
    public ItemAnswers[]? Answers { get; init; }

    /// <summary>Categories that nobody in the group gave, of items that were given there, ascending; null: every category was. [group][item][…]</summary>
    public int[][][]? Unused { get; init; }

    /// <summary>Whether nobody in the group gave the category.</summary>
    /// <param name="group">Observed group.</param>
    /// <param name="item">Item that was given there.</param>
    /// <param name="category">0-based category.</param>
    public bool IsUnused(int group, int item, int category) => Unused is { } unused && unused[group][item].Contains(category);

    /// <summary>Texts that meant missing in every column, beside blanks; null: the usual ones.</summary>
    public string[]? MissingCodes { get; init; }

    /// <summary>Reads the shape off data.</summary>
    /// <param name="data">Coded responses.</param>
    /// <param name="patterns">The same, compressed.</param>
    public static DataShape Of(ResponseData data, PatternTable patterns)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(patterns);
        ResponseTotals totals = patterns.Totals;
        bool[][] administered = [.. data.GroupNames.Select(_ => new bool[data.ItemCount])];
        for (int group = 0; group < totals.GroupCount; group++)
        {
            for (int item = 0; item < data.ItemCount; item++)
                administered[group][item] = totals.IsAnswered(group, item);
        }
        return new DataShape(data.ItemNames, data.CategoryCodes, data.GroupNames, data.ClassNames, administered)
        {
            Answers = data.Answers,
            MissingCodes = data.MissingCodes,
            Unused = FindUnused(data, totals, administered),
        };
    }

    private static int[][][]? FindUnused(ResponseData data, ResponseTotals totals, bool[][] administered)
    {
        int[][][] unused = [.. administered.Select((isGiven, group) => isGiven.Select((given, item) => given
            ? Enumerable.Range(0, data.CategoryCodes[item].Length).Where(category => totals.Weight(group, item, category) == 0).ToArray()
            : []).ToArray())];
        return Array.TrueForAll(unused, group => Array.TrueForAll(group, categories => categories.Length == 0)) ? null : unused;
    }
}
