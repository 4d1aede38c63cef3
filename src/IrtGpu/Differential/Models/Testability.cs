using IrtGpu.Data;
using IrtGpu.Data.Coding;

namespace IrtGpu.Differential.Models;

/// <summary>Whether an item has data in every group that could tell its parameters there.</summary>
internal static class Testability
{
    /// <summary>Why it cannot be tested; null where it can.</summary>
    /// <param name="model">Model and data.</param>
    /// <param name="item">Item.</param>
    public static string? Reason(InvarianceModel model, int item)
    {
        ResponseTotals totals = model.Patterns.Totals;
        int categoryCount = model.First.Plan.Items[item].CategoryCount;
        for (int group = 0; group < model.GroupNames.Length; group++)
        {
            int[] given = [.. Enumerable.Range(0, categoryCount).Where(category => totals.Weight(group, item, category) > 0)];
            string name = model.GroupNames[group];
            int[] codes = model.First.Plan.Shape.CategoryCodes[item];
            if (given.Length == 0)
                return $"Nobody in group '{name}' answered it.";
            if (given.Length == 1)
                return FormattableString.Invariant($"All who answered it in group '{name}' gave {codes[given[0]]}.");
            if (given.Length < categoryCount)
                return $"Nobody in group '{name}' gave {CodeLists.Show([.. Enumerable.Range(0, categoryCount).Except(given).Select(category => codes[category])])}, so that a parameter has no limit there. Join the category with its neighbour.";
        }
        return null;
    }
}
