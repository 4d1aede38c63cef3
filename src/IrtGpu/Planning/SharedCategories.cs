using System.Globalization;
using IrtGpu.Data;
using IrtGpu.Data.Coding;
using IrtGpu.Data.Review;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Planning;

/// <summary>Items that share thresholds have the categories of their scale, also those that nobody chose in some of them.</summary>
internal static class SharedCategories
{
    private const int Shown = 8;

    /// <summary>The data, where each item of a rating scale has the categories of the item that has them all; the data themselves where nothing is to be added.</summary>
    /// <param name="data">Coded responses.</param>
    /// <param name="specification">The model.</param>
    /// <exception cref="SpecificationException">No item has them all, so that it cannot be told which categories are the same.</exception>
    public static ResponseData Give(ResponseData data, ModelSpecification specification)
    {
        ItemFunction?[] functions = ItemPlanner.Functions(specification, data.ItemNames, []);
        int[][] codes = [.. data.CategoryCodes];
        List<string> told = [];
        foreach (IGrouping<ItemFunction?, int> scale in Enumerable.Range(0, codes.Length).Where(item => SharesCategories(functions[item])).GroupBy(item => functions[item]))
        {
            int fullest = scale.MaxBy(item => codes[item].Length);
            int[] all = codes[fullest];
            if (scale.All(item => codes[item].SequenceEqual(all)) || scale.Any(item => data.Answers?[item].Texts is not null))
                continue;
            if (scale.Where(item => codes[item].Except(all).Any()).Cast<int?>().FirstOrDefault() is { } odd)
            {
                if (data.GroupNames.Length > 1) // items of different groups may have scales of their own: ties compare what they tie
                    continue;
                throw new SpecificationException(
                    $"Items of a rating scale share their categories, but '{data.ItemNames[fullest]}' has the codes {CodeLists.Show(all)} and '{data.ItemNames[odd]}' has {CodeLists.Show(codes[odd])}. "
                    + $"Declare the codes of the scale (--codes {string.Join(',', all.Union(codes[odd]).Order().Take(Shown))}), or use pcm or grm for items that have another.");
            }
            string[] lacking = [.. scale.Where(item => codes[item].Length < all.Length)
                .Select(item => $"'{data.ItemNames[item]}' (no {string.Join(", ", all.Except(codes[item]).Select(code => code.ToString(CultureInfo.InvariantCulture)))})")];
            told.Add($"{string.Join(", ", lacking.Take(Shown))}{(lacking.Length > Shown ? ", …" : "")} have the categories {CodeMaps.Show(all)} too");
            foreach (int item in scale)
                codes[item] = all;
        }
        return told.Count == 0 ? data : data.WithCategories(codes, new DataProblem(
            $"Items of a rating scale have all categories of the item that has most of them, also those that nobody chose: {string.Join("; ", told)}. Use pcm or grm for items that have another scale."));
    }

    private static bool SharesCategories(ItemFunction? function) => function is { } known && ItemFamily.FormOf(known).Tie is { SharesCategories: true };
}
