using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Checks;

/// <summary>Pages of <c>fit</c>, <c>dif</c> and <c>link</c>.</summary>
internal static class CheckPages
{
    private const double Significant = 0.05;

    /// <summary>How a calibration fits.</summary>
    public static Page OfFit(ResultFolder folder)
    {
        List<Finding> findings = [];
        List<Advice> advice = [];
        if (folder.TryDocument("model-fit.json") is { } fit && fit.Number("rmsea") is { } rmsea)
        {
            string numbers = $"RMSEA {Number.Show(rmsea)}{(fit.Number("srmsr") is { } srmsr ? $", SRMSR {Number.Show(srmsr)}" : "")}{(fit.Number("p") is { } p ? $", p {Number.Probability(p)}" : "")}.";
            findings.Add(new Finding(rmsea < 0.05 ? Level.Good : rmsea < 0.08 ? Level.Notice : Level.Problem, $"The model as a whole fits {(rmsea < 0.05 ? "closely" : rmsea < 0.08 ? "moderately" : "badly")}.", numbers) { Links = [new Link("model-fit", "Model fit")] });
        }
        ItemFitSection.AddFindings(folder, findings);
        if (folder.TryTable("local-dependence.csv") is { } pairs && pairs.Has("aq3"))
        {
            int noticed = pairs.Numbers("aq3").Count(value => Math.Abs(value) > 0.2);
            findings.Add(new Finding(noticed > 0 ? Level.Notice : Level.Good, noticed > 0 ? $"{Number.Count(noticed)} {(noticed == 1 ? "pair depends" : "pairs depend")} on more than θ." : "No pair of items depends on more than θ.", "Adjusted Q3 beyond ±0.2.") { Links = [new Link("dependence", "Pairs")] });
        }
        advice.Add(new Advice("See these numbers beside the curves of the items.", $"irtgpu report CALIBRATION --with {folder.Spoken}"));
        return Of("fit", $"Fit of {folder.DataName}", folder, findings, advice, "The model fits, as far as these statistics tell.", "Something does not fit: see below.",
            [ModelFitSection.Of(folder), ItemFitSection.Of(folder), DependenceSection.Of(folder), DifferentialSection.Of(folder), PersonFitSection.Of(folder), PlainSections.Classification(folder)]);
    }

    /// <summary>Which items differ between groups.</summary>
    public static Page OfDifferences(ResultFolder folder)
    {
        ResultTable table = folder.Table("dif.csv");
        IReadOnlyList<string> item = table.Texts("item");
        double[] adjusted = table.Numbers("p_adjusted");
        double[] mean = table.NumbersIfAny("mean_difference");
        string[] differing = [.. Enumerable.Range(0, table.RowCount).Where(row => adjusted[row] < Significant).OrderByDescending(row => double.IsNaN(mean[row]) ? 0 : Math.Abs(mean[row])).Select(row => item[row]).Distinct()];
        List<Finding> findings = [differing.Length == 0
            ? new Finding(Level.Good, "No item differs clearly.", "No adjusted p is below 0.05.")
            : new Finding(Level.Notice, $"{differing.Length} of {item.Distinct().Count()} items differ.", $"By some test, the largest first: {string.Join(", ", differing.Take(8))}{(differing.Length > 8 ? ", …" : "")}.") { Links = [new Link("dif", "Differences")] }];
        List<Advice> advice = [];
        if (differing.Length > 0)
            advice.Add(new Advice("Read what these items ask, and whether it means the same to all. Let them differ, and see what becomes of the groups.", $"irtgpu calibrate {folder.SpokenData} … --free-items {ResultFolder.Quote(string.Join(",", differing.Take(8)))}"));
        return Of("dif", $"Differences between groups in {folder.DataName}", folder, findings, advice, "No item works clearly differently in the groups.", $"{(differing.Length == 1 ? "One item works" : $"{differing.Length} items work")} differently in the groups.", [DifferentialSection.Of(folder), PlainSections.Released(folder)]);
    }

    /// <summary>How scales were linked.</summary>
    public static Page OfLinking(ResultFolder folder)
    {
        ResultDocument link = folder.Document("link.json");
        List<Finding> findings = [];
        List<Advice> advice = [];
        if (link.Number("A") is { } a && link.Number("B") is { } b)
            findings.Add(new Finding(Level.Good, $"{link.Text("form")} on {link.Text("base")}:", $"θ becomes {Number.Show(a)} θ {(b < 0 ? "−" : "+")} {Number.Show(Math.Abs(b))} ({link.Text("method")}).") { Links = [new Link("transformations", "Transformations")] });
        if (folder.TryTable("anchors.csv") is { } anchors && anchors.Has("flag"))
        {
            IReadOnlyList<string> flag = anchors.Texts("flag");
            IReadOnlyList<string> item = anchors.Texts("item");
            double[] difference = anchors.Numbers("b_difference");
            int[] drifting = [.. Enumerable.Range(0, anchors.RowCount).Where(row => flag[row].Length > 0).OrderByDescending(row => double.IsNaN(difference[row]) ? 0 : Math.Abs(difference[row]))];
            findings.Add(drifting.Length == 0 ? new Finding(Level.Good, "No anchor drifts.", "Common items have the same difficulty on the common scale.")
                : new Finding(Level.Notice, $"{drifting.Length} of {anchors.RowCount} anchors drift.", $"The most: {string.Join(", ", drifting.Take(5).Select(row => item[row]))}.") { Links = [new Link("anchors", "Anchors")] });
            if (drifting.Length > 0)
                advice.Add(new Advice("See whether the link changes without them: --drop-drift leaves them out, the worst first."));
        }
        return Of("link", $"Linked scales in {folder.Name}", folder, findings, advice, "The scales are linked.", "The scales are linked; some anchors want a look.", [.. LinkSections.Of(folder)]);
    }

    private static Page Of(string kind, string title, ResultFolder folder, List<Finding> findings, List<Advice> advice, string good, string other, IReadOnlyList<Section?> sections)
    {
        ResultDocument? run = folder.TryDocument("run.json");
        findings.AddRange(Finding.OfWarnings(run?.Texts("warnings") ?? []));
        bool isGood = findings.All(finding => finding.Level == Level.Good);
        string version = run?.Text("programVersion") is { } program ? $"irtgpu {program}" : "irtgpu";
        return new Page(kind, title.TrimEnd(), version, Verdict.Of(isGood ? good : other, findings, advice), [.. sections.OfType<Section>()]) { Command = folder.Command };
    }
}
