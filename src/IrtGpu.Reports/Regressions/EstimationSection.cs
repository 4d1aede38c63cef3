using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Regressions;

/// <summary>How the estimation went, of <c>fit.json</c>.</summary>
internal static class EstimationSection
{
    public static Section Of(ResultDocument fit)
    {
        List<Fact> facts = [];
        foreach ((string key, string name) in new[] { ("criterion", "Criterion"), ("algorithm", "Algorithm"), ("degreesOfFreedom", "Degrees of freedom"), ("intervals", "Intervals"), ("membership", "Membership of"), ("classFormula", "Class formula"), ("device", "Device") })
        {
            if (fit.Text(key) is { Length: > 0 } text)
                facts.Add(new Fact(name, text));
        }
        foreach ((string key, string name, int decimals) in new[] { ("cycles", "Steps or cycles", 0), ("evaluations", "Evaluations", 0), ("gradientNorm", "Norm of the gradient", 6), ("smallestCurvature", "Smallest curvature", 3), ("integrationError", "Integration error", 6) })
        {
            if (fit.Number(key) is { } value)
                facts.Add(new Fact(name, Number.Show(value, decimals)));
        }
        if (fit.Part("seconds")?.Number("total") is { } seconds)
            facts.Add(new Fact("Time", $"{Number.Show(seconds, 2)} s"));
        IReadOnlyList<ResultDocument> starts = fit.Parts("starts");
        TableView[] tables = starts.Count == 0 ? [] :
        [
            new TableView("starts-table", "Maxima that the starts ended in", [new Column("Maximum"), new Column("Log-likelihood", true), new Column("Starts", true), new Column("Converged"), new Column("Degenerate")],
                [.. starts.Select((start, place) => new Row([Cell.Of($"{place + 1}"), Cell.Of(start.Number("logLikelihood") ?? double.NaN), Cell.Of(start.Number("count") ?? double.NaN, 0), Cell.Of(start.Truth("converged") == true ? "yes" : "no"), Cell.Of(start.Truth("degenerate") == true ? "yes" : "no")]))]) { File = "fit.json" },
        ];
        return new Section("estimation", "Estimation", fit.Text("terminationMessage") ?? "") { Facts = facts, Tables = tables };
    }
}
