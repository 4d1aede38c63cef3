using System.Globalization;
using IrtGpu.Fit;
using IrtGpu.Fit.Information;
using IrtGpu.Fit.Items;
using IrtGpu.Fit.LimitedInformation;
using IrtGpu.Fit.LocalDependence;
using IrtGpu.Fit.Persons;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Planning;
using IrtGpu.Reporting.Tables.Fit;

namespace IrtGpu.Cli.Reports;

/// <summary>What standard output says of the fit of a model: the model, the items that fit worst, the most dependent pairs, where the tables are.</summary>
internal static class FitLines
{
    private const int RowCount = 10;

    public static void Write(FitReport report, OutputFolder? folder, IReadOnlyList<string> files)
    {
        foreach (ModelFit fit in (IEnumerable<ModelFit>)[.. report.ModelFits ?? [], .. report.CategoryFits ?? []])
            Write(report.Plan, fit);
        if (report.Items is { Count: > 0 } items)
            Write(report.Plan, items);
        if (report.Deviations is { Count: > 0 } deviations)
            Write(report.Plan, deviations);
        if (report.Pairs is { Count: > 0 } pairs)
            Write(report.Plan, pairs);
        if (report.Persons is { } persons)
            Write(persons);
        foreach (SumScoreEap table in report.SumScores ?? [])
        {
            for (int j = 0; j < table.AttributeCount; j++)
                Console.Out.WriteLine($"Reliability of sum scores as measures of {report.Plan.Specification.Attributes[j]}{InGroup(report.Plan, table.Group)}: {Show(table.Reliability(j), "0.000")}");
        }
        if (report.Classification is { Count: > 0 } classification)
            Write(report.Plan, classification);
        foreach (string note in report.Notes)
            Console.Out.WriteLine($"Note: {note}");
        if (report.IsInterrupted)
            Console.Out.WriteLine("Interrupted: what was not finished is missing.");
        if (folder is not null)
            Console.Out.WriteLine($"Results in {folder.FullPath}: {string.Join(", ", files)}");
    }

    private static void Write(CalibrationPlan plan, ModelFit fit)
    {
        string name = $"{fit.Name}{InGroup(plan, fit.Group)}";
        Console.Out.WriteLine(fit.Reason is { } reason
            ? $"{name}: none. {reason}"
            : $"{name} = {Show(fit.Statistic, "0.00")}, df {fit.Df}, p {ShowP(fit.P)}; RMSEA {Show(fit.Rmsea, "0.0000")} [{Show(fit.RmseaLower, "0.0000")}, {Show(fit.RmseaUpper, "0.0000")}], "
                + $"SRMSR {Show(fit.Srmsr, "0.0000")}, CFI {Show(fit.Cfi, "0.000")}, TLI {Show(fit.Tli, "0.000")}");
        if (fit.Note is { } note && fit.Group < 0)
            Console.Out.WriteLine($"Note: {note}");
    }

    private static void Write(CalibrationPlan plan, IReadOnlyList<ItemFit> items)
    {
        if (!items.Any(item => item.SumScores is not null || item.OverPosterior is not null))
        {
            WritePlausible(plan, items);
            return;
        }
        ItemFit[] worst = [.. items.OrderBy(item => item.SumScores is { Reason: null } test ? test.P : 2).Take(RowCount)];
        Console.Out.WriteLine(items.Count > RowCount ? $"Items with the smallest p of S-X² ({RowCount} of {items.Count}):" : "Items:");
        TextTable.Write(["item", "group", "S-X²", "df", "p", "infit", "outfit"], [.. worst.Select(item => (string[])
        [
            plan.Items[item.Item].Name, GroupName(plan, item.Group), Show(item.SumScores?.Statistic, "0.00"), item.SumScores is { Reason: null } test ? test.Df.ToString(CultureInfo.InvariantCulture) : "",
            ShowP(item.SumScores?.P), Show(item.OverPosterior?.Infit, "0.000"), Show(item.OverPosterior?.Outfit, "0.000"),
        ])]);
    }

