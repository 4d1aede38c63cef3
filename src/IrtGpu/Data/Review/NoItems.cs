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
        bool[] isIdentifier = [.. items.Select(item => IsIdentifier(item, rows.RowCount))];
        foreach (CodedItem item in items.Where((_, k) => isIdentifier[k]))
        {
            string name = OptionText.Name(item.Name);
            warnings.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                $"The column has {item.Codes.Length} different codes in {rows.RowCount} rows, so it is hardly an item. Use --id {name} if it says who the persons are, ")
                + $"--weight {name} if it counts them, else leave it out with --covariates {name}.", path, null, item.Name));
        }
        var sums = SumColumns.Find(rows, [.. items.Select((item, k) => isIdentifier[k] ? [] : item.Codes)], [.. items.Select(item => item.Name)]).ToList();
        int[] usual = [.. items.Select(item => item.Codes.Length).Order()];
        for (int k = 0; k < items.Length; k++)
        {
            if (!isIdentifier[k] && !items[k].Meaning.IsDeclared && items[k].Codes.Length < AnswerList.Most && items[k].Codes.Length > Math.Max(ManyCodes, TimesTheOthers * usual[usual.Length / 2]) && !sums.Any(sum => sum.Item == k))
            {
                warnings.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                    $"The column has {items[k].Codes.Length} different codes, from {items[k].Codes[0]} to {items[k].Codes[^1]}, many more than the others: is it an item? ")
                    + $"An age, a year, a time or a sum is left out with --covariates {OptionText.Name(items[k].Name)}.", path, null, items[k].Name));
            }
        }
        foreach ((int k, string others) in sums)
        {
            warnings.Add(new DataProblem(
                $"The column is the sum of {others}, so it is no item of its own. Leave it out with --covariates {OptionText.Name(items[k].Name)}.", path, null, items[k].Name));
        }
    }
}
