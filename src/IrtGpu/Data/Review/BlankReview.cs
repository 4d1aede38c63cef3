using System.Globalization;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Data.Review;

/// <summary>Tells what blanks count as where they are wrong answers.</summary>
internal static class BlankReview
{
    /// <summary>One sentence on the code that they became, and one on columns that are mostly blank.</summary>
    public static void Report(IReadOnlyList<CodedItem> items, int personCount, string path, List<DataProblem> warnings)
    {
        string[] parts = [.. items.Where(item => item.CodeOfBlank is not null and not 0).GroupBy(item => item.CodeOfBlank)
            .Select(same => string.Create(CultureInfo.InvariantCulture, $"{same.Key} in {CodeLists.Show([.. same.Select(item => item.Name)])}"))];
        if (parts.Length > 0)
        {
            warnings.Add(new DataProblem(
                $"Blanks count as the lowest code of their item, which is not 0: {string.Join("; ", parts)}. If a lower code exists that nobody was given, declare it with --codes.", path));
        }
        string[] mostly = [.. items.Where(item => item.BlankCount > personCount / 2).Select(item => item.Name)];
        if (mostly.Length > 0)
        {
            warnings.Add(new DataProblem(
                $"More than half of the persons left these items blank, which counts as wrong: {CodeLists.Show(mostly)}. If they were not given to all, name the others: --blank 'ITEMS=wrong'.", path));
        }
    }
}
