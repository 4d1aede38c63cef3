using System.Globalization;
using IrtGpu.Foundation.Sampling.Diagnostics;
using IrtGpu.Foundation.Sampling.Posterior;

namespace IrtGpu.Cli.Reports;

/// <summary>The part of the report on draws: how they were made, and the table of parameters.</summary>
internal static class DrawReport
{
    private const int ShownRows = 30;

    public static void Write(TextWriter console, PosteriorDraws draws)
    {
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Draws        {draws.Chains.Count} chains of {draws.CommonCount}, warmup {draws.Options.Warmup}, from the {(draws.IsPriorOnly ? "priors alone" : "posterior")}; {draws.Divergences} divergences"));
        console.WriteLine();
        TextTable.Write(["parameter", "Estimate", "Est.Error", "l-95%", "u-95%", "Rhat", "Bulk_ESS", "Tail_ESS"], [.. draws.Names.Zip(draws.Summaries).Take(ShownRows).Select(row => Row(row.First, row.Second))]);
        if (draws.Names.Count > ShownRows)
            console.WriteLine($"  … and {draws.Names.Count - ShownRows} more rows in {DrawFiles.SummaryName}");
        console.WriteLine();
    }

    private static string[] Row(string name, DrawSummary summary) =>
    [
        name, Show(summary.Estimate, "0.000"), Show(summary.Error, "0.000"), Show(summary.Lower, "0.000"), Show(summary.Upper, "0.000"),
        Show(summary.RHat, "0.000"), Show(summary.BulkSize, "0"), Show(summary.TailSize, "0"),
    ];

    private static string Show(double value, string format) => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "";
}
