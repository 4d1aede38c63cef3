using System.Globalization;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Linking;
using IrtGpu.Linking.Drift;
using IrtGpu.Linking.Methods;
using IrtGpu.Linking.Results;

namespace IrtGpu.Cli.Reports;

/// <summary>What linking found, for people.</summary>
internal static class LinkReport
{
    private const int MostAnchors = 10;

    public static void Write(LinkResult result, LinkOptions options, OutputFolder folder, IReadOnlyList<string> files)
    {
        foreach (LinkedForm form in result.Forms)
        {
            string onto = form.Base == result.Base ? $"'{result.Base}'" : $"'{result.Base}', by '{form.Base}'";
            Console.Out.WriteLine(FormattableString.Invariant($"'{form.Name}' on the scale of {onto}: theta_base = A theta + B, {form.Anchors.Count(anchor => anchor.IsUsed)} anchors"));
            TextTable.Write(["method", "A", "se", "B", "se", ""], [.. form.Estimates.Select(estimate => (string[])
            [
                estimate.Method.Name(), Show(estimate.Transformation?.A), Show(estimate.ErrorA), Show(estimate.Transformation?.B), Show(estimate.ErrorB),
                estimate.Method == options.Method ? "used for the tables" : estimate.Transformation is null ? estimate.Reason ?? "" : "",
            ])]);
            if (form.Chosen.Reason is { } reason)
                Console.Out.WriteLine($"  {reason}");
            WriteAnchors(form);
            if (form.Equating.Reason is { } why)
                Console.Out.WriteLine($"  {why}");
        }
        Console.Out.WriteLine($"Files in {folder.FullPath}: {string.Join(", ", files)}");
    }

    private static void WriteAnchors(LinkedForm form)
    {
        AnchorDrift[] flagged = [.. form.Anchors.Where(anchor => anchor.HasDrifted || !anchor.IsUsed).OrderByDescending(anchor => Math.Abs(anchor.DifficultyZ ?? 0)).Take(MostAnchors)];
        if (flagged.Length == 0)
        {
            Console.Out.WriteLine("  No anchor drifted.");
            return;
        }
        TextTable.Write(["anchor", "b moved by", "robust z", "p adjusted", ""], [.. flagged.Select(anchor => (string[])
        [
            anchor.Item, Show(anchor.Difficulty), Show(anchor.DifficultyZ), Show(anchor.AdjustedP), anchor.HasDrifted ? anchor.IsUsed ? "drift" : "drift, left out" : "left out",
        ])]);
    }

    private static string Show(double? value) => value is { } number ? number.ToString("0.0000", CultureInfo.InvariantCulture) : "";
}
