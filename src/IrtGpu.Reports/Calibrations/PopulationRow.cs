using IrtGpu.Reports.Folders;

namespace IrtGpu.Reports.Calibrations;

/// <summary>The rows of <c>population.csv</c>.</summary>
internal sealed record PopulationRow(string Group, string Class, string Parameter, string Attribute, string Attribute2, double Estimate, double StandardError, string Status)
{
    /// <summary>Group and class, as shown; "" where there is one.</summary>
    public string Block => Group.Length > 0 && Class.Length > 0 ? $"{Group}, class {Class}" : Class.Length > 0 ? $"class {Class}" : Group;

    public static IReadOnlyList<PopulationRow> Of(ResultFolder folder)
    {
        ResultTable table = folder.Table("population.csv");
        IReadOnlyList<string> group = table.Texts("group");
        IReadOnlyList<string> latent = table.Texts("class");
        IReadOnlyList<string> parameter = table.Texts("parameter");
        IReadOnlyList<string> attribute = table.Texts("attribute");
        IReadOnlyList<string> attribute2 = table.Texts("attribute2");
        double[] estimate = table.Numbers("estimate");
        double[] error = table.Numbers("se");
        IReadOnlyList<string> status = table.Texts("status");
        return [.. Enumerable.Range(0, table.RowCount).Select(row => new PopulationRow(
            group[row], latent[row], parameter[row], attribute[row], attribute2[row], estimate[row], error[row], status[row]))];
    }
}
