using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Checks;

/// <summary>How the whole model fits, of <c>model-fit.json</c>.</summary>
internal static class ModelFitSection
{
    private static readonly (string Key, string Name, int Decimals, string Note)[] Numbers =
    [
        ("df", "Degrees of freedom", 0, ""), ("p", "p", 3, ""), ("rmsea", "RMSEA", 3, "below 0.05 is close"), ("srmsr", "SRMSR", 3, "below 0.05 is close"), ("cfi", "CFI", 3, "above 0.95 is good"), ("tli", "TLI", 3, "above 0.95 is good"),
    ];

    public static Section? Of(ResultFolder folder)
    {
        if (folder.TryDocument("model-fit.json") is not { } fit)
            return null;
        List<Fact> facts = [];
        string statistic = fit.Text("statistic") ?? "M2";
        facts.Add(new Fact(statistic, fit.Number("m2") is { } value ? Number.Show(value, 2) : "none", fit.Text("m2Reason") ?? ""));
        foreach ((string key, string name, int decimals, string note) in Numbers)
        {
            if (fit.Number(key) is { } number)
                facts.Add(new Fact(name, key == "p" ? Number.Probability(number) : Number.Show(number, decimals), key == "rmsea" && fit.Number("rmseaLower") is { } low && fit.Number("rmseaUpper") is { } high ? $"90 % interval {Number.Show(low)} to {Number.Show(high)}" : note));
        }
        IReadOnlyList<ResultDocument> groups = fit.Parts("groups");
        TableView[] tables = groups.Count == 0 ? [] :
        [
            new TableView("model-fit-groups", "By group", [new Column("Group"), new Column(statistic, true), new Column("df", true), new Column("p", true), new Column("RMSEA", true), new Column("SRMSR", true), new Column("CFI", true)],
                [.. groups.Select(group => new Row([Cell.Of(group.Text("group") ?? ""), Show(group, "m2", 2), Show(group, "df", 0), Cell.Probability(group.Number("p") ?? double.NaN), Show(group, "rmsea", 3), Show(group, "srmsr", 3), Show(group, "cfi", 3)]))]) { File = "model-fit.json" },
        ];
        string notes = string.Join(" ", fit.Texts("notes"));
        return new Section("model-fit", "Model fit", $"Whether the model as a whole has the means and pairwise tables of the data. {notes}".TrimEnd()) { Facts = facts, Tables = tables };
    }

    private static Cell Show(ResultDocument group, string key, int decimals) => Cell.Of(group.Number(key) ?? double.NaN, decimals);
}
