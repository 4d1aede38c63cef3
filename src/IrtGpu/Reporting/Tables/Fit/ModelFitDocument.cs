using System.Text.Json;
using IrtGpu.Fit;
using IrtGpu.Fit.LimitedInformation;
using IrtGpu.Foundation.Documents;

namespace IrtGpu.Reporting.Tables.Fit;

/// <summary>The content of <c>model-fit.json</c>: a number, or null with its reason beside it.</summary>
public static class ModelFitDocument
{
    /// <summary>Writes it.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="report">The report.</param>
    public static void Write(Stream stream, FitReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        JsonSettings.Write(stream, json => Write(json, report));
    }

    /// <summary>The same as text.</summary>
    /// <param name="report">The report.</param>
    public static string Text(FitReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return JsonSettings.Text(json => Write(json, report));
    }

    private static void Write(Utf8JsonWriter json, FitReport report)
    {
        json.WriteStartObject();
        if (report.ModelFits is { } fits)
        {
            WriteFields(json, fits[0]);
            if (report.CategoryFits is { } categories)
            {
                json.WriteStartObject("c2");
                WriteFields(json, categories[0]);
                json.WriteEndObject();
            }
            if (report.Plan.GroupCount > 1)
                WriteGroups(json, report, fits, report.CategoryFits);
        }
        json.WriteStartArray("notes");
        foreach (string note in report.Notes)
            json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteBoolean("interrupted", report.IsInterrupted);
        json.WriteEndObject();
    }

    private static void WriteGroups(Utf8JsonWriter json, FitReport report, IReadOnlyList<ModelFit> fits, IReadOnlyList<ModelFit>? categories)
    {
        json.WriteStartArray("groups");
        foreach (ModelFit fit in fits.Where(fit => fit.Group >= 0))
        {
            json.WriteStartObject();
            json.WriteString("group", report.Plan.Shape.GroupNames[fit.Group]);
            WriteFields(json, fit);
            if (categories?.FirstOrDefault(one => one.Group == fit.Group) is { } c2)
            {
                json.WriteStartObject("c2");
                WriteFields(json, c2);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteFields(Utf8JsonWriter json, ModelFit fit)
    {
        json.WriteString("statistic", fit.Name);
        Number("m2", fit.Statistic, fit.Reason);
        Number("df", fit is { Moments: > 0, IsRankDetermined: true } ? fit.Df : double.NaN, fit.Reason);
        Number("p", fit.P, fit.Reason);
        Number("rmsea", fit.Rmsea, fit.Reason);
        Number("rmseaLower", fit.RmseaLower, fit.Reason);
        Number("rmseaUpper", fit.RmseaUpper, fit.Reason);
        Number("srmsr", fit.Srmsr, fit.Moments > 0 ? "No two items were answered together in more than one way." : fit.Reason);
        Number("cfi", fit.Cfi, fit.IndexReason);
        Number("tli", fit.Tli, fit.IndexReason);
        json.WriteNumber("persons", fit.Persons);
        json.WriteNumber("moments", fit.Moments);
        Number("independenceM2", fit.IndependenceStatistic, fit.Reason);
        json.WriteNumber("independenceDf", fit.IndependenceDf);
        if (fit.Note is { } note)
            json.WriteString("note", note);

        void Number(string name, double value, string? reason)
        {
            if (double.IsFinite(value))
            {
                json.WriteNumber(name, value);
                return;
            }
            json.WriteNull(name);
            json.WriteString(name + "Reason", reason ?? "It is not defined here.");
        }
    }
}
