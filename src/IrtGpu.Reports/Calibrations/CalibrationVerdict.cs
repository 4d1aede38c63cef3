using IrtGpu.Reports.Checks;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Calibrations;

/// <summary>A calibration in words: whether it converged, what is suspicious, the worst items, where it measures least, what to do.</summary>
internal static class CalibrationVerdict
{
    private const int ShownWorst = 3;
    private const double LowReliability = 0.7;
    private const double GoodReliability = 0.8;
    private const double CloseFit = 0.05;
    private const double BadFit = 0.08;

    public static Verdict Of(CalibrationSource source)
    {
        List<Finding> findings = [];
        List<Advice> advice = [];
        bool converged = source.Fit.Truth("converged") == true;
        string message = source.Fit.Text("terminationMessage") ?? "";
        findings.Add(converged ? new Finding(Level.Good, "Converged.", message) : new Finding(Level.Problem, "Not converged.", message));
        if (!converged)
            advice.Add(new Advice("Do not use these estimates yet: read the warnings, then go on with more cycles.", $"irtgpu calibrate {source.Folder.SpokenData} … --start {source.Folder.Spoken} --max-cycles 2000"));
        findings.AddRange(Finding.OfWarnings(source.Fit.Texts("warnings")));
        if (source.Fit.Part("standardErrors") is { } errors && errors.Text("reason") is { Length: > 0 } reason)
            findings.Add(new Finding(Level.Notice, "No standard errors.", reason));
        Items(source, findings, advice);
        ModelFit(source, findings, advice);
        Dependence(source, findings, advice);
        Reliability(source, findings, advice);
        Precision(source, findings, advice);
        Classes(source, findings);
        findings.AddRange(DrawSection.Findings(source.Fit));
        int bad = source.Items.Count(item => item.Level > Level.Good);
        int grave = source.Items.Count(item => item.Level == Level.Problem);
        string headline = !converged ? "The estimation did not converge: these numbers are not final."
            : findings.Max(finding => finding.Level) == Level.Problem ? $"Converged, but {(grave == 0 ? "the model needs" : grave == 1 ? "one item needs" : $"{grave} items need")} attention before the results are used."
            : bad > 0 ? $"Converged. {(bad == 1 ? "One item deserves" : $"{bad} items deserve")} a look."
            : findings.Any(finding => finding.Level == Level.Notice) ? $"Converged. {(source.Items.All(item => double.IsNaN(item.Deviation)) ? "R" : "No item stands out; r")}ead the notes below." : "Converged, and nothing looks suspicious.";
        return Verdict.Of(headline, findings, advice);
    }

    private static void Items(CalibrationSource source, List<Finding> findings, List<Advice> advice)
    {
        IReadOnlyList<ItemEntry> worst = source.Worst(ShownWorst);
        ItemEntry[] flagged = [.. worst.Where(item => item.Flags.Count > 0)];
        foreach (ItemEntry item in flagged)
            findings.Add(new Finding(item.Level, item.FullName, item.Flags[0].Text) { Links = [new Link(source.TargetOf(item), "Show the item")] });
        int more = source.Items.Count(item => item.Flags.Count > 0) - flagged.Length;
        if (more > 0)
            findings.Add(new Finding(Level.Notice, $"{more} more {(more == 1 ? "item" : "items")}", "to look at: filter the table of items by “to look at”.") { Links = [new Link("items", "Show the items")] });
        if (flagged.Length < worst.Count && worst.Any(item => !double.IsNaN(item.Deviation)))
        {
            ItemEntry[] largest = [.. source.Items.Except(flagged).Where(item => !double.IsNaN(item.Deviation)).OrderByDescending(item => item.Deviation).Take(ShownWorst - flagged.Length)];
            findings.Add(new Finding(Level.Good, flagged.Length == 0 ? "No item stands out." : "The others fit.",
                largest[0].Deviation < 0.0005 ? "What persons answered is as near to the curves as sampling lets it be."
                : $"Farthest from what persons answered {(largest.Length == 1 ? "is" : "are")} {string.Join(", ", largest.Select(item => $"{item.FullName} ({Number.Show(item.Deviation)})"))}; an RMSD of 0.05 is much.")
            { Links = [.. largest.Select(item => new Link(source.TargetOf(item), item.FullName))] });
        }
        if (worst.All(item => double.IsNaN(item.Deviation)))
            findings.Add(new Finding(Level.Notice, "Whether items fit is not known.", "Observed curves and RMSD are not computed where persons of a group have different priors or nodes (population formulas, many dimensions)."));
        if (flagged.Length > 0)
        {
            advice.Add(new Advice($"Read the wording, key and coding of {string.Join(", ", flagged.Select(item => item.Name).Distinct())}, and see what changes without them.",
                $"irtgpu calibrate {source.Folder.SpokenData} … --items {ResultFolder.Quote(string.Join(",", flagged.Select(item => "!" + item.Name).Distinct()))}"));
        }
    }

