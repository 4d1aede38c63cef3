using System.Globalization;
using IrtGpu.Compute.Adaptive;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Items;
using IrtGpu.Planning.EStep;
using IrtGpu.Reporting.Documents;
using IrtGpu.Reporting.Tables;

namespace IrtGpu.Cli.Reports;

/// <summary>The report on standard output: model, fit, first item rows, where the files are.</summary>
internal static class CalibrationReport
{
    private const int ShownRows = 12;

    public static void Write(CalibrationResult result, FitSummary fit, OutputFolder folder, IReadOnlyList<string> files)
    {
        TextWriter console = Console.Out;
        console.WriteLine($"Ended        {fit.TerminationMessage}");
        WriteWarnings(console, result.Warnings);
        string models = string.Join(", ", result.Plan.Items.GroupBy(item => item.Function).Select(group => $"{group.Count()} {group.Key.Name()}"));
        console.WriteLine($"Items        {fit.Items} ({models})");
        console.WriteLine($"Persons      {fit.Persons} in {fit.Patterns} patterns{DescribeWeights(fit)}");
        if (result.Plan.GroupCount > 1)
            console.WriteLine($"Groups       {string.Join(", ", result.Plan.Shape.GroupNames)}");
        if (result.Plan.ClassCount > 1)
            console.WriteLine($"Classes      {string.Join(", ", result.Plan.ClassNames)}");
        if (result.Plan.AttributeCount > 1)
            console.WriteLine($"Attributes   {string.Join(", ", result.Plan.Specification.Attributes)}");
        if (!result.Plan.Integration.HasSharedNodes)
            console.WriteLine($"Integration  {fit.Integration} ({fit.IntegrationReason})");
        console.WriteLine($"Nodes        {Describe(fit.Quadrature)}");
        console.WriteLine($"Device       {fit.Device}{(result.DeviceChoice is { } choice ? $" ({choice})" : "")}");
        console.WriteLine($"E-step       {fit.EStepForm} ({fit.EStepReason})");
        console.WriteLine($"Fit          log L {Show(fit.LogLikelihood)}{DescribeError(fit.IntegrationError)}, {fit.FreeParameters} free parameters{DescribeCriteria(fit)}");
        PopulationLines.WriteLines(console, result, fit);
        console.WriteLine($"Std. errors  {fit.StandardErrors.Method}{(fit.StandardErrors.Reason is { } reason ? $": none. {reason}" : "")}");
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Time         {fit.Seconds.Total:0.00} s"));
        console.WriteLine();

        PopulationLines.WriteTable(console, result);
        IReadOnlyList<ItemRow> rows = ItemTable.Build(result.Plan, result.Point.Parameters, result.StandardErrors);
        TextTable.Write(["group", "class", "item", "model", "parameter", "estimate", "se", "status"], [.. rows.Take(ShownRows).Select(row => new[]
        {
            row.Group, row.Class, row.Item, row.Function, row.Parameter, Show(row.Estimate), Show(row.StandardError), row.Status.Name(),
        })]);
        if (rows.Count > ShownRows)
            console.WriteLine($"  … and {rows.Count - ShownRows} more rows in items.csv");
        console.WriteLine();
        if (result.Draws is { } draws)
            DrawReport.Write(console, draws);
        if (WrightMap.Of(result) is { } map)
        {
            foreach (string line in map.Lines())
                console.WriteLine(line);
            console.WriteLine();
        }
        console.WriteLine($"Written to {folder.FullPath}: {string.Join(", ", files)}");
    }

    /// <summary>Warnings were told on standard error; where that is not what the reader of the report sees, the report has them too.</summary>
    private static void WriteWarnings(TextWriter console, IReadOnlyList<string> warnings)
    {
        bool isSeen = Console.IsErrorRedirected == Console.IsOutputRedirected;
        console.WriteLine(warnings.Count == 0 ? "Warnings     none" : string.Create(CultureInfo.InvariantCulture, $"Warnings     {warnings.Count}{(isSeen ? ", told above" : "")}"));
        foreach (string warning in isSeen ? [] : warnings)
            console.WriteLine($"  - {warning}");
    }

    private static string DescribeWeights(FitSummary fit) =>
        fit.SamplingWeights ? $", sampling weights scaled to sum to {Show(fit.WeightTotal)}"
        : fit.WeightTotal == fit.Persons ? "" : $", weight {Show(fit.WeightTotal)}";

    private static string DescribeCriteria(FitSummary fit) =>
        !fit.SamplingWeights ? $", AIC {Show(fit.Aic)}, BIC {Show(fit.Bic)}"
        : fit.EffectiveParameters is null ? "" : $" that count for {Show(fit.EffectiveParameters)}, AIC {Show(fit.Aic)}";

    private static string DescribeError(IntegrationError? error) =>
        error is null ? "" : string.Create(CultureInfo.InvariantCulture, $" ± {error.Error:g2} by integration");

    private static string Describe(QuadratureSummary nodes)
    {
        string range = nodes is { Low: { } low, High: { } high } ? string.Create(CultureInfo.InvariantCulture, $" from {low:g4} to {high:g4}") : "";
        string count = nodes.Count is { } all ? all.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{nodes.Nodes} a dimension");
        string persons = nodes.Low is null && nodes.Rule is "spheres" or "lattice" ? " a person" : "";
        return $"{count}{persons} ({nodes.Rule}{range}: {nodes.Reason})";
    }

    private static string Show(double? value) => value is { } number && double.IsFinite(number) ? number.ToString("0.000", CultureInfo.InvariantCulture) : "";
}
