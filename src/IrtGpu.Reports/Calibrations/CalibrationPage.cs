using IrtGpu.Compute;
using IrtGpu.Reports.Calibrations.Sections;
using IrtGpu.Reports.Checks;
using IrtGpu.Reports.Folders;
using IrtGpu.Reports.Pages;

namespace IrtGpu.Reports.Calibrations;

/// <summary>The page of a calibration.</summary>
internal static class CalibrationPage
{
    /// <summary>Makes it.</summary>
    /// <param name="folder">The tables.</param>
    /// <param name="point">The estimates; null: as <c>calibration.json</c> has them.</param>
    public static Page Of(ResultFolder folder, ModelPoint? point)
    {
        CalibrationSource source = new(folder, point);
        string data = folder.DataName;
        return new Page("calibration", data.Length > 0 ? $"Calibration of {data}" : $"Calibration {folder.Name}", Subtitle(source), CalibrationVerdict.Of(source),
        [
            .. new[]
            {
                ItemSection.Of(source), WrightSection.Of(source), InformationSection.Of(source), ScoreSection.Of(source), ModelFitSection.Of(folder), DependenceSection.Of(folder),
                DifferentialSection.Of(folder), PersonFitSection.Of(folder), PlainSections.Classification(folder), PopulationSection.Of(source), PlainSections.Rotation(folder), DrawSection.Of(folder, source.Fit), ConvergenceSection.Of(folder, source.Fit),
            }.OfType<Section>(),
        ])
        {
            Facts = [.. Facts(source)],
            Items = ItemSection.Views(source),
            Command = folder.Command,
            Grids = [source.Curves.Grid],
        };
    }

    private static string Subtitle(CalibrationSource source)
    {
        string models = string.Join(", ", source.Items.GroupBy(item => item.Function).Select(group => group.Key));
        return $"{Number.Count(source.Point.Plan.ItemCount)} items ({models}) · {Number.Count(source.Fit.Number("persons") ?? double.NaN)} {(source.Fit.Number("weightTotal") == source.Fit.Number("persons") ? "persons" : "rows of data")} · marginal maximum likelihood · irtgpu {source.Fit.Text("version")}";
    }

    private static IEnumerable<Fact> Facts(CalibrationSource source)
    {
        ResultDocument fit = source.Fit;
        if (fit.Number("weightTotal") is { } weight)
            yield return new Fact("Persons", Number.Count(weight), fit.Number("patterns") is { } patterns ? $"{Number.Count(patterns)} patterns" : "");
        yield return new Fact("Items", Number.Count(source.Point.Plan.ItemCount), source.Point.Plan.AttributeCount == 1 ? "" : $"{source.Point.Plan.AttributeCount} attributes");
        if (source.Point.Plan.GroupCount > 1)
            yield return new Fact("Groups", Number.Count(source.Point.Plan.GroupCount));
        if (source.Point.Plan.ClassCount > 1)
            yield return new Fact("Classes", Number.Count(source.Point.Plan.ClassCount));
        if (fit.Number("freeParameters") is { } parameters)
            yield return new Fact("Free parameters", Number.Count(parameters));
        if (fit.Number("logLikelihood") is { } logLikelihood)
            yield return new Fact("Log-likelihood", Number.Show(logLikelihood, 2));
        if (fit.Number("aic") is { } aic)
            yield return new Fact("AIC", Number.Show(aic, 1));
        if (fit.Number("bic") is { } bic)
            yield return new Fact("BIC", Number.Show(bic, 1));
        if (fit.Part("standardErrors")?.Text("method") is { } method)
            yield return new Fact("Standard errors", method);
    }
}
