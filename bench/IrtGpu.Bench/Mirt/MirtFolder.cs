using System.Globalization;
using IrtGpu.Bench.Truth;
using IrtGpu.Data;

namespace IrtGpu.Bench.Mirt;

/// <summary>Writes what the R script reads: the file of responses that both programs take, the model and the settings.</summary>
internal static class MirtFolder
{
    /// <summary>Writes a case.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="one">The case.</param>
    /// <param name="data">Responses drawn from it.</param>
    /// <param name="tolerances">One fit each.</param>
    /// <param name="cycles">Largest number of EM cycles.</param>
    /// <param name="repeats">Fits of which the median time is taken.</param>
    /// <returns>Path of the responses.</returns>
    public static string Write(string folder, MirtCase one, ResponseData data, double[] tolerances, int cycles, int repeats)
    {
        File.WriteAllText(Path.Combine(folder, "model.txt"), one.Syntax + "\n");
        File.WriteAllText(Path.Combine(folder, "settings.dcf"), string.Create(CultureInfo.InvariantCulture, $"""
            ItemType: {one.ItemType}
            Tolerances: {string.Join(' ', tolerances.Select(tolerance => tolerance.ToString("r", CultureInfo.InvariantCulture)))}
            Nodes: {one.Specification.Quadrature.Nodes}
            Low: {one.Specification.Quadrature.Low}
            High: {one.Specification.Quadrature.High}
            Cycles: {cycles}
            Repeats: {repeats}
            Classes: {one.Truth.ClassCount}
            HasGroups: {(one.Truth.GroupCount > 1 ? "yes" : "no")}

            """));
        if (one.StartsAtTruth)
            File.WriteAllLines(Path.Combine(folder, "starts.csv"), ["group,item,name,value", .. Starts(one.Truth)]);
        string path = Path.Combine(folder, "data.csv");
        File.WriteAllText(path, DrawnTable.Text(data));
        return path;
    }

    private static IEnumerable<string> Starts(TrueModel truth)
    {
        for (int k = 0; k < truth.ClassCount; k++)
        {
            for (int item = 0; item < truth.ItemCount; item++)
            {
                TrueItem truly = truth.Items[k][item]!;
                string place = FormattableString.Invariant($"MIXTURE_{k + 1},{truth.ItemNames[item]}");
                yield return FormattableString.Invariant($"{place},a1,{truly.Slopes[0]:r}");
                yield return FormattableString.Invariant($"{place},d,{truly.Intercepts[0]:r}");
            }
        }
    }
}
