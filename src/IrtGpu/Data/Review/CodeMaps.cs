using System.Globalization;
using IrtGpu.Data.Answers;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Data.Review;

/// <summary>Tells which category each code became, where it is not its own number, and which declared categories nobody chose.</summary>
internal static class CodeMaps
{
    private const int ShownMaps = 5;
    private const int ShownCodes = 6;

    /// <summary>Maps of codes seen in the data.</summary>
    /// <param name="items">The items.</param>
    /// <param name="missingCodes">Texts that mean missing.</param>
    /// <param name="path">The data.</param>
    /// <param name="warnings">Receives one sentence for all.</param>
    public static void Report(CodedItem[] items, IReadOnlyList<string> missingCodes, string path, List<DataProblem> warnings)
    {
        CodedItem[] mapped = Array.FindAll(items, item => !item.Meaning.IsDeclared && !CodeLists.IsIdentity(item.Codes));
        if (mapped.Length == 0)
            return;
        string[] parts = [.. mapped.GroupBy(item => Show(item.Codes))
            .Select(alike => string.Create(CultureInfo.InvariantCulture, $"{alike.Key} in {alike.Count()} item(s) ({CodeLists.Show([.. alike.Select(item => item.Name)])})"))];
        int[] negative = [.. mapped.SelectMany(item => item.Codes).Where(code => code < 0).Distinct().Order()];
        warnings.Add(new DataProblem(
            $"Codes were mapped to categories from 0: {string.Join("; ", parts.Take(ShownMaps))}{(parts.Length > ShownMaps ? "; …" : "")}. "
            + (negative.Length > 0 ? $"If {CodeLists.Show(negative)} means missing, {UnknownAnswers.MissingOption(missingCodes, negative.Select(code => code.ToString(CultureInfo.InvariantCulture)))} says so. " : "")
            + (parts.Length > 1 || mapped.Any(HasGap) ? "Check that a gap is no category nobody chose (--codes declares those); the map is kept with the fit." : "The map is kept with the fit."), path));
    }

    /// <summary>Declared categories that nobody chose.</summary>
    /// <param name="items">The items.</param>
    /// <param name="path">The data.</param>
    /// <param name="warnings">Receives one sentence for all.</param>
    public static void ReportUnused(IEnumerable<CodedItem> items, string path, List<DataProblem> warnings)
    {
        string[] parts = [.. items.Where(item => item.Meaning.IsDeclared).Select(item => (item.Name, Unused: Unused(item))).Where(item => item.Unused.Length > 0)
            .GroupBy(item => string.Join(", ", item.Unused)).Select(alike => $"{alike.Key} in {CodeLists.Show([.. alike.Select(item => item.Name)])}")];
        if (parts.Length > 0)
        {
            warnings.Add(new DataProblem(
                $"Declared answers that nobody gave: {string.Join("; ", parts.Take(ShownMaps))}{(parts.Length > ShownMaps ? "; …" : "")}. They count as categories all the same.", path));
        }
    }

    private static bool HasGap(CodedItem item) => item.Codes[^1] - (long)item.Codes[0] >= item.Codes.Length;

    private static string[] Unused(CodedItem item)
    {
        HashSet<int> used = [.. item.Seen.Select(item.Meaning.CodeOf).Append(item.CodeOfBlank).OfType<int>()];
        return [.. item.Codes.Select((code, category) => (code, category)).Where(pair => !used.Contains(pair.code))
            .Select(pair => $"'{item.Meaning.Texts?[pair.category][0] ?? pair.code.ToString(CultureInfo.InvariantCulture)}'")];
    }

    /// <summary>"1→0, 2→1, 3→2", cut when long.</summary>
    public static string Show(int[] codes)
    {
        string[] all = [.. codes.Select((code, category) => string.Create(CultureInfo.InvariantCulture, $"{code}→{category}"))];
        return all.Length <= ShownCodes ? string.Join(", ", all)
            : string.Create(CultureInfo.InvariantCulture, $"{all[0]}, {all[1]}, …, {all[^1]} ({all.Length} codes)");
    }
}
