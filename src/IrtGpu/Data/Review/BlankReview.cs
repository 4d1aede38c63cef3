using System.Globalization;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Data.Review;

/// <summary>Tells what blanks count as where they are wrong answers.</summary>
internal static class BlankReview
{
    /// <summary>One sentence on the code that they became, and one on columns that are mostly blank; or that there are none.</summary>
    /// <param name="items">Items of which a blank is wrong; counted.</param>
    /// <param name="personCount">Number of persons.</param>
    /// <param name="path">The data.</param>
    /// <param name="warnings">Receives the sentences.</param>
    public static void Report(IReadOnlyList<CodedItem> items, int personCount, string path, List<DataProblem> warnings)
    {
        long missing = items.Sum(item => item.Counts![ResponseData.Missing]);
        if (missing > 0 && items.All(item => item.BlankCount == 0))
        {
            warnings.Add(new DataProblem(string.Create(CultureInfo.InvariantCulture,
                $"No field is blank, so that --blank wrong changes nothing: {missing} answers are codes for missing, which stay missing. ")
                + "Take one that counts as wrong out of --missing: with --key it is a wrong answer then; without, --codes FILE gives it a category.", path));
        }
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
