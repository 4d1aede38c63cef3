using System.Globalization;
using IrtGpu.Foundation.Estimation.Starts;
using IrtGpu.Inference.Rotation;
using IrtGpu.Planning;
using IrtGpu.Reporting.Documents;
using IrtGpu.Scoring;

namespace IrtGpu.Cli.Reports;

/// <summary>The lines of the report on groups, classes, dimensions and starts; none for one population of one dimension.</summary>
internal static class PopulationLines
{
    private const int ShownBlocks = 20;
    private const int LargestShownCorrelations = 4; // attributes
    private const int ShownMaxima = 5;

    /// <summary>One line each on class membership, starts and rotation, where there is something to say.</summary>
    public static void WriteLines(TextWriter console, CalibrationResult result, FitSummary fit)
    {
        CalibrationPlan plan = result.Plan;
        if (fit.Entropy is { } entropy && fit.Icl is { } icl)
            console.WriteLine(Line("Classes", string.Create(CultureInfo.InvariantCulture, $"entropy {entropy:0.000}, ICL {icl:0.000}")));
        if (fit.Starts.Count > 0)
        {
            console.WriteLine(Line("Starts", string.Join(", ", fit.Starts.Take(ShownMaxima).Select(maximum => Describe(maximum)))
                + (fit.Starts.Count > ShownMaxima ? $", and {fit.Starts.Count - ShownMaxima} more" : "")));
        }
        foreach (RotatedSolution rotation in result.Rotations)
            console.WriteLine(Line("Rotation", Describe(rotation, plan)));
    }

    /// <summary>The table of groups, classes and dimensions.</summary>
    public static void WriteTable(TextWriter console, CalibrationResult result)
    {
        CalibrationPlan plan = result.Plan;
        if (plan.Blocks.Count == 1 && plan.AttributeCount == 1)
            return;

        IReadOnlyList<ScoreSummary> summaries = result.Scores is { } scores ? ScoreSummary.Of(plan, result.Patterns, scores) : [];
        string[] header = ["group", "class", "proportion", "attribute", "mean", "sd", "mean of scores", "sd of scores", "reliability"];
        List<string[]> rows = [.. plan.Blocks.Take(ShownBlocks).SelectMany(block => plan.Measured.Of(block.Group).Select(j => Row(result, summaries, block, j)))];
        bool[] isUsed = [.. header.Select((_, column) => rows.Any(row => row[column].Length > 0))];
        TextTable.Write(Select(header, isUsed), [.. rows.Select(row => Select(row, isUsed))]);
        if (plan.Blocks.Count > ShownBlocks)
            console.WriteLine($"  … and {plan.Blocks.Count - ShownBlocks} more in population.csv");
        console.WriteLine();
    }

    private static string[] Select(string[] cells, bool[] isUsed) => [.. cells.Where((_, column) => isUsed[column])];

    private static string[] Row(CalibrationResult result, IReadOnlyList<ScoreSummary> summaries, PlannedBlock block, int attribute)
    {
        CalibrationPlan plan = result.Plan;
        double[] slots = result.Point.Parameters.Slots;
        ScoreSummary? summary = summaries.FirstOrDefault(candidate => candidate.Group == block.Group && candidate.Class == (plan.ClassCount > 1 ? block.Class : -1));
        return
        [
            plan.GroupCount > 1 ? plan.Shape.GroupNames[block.Group] : "",
            plan.ClassCount > 1 ? plan.ClassNames[block.Class] : "",
            plan.ClassCount > 1 ? Show(Math.Exp(result.Point.LogProportion[block.Index])) : "",
            plan.AttributeCount > 1 ? plan.Specification.Attributes[attribute] : "",
            Show(slots[block.FirstMeanSlot + attribute]),
            Show(Math.Sqrt(slots[block.CovarianceSlot(attribute, attribute)])),
            summary is null ? "" : Show(summary.Mean[attribute]),
            summary is null ? "" : Show(Math.Sqrt(summary.Variance(attribute))),
            summary is null ? "" : Show(summary.Reliability(attribute)),
        ];
    }

    private static string Describe(StartOutcome maximum) =>
        string.Create(CultureInfo.InvariantCulture, $"{maximum.LogLikelihood:0.000} ({maximum.Count}×{(maximum.IsConverged ? "" : ", not converged")})");

    private static string Describe(RotatedSolution rotation, CalibrationPlan plan)
    {
        bool isOblique = rotation.Method is RotationMethod.Oblimin or RotationMethod.Geomin or RotationMethod.Target;
        List<string> correlations = [];
        for (int j = 0; j < plan.AttributeCount && plan.AttributeCount <= LargestShownCorrelations && isOblique; j++)
        {
            for (int k = 0; k < j; k++)
                correlations.Add($"{plan.Specification.Attributes[k]}–{plan.Specification.Attributes[j]} {Show(rotation.Correlations[j][k])}");
        }
        string method = rotation.Method.Name() + (correlations.Count > 0 ? $", correlations {string.Join(", ", correlations)}" : isOblique ? ", correlations in rotation.json" : "");
        return $"{method}; rotated items in rotation.csv, all other tables on the unrotated axes";
    }

    private static string Line(string title, string text) => $"{title,-12} {text}";

    private static string Show(double value) => double.IsFinite(value) ? value.ToString("0.000", CultureInfo.InvariantCulture) : "";
}