    private static void WritePlausible(CalibrationPlan plan, IReadOnlyList<ItemFit> items)
    {
        ItemFit[] worst = [.. items.Where(item => item.PlausibleValues is { Reason: null }).OrderBy(item => Judged(item.PlausibleValues!)).Take(RowCount)];
        if (worst.Length == 0)
            return;
        Console.Out.WriteLine("Items with the smallest p of PV-Q1:");
        TextTable.Write(["item", "group", "PV-Q1", "df", "p", "p corrected"], [.. worst.Select(item => (string[])
        [
            plan.Items[item.Item].Name, GroupName(plan, item.Group), Show(item.PlausibleValues!.Statistic, "0.00"), item.PlausibleValues.Df.ToString(CultureInfo.InvariantCulture),
            ShowP(item.PlausibleValues.P), ShowP(item.PlausibleValues.CorrectedP),
        ])]);

        static double Judged(ItemTest test) => double.IsNaN(test.CorrectedP) ? test.P : test.CorrectedP;
    }

    private static void Write(CalibrationPlan plan, IReadOnlyList<ItemDeviation> deviations)
    {
        Console.Out.WriteLine($"RMSD: {deviations.Count(row => row.Deviation.Rmsd > 0.12)} of {deviations.Count} items × groups above 0.12, {deviations.Count(row => row.Deviation.Rmsd > 0.1)} above 0.10; the largest:");
        TextTable.Write(["item", "group", "RMSD", "corrected", "MD"], [.. deviations.OrderByDescending(row => row.Deviation.Rmsd).Take(5).Select(row => (string[])
        [
            plan.Items[row.Item].Name, GroupName(plan, row.Group), Show(row.Deviation.Rmsd, "0.000"), Show(row.Deviation.Corrected, "0.000"), Show(row.Deviation.Md, "0.000"),
        ])]);
    }

    private static void Write(CalibrationPlan plan, IReadOnlyList<PairTest> pairs)
    {
        Console.Out.WriteLine("Most dependent pairs of items:");
        TextTable.Write(["item", "item", "group", "Q3", "aQ3", "LD-X²", "p corrected"], [.. pairs.Take(5).Select(pair => (string[])
        [
            plan.Items[pair.First].Name, plan.Items[pair.Second].Name, GroupName(plan, pair.Group), Show(pair.Q3, "0.000"), Show(pair.AdjustedQ3, "0.000"), Show(pair.X2, "0.00"), ShowP(pair.CorrectedP),
        ])]);
    }

    private static void Write(PersonFit persons)
    {
        bool hasStar = !persons.LzStar.All(double.IsNaN);
        double[] values = hasStar ? persons.LzStar : persons.Lz;
        double judged = values.Zip(persons.Frequency, (value, weight) => double.IsNaN(value) ? 0 : weight).Sum();
        double below = values.Zip(persons.Frequency, (value, weight) => value < -1.645 ? weight : 0).Sum();
        string expectation = hasStar
            ? "where about one in twenty is expected if the model holds"
            : "fewer than one in twenty if the model holds: l_z varies less than a normal deviate, as θ is estimated from the same answers";
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Persons (at {persons.Estimator}): {below:0.##} of {judged:0.##} with {(hasStar ? "l_z*" : "l_z")} below −1.645, {expectation}"));
    }

    private static void Write(CalibrationPlan plan, IReadOnlyList<ClassificationAgreement> rows)
    {
        Console.Out.WriteLine("Classification at cut scores:");
        TextTable.Write(["measure", "group", "θ", "sum score", "accuracy", "consistency", "kappa"], [.. rows.Select(row => (string[])
        [
            ClassificationTable.NameOf(row.Measure), GroupName(plan, row.Group), row.Cut < 0 ? "all" : Show(row.ThetaCut, "0.000"), Show(row.ScoreCut, "0"),
            Show(row.Accuracy, "0.000"), Show(row.Consistency, "0.000"), Show(row.Kappa, "0.000"),
        ])]);
    }

    private static string GroupName(CalibrationPlan plan, int group) => plan.GroupCount > 1 ? plan.Shape.GroupNames[group] : "";

    private static string InGroup(CalibrationPlan plan, int group) => plan.GroupCount > 1 && group >= 0 ? $" in group {plan.Shape.GroupNames[group]}" : "";

    private static string Show(double? value, string format) => value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "";

    private static string ShowP(double? value) =>
        value is { } number && double.IsFinite(number) ? number.ToString(number < 1e-4 ? "0.0e+00" : "0.0000", CultureInfo.InvariantCulture) : "";
}
