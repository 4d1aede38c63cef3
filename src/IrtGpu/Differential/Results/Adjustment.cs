using IrtGpu.Inference.Testing;

namespace IrtGpu.Differential.Results;

/// <summary>Adjusts p-values among the items of each method and comparison.</summary>
internal static class Adjustment
{
    public static IReadOnlyList<ItemDif> Adjust(IReadOnlyList<ItemDif> tests)
    {
        ItemDif[] adjusted = [.. tests];
        foreach (int[] family in Enumerable.Range(0, tests.Count).GroupBy(k => (tests[k].Method, tests[k].Comparison)).Select(group => group.ToArray()))
        {
            double?[] p = FalseDiscovery.Adjust([.. family.Select(k => tests[k].P)]);
            for (int member = 0; member < family.Length; member++)
                adjusted[family[member]] = adjusted[family[member]] with { AdjustedP = p[member] };
        }
        return adjusted;
    }
}