    private static void ModelFit(CalibrationSource source, List<Finding> findings, List<Advice> advice)
    {
        ResultFolder folder = source.Folder;
        if (folder.TryDocument("model-fit.json") is not { } fit)
        {
            if (!folder.Has("item-fit.csv") && folder.Has("rmsd.csv"))
                advice.Add(new Advice("Test how the model fits, item by item and pair by pair, and make this page again.", $"irtgpu fit {folder.Spoken} {folder.SpokenData} --out fit && irtgpu report {folder.Spoken} --with fit"));
            return;
        }
        if (fit.Number("rmsea") is not { } rmsea)
            return;
        Link[] links = [new Link("model-fit", "Model fit")];
        string numbers = $"RMSEA {Number.Show(rmsea)}{(fit.Number("srmsr") is { } srmsr ? $", SRMSR {Number.Show(srmsr)}" : "")}{(fit.Number("p") is { } p ? $", p {Number.Probability(p)}" : "")}.";
        findings.Add(rmsea < CloseFit ? new Finding(Level.Good, "The model as a whole fits closely.", numbers) { Links = links }
            : new Finding(rmsea < BadFit ? Level.Notice : Level.Problem, rmsea < BadFit ? "The model as a whole fits moderately." : "The model as a whole fits badly.", numbers) { Links = links });
        if (rmsea >= CloseFit)
            advice.Add(new Advice("Compare with a less restricted model.", $"irtgpu compare {folder.Spoken} OTHER"));
    }

    private static void Dependence(CalibrationSource source, List<Finding> findings, List<Advice> advice)
    {
        if (source.Folder.TryTable("local-dependence.csv") is not { } table || !table.Has("aq3"))
            return;
        double[] correlation = table.Numbers("aq3");
        int[] noticed = [.. Enumerable.Range(0, table.RowCount).Where(row => Math.Abs(correlation[row]) > 0.2).OrderByDescending(row => Math.Abs(correlation[row]))];
        if (noticed.Length == 0)
            return;
        findings.Add(new Finding(Level.Notice, noticed.Length == 1 ? "One pair of items depends on more than θ." : $"{noticed.Length} pairs of items depend on more than θ.",
            $"The strongest: {table.Texts("item")[noticed[0]]} and {table.Texts("item2")[noticed[0]]} (adjusted Q3 {Number.Show(correlation[noticed[0]], 2)}).")
        { Links = [new Link("dependence", "Pairs")] });
        advice.Add(new Advice("Put items that share a text or a trick together (sum them to one item), or give them an attribute of their own (--bifactor)."));
    }

    private static void Reliability(CalibrationSource source, List<Finding> findings, List<Advice> advice)
    {
        if (source.Folder.TryTable("score-summary.csv") is not { } table)
            return;
        IReadOnlyList<string> parameter = table.Texts("parameter");
        IReadOnlyList<string> group = table.Texts("group");
        IReadOnlyList<string> latent = table.Texts("class");
        IReadOnlyList<string> attribute = table.Texts("attribute");
        double[] estimate = table.Numbers("estimate");
        int[] rows = [.. Enumerable.Range(0, table.RowCount).Where(row => parameter[row] == "reliability" && latent[row].Length == 0 && !double.IsNaN(estimate[row]))];
        if (rows.Length == 0)
            return;
        int least = rows.MinBy(row => estimate[row]);
        double reliability = estimate[least];
        string of = (rows.Select(row => attribute[row]).Distinct().Count() > 1 ? $" of {attribute[least]}" : "") + (group[least].Length > 0 ? $" in {group[least]}" : "");
        Link[] links = [new Link("scores", "Scores")];
        string number = $"Reliability{of} {Number.Show(reliability, 2)}{(rows.Length > 1 ? ", the least" : "")}:";
        findings.Add(reliability >= GoodReliability ? new Finding(Level.Good, number, "enough to tell single persons apart.") { Links = links }
            : reliability >= LowReliability ? new Finding(Level.Good, number, "enough for groups, little for single persons.") { Links = links }
            : new Finding(Level.Notice, number, "too little for decisions on single persons. Means of groups are fine.") { Links = links });
        if (reliability < GoodReliability && reliability > 0)
        {
            double factor = GoodReliability * (1 - reliability) / (reliability * (1 - GoodReliability)); // Spearman and Brown
            if (source.Point.Plan.AttributeCount == 1)
                advice.Add(new Advice($"For a reliability of {Number.Show(GoodReliability, 1)} about {Number.Count(Math.Ceiling(factor * source.Point.Plan.ItemCount))} such items are needed (Spearman and Brown). For group comparisons draw plausible values.", $"irtgpu score {source.Folder.Spoken} {source.Folder.SpokenData} --method pv --out pv.csv"));
        }
    }

