using System.Globalization;
using IrtGpu.Data.Answers;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Data.Review;

/// <summary>Columns that are taken as items but look like identifiers, weights or sums.</summary>
internal static class NoItems
{
    private const int FewestPersons = 10;
    private const int ManyCodes = 20;
    private const int TimesTheOthers = 4;

    /// <summary>Whether nearly every person has another code.</summary>
    public static bool IsIdentifier(CodedItem item, int personCount) =>
        !item.Meaning.IsDeclared && item.Codes.Length < AnswerList.Most && personCount >= FewestPersons
        && (item.Codes.Length == personCount || item.Codes.Length > ManyCodes && item.Codes.Length > personCount / 2);

    /// <summary>Warns of each such column.</summary>
    /// <param name="items">The items.</param>
    /// <param name="rows">Categories. [person][item]</param>
    /// <param name="path">The data.</param>
    /// <param name="warnings">Receives a sentence a column.</param>
    public static void Report(CodedItem[] items, CodedRows rows, string path, List<DataProblem> warnings)
    {
        if (!Array.Exists(items, item => item.Codes.Length > SumColumns.FewestSums)) // as right and wrong have it
            return;
        bool[] isIdentifier = Array.ConvertAll(items, item => IsIdentifier(item, rows.RowCount));
        var sums = SumColumns.Find(rows, [.. items.Select((item, k) => isIdentifier[k] ? [] : item.Codes)], [.. items.Select(item => item.Name)]).ToDictionary(sum => sum.Item, sum => sum.Others);
        int[] usual = [.. items.Select(item => item.Codes.Length).Order()];
        int many = Math.Max(ManyCodes, TimesTheOthers * usual[usual.Length / 2]);
        for (int k = 0; k < items.Length; k++)
        {
            if (Explain(items[k], isIdentifier[k], sums.GetValueOrDefault(k), many, rows.RowCount) is { } message)
                warnings.Add(new DataProblem(message, path, null, items[k].Name));
        }
    }

    private static string? Explain(CodedItem item, bool isIdentifier, string? summed, int many, int rowCount)
    {
        string name = OptionText.Name(item.Name);
        if (isIdentifier)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"The column has {item.Codes.Length} different codes in {rowCount} rows, so it is hardly an item. Use --id {name} if it says who the persons are, ")
                + $"--weight {name} if it counts them, else leave it out with --covariates {name}.";
        }
        if (summed is not null)
            return $"The column is the sum of {summed}, so it is no item of its own. Leave it out with --covariates {name}.";
        return item.Meaning.IsDeclared || item.Codes.Length == AnswerList.Most || item.Codes.Length <= many ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"The column has {item.Codes.Length} different codes, from {item.Codes[0]} to {item.Codes[^1]}, many more than the others: is it an item? ")
                + $"An age, a year, a time or a sum is left out with --covariates {name}.";
    }
}