    private static void Precision(CalibrationSource source, List<Finding> findings, List<Advice> advice)
    {
        if (source.Point.Plan.AttributeCount > 1 || source.Point.Shifts is not null)
            return;
        PrecisionRange? found = null; // of the block that is measured least
        foreach (Planning.PlannedBlock block in source.Point.Plan.Blocks)
        {
            if (source.Information[block.Index].Directions is not [var curve, ..])
                continue;
            double mean = source.Point.Parameters.Slots[block.FirstMeanSlot];
            double deviation = Math.Sqrt(source.Point.Parameters.Slots[block.FirstCovarianceSlot]);
            int[] within = [.. Enumerable.Range(0, curve.Position.Length).Where(place => Math.Abs(curve.Position[place] - mean) <= 1.96 * deviation && curve.Test[place] > 0)];
            if (within.Length == 0)
                continue;
            int most = within.MaxBy(place => curve.Test[place]);
            int fewest = within.MinBy(place => curve.Test[place]);
            PrecisionRange own = new(source.BlockName(block.Index), curve.Position[most], 1 / Math.Sqrt(curve.Test[most]), curve.Position[fewest], 1 / Math.Sqrt(curve.Test[fewest]));
            if (found is null || own.Largest / own.Smallest > found.Largest / found.Smallest)
                found = own;
        }
        if (found is not var (name, best, finest, least, worst))
            return;
        bool isUneven = worst > 1.6 * finest;
        findings.Add(new Finding(isUneven ? Level.Notice : Level.Good, isUneven ? "Measures unevenly." : "Measures evenly.",
            $"Among the middle 95 % of persons{(name.Length > 0 ? $" of {name}" : "")}{(source.Point.Plan.Shape.Administered.Any(own => own.Contains(false)) ? ", if they answered every item," : "")} it is most precise at θ = {Number.Show(best, 1)} (standard error {Number.Show(finest, 2)}) and least at θ = {Number.Show(least, 1)} ({Number.Show(worst, 2)}).")
        { Links = [new Link("information", "Precision")] });
        if (isUneven)
            advice.Add(new Advice($"{(least > best ? "Harder" : "Easier")} items, with difficulties near {Number.Show(least, 1)}, would help most."));
    }

    private static void Classes(CalibrationSource source, List<Finding> findings)
    {
        if (source.Fit.Number("entropy") is not { } entropy)
            return;
        PopulationRow? smallest = source.Population.Where(row => row.Parameter == "proportion").MinBy(row => row.Estimate);
        findings.Add(new Finding(entropy < 0.6 || smallest is { Estimate: < 0.05 } ? Level.Notice : Level.Good, $"Classes are {(entropy >= 0.8 ? "clearly" : entropy >= 0.6 ? "fairly" : "hardly")} apart.",
            $"Relative entropy {Number.Show(entropy, 2)}{(smallest is null ? "" : $"; the smallest, {smallest.Block}, holds {Number.Percent(smallest.Estimate)} of the persons")}.")
        { Links = [new Link("population", "Classes")] });
    }

    /// <summary>Where a block is measured best and least, with the standard errors there.</summary>
    private sealed record PrecisionRange(string Block, double Best, double Smallest, double Least, double Largest);
}
