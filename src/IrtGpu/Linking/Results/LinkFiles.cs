using System.Text.Json;
using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Tables.Writing;
using IrtGpu.Linking.Drift;
using IrtGpu.Linking.Equating;
using IrtGpu.Linking.Methods;
using IrtGpu.Reporting.Documents;
using IrtGpu.Reporting.Tables;

namespace IrtGpu.Linking.Results;

/// <summary>Writes what linking found.</summary>
public static class LinkFiles
{
    /// <summary>The file that readers open.</summary>
    public const string MainName = "link.json";

    /// <summary>Writes every table as one set.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="result">The result.</param>
    /// <param name="options">How it was made.</param>
    /// <param name="arguments">Arguments of the run.</param>
    /// <returns>The names of the files.</returns>
    /// <exception cref="OutputException">A file cannot be written.</exception>
    public static IReadOnlyList<string> Write(OutputFolder folder, LinkResult result, LinkOptions options, IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(options);
        using ResultSet files = new(folder, MainName);
        files.Add("linking.csv", stream => WriteLinking(stream, result));
        files.Add("anchors.csv", stream => WriteAnchors(stream, result));
        files.Add("items.csv", stream => WriteItems(stream, result));
        files.Add("population.csv", stream => WritePopulation(stream, result));
        files.Add("equating.csv", stream => WriteEquating(stream, result));
        foreach (LinkedForm form in result.Forms)
            files.Add(CalibrationName(form), form.Calibration.Write);
        files.Add(MainName, stream => JsonSettings.Write(stream, json => json.Object(result, (writer, value) => WriteSummary(writer, value, options))));
        return files.Commit(json =>
        {
            json.Field("programVersion", FitSummary.ProgramVersion);
            json.Field("arguments", arguments);
            json.Field("seed", options.Seed);
        });
    }

    /// <summary>Name of the file of a form's linked calibration.</summary>
    /// <param name="form">The form.</param>
    public static string CalibrationName(LinkedForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return $"calibration-{string.Concat(form.Name.Select(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '_'))}.json";
    }

    private static void WriteSummary(Utf8JsonWriter json, LinkResult result, LinkOptions options)
    {
        json.Field("base", result.Base);
        if (result.Forms.Count == 1)
        {
            json.Field("form", result.Forms[0].Name);
            WriteEstimate(json, result.Forms[0].Chosen);
        }
        else
        {
            json.Field("method", options.Method.Name());
        }
        json.Field("direction", options.Direction);
        json.Field("weights", options.Weights);
        json.Field("links", [.. result.Forms.SelectMany(form => form.Estimates.Select(estimate => new FormEstimate(form, estimate)))], (writer, row) =>
        {
            writer.Field("form", row.Form.Name);
            writer.Field("linkedTo", row.Form.Base);
            writer.Field("anchors", row.Form.Anchors.Count(anchor => anchor.IsUsed));
            WriteEstimate(writer, row.Estimate);
        });
        json.Field("equatingReasons", result.Forms.Select(form => form.Equating.Reason).OfType<string>());
        json.Field("warnings", result.Warnings);
    }

    private sealed record FormEstimate(LinkedForm Form, LinkEstimate Estimate);

    private static void WriteEstimate(Utf8JsonWriter json, LinkEstimate estimate)
    {
        json.Field("method", estimate.Method.Name());
        json.Field("A", estimate.Transformation?.A);
        json.Field("B", estimate.Transformation?.B);
        json.Field("se_A", estimate.ErrorA);
        json.Field("se_B", estimate.ErrorB);
        json.Field("reason", estimate.Reason);
    }

    private static void WriteLinking(Stream stream, LinkResult result)
    {
        using CsvWriter csv = new(stream);
        csv.Record("form", "linked_to", "method", "anchors", "A", "se_A", "B", "se_B", "criterion", "reason");
        foreach (LinkedForm form in result.Forms)
        {
            foreach (LinkEstimate estimate in form.Estimates)
            {
                csv.Field(form.Name);
                csv.Field(form.Base);
                csv.Field(estimate.Method.Name());
                csv.Field(form.Anchors.Count(anchor => anchor.IsUsed));
                csv.Field(estimate.Transformation?.A);
                csv.Field(estimate.ErrorA);
                csv.Field(estimate.Transformation?.B);
                csv.Field(estimate.ErrorB);
                csv.Field(estimate.Criterion);
                csv.Field(estimate.Reason ?? "");
                csv.EndRecord();
            }
        }
    }

    private static void WriteAnchors(Stream stream, LinkResult result)
    {
        using CsvWriter csv = new(stream);
        csv.Record(
            "form", "linked_to", "item", "used", "b_difference", "robust_z_b", "log_a_ratio", "robust_z_a", "rmsd", "wald", "df", "p", "p_adjusted", "flag", "reason");
        foreach (LinkedForm form in result.Forms)
        {
            foreach (AnchorDrift anchor in form.Anchors)
            {
                csv.Field(form.Name);
                csv.Field(form.Base);
                csv.Field(anchor.Item);
                csv.Field(anchor.IsUsed ? "yes" : "no");
                csv.Field(anchor.Difficulty);
                csv.Field(anchor.DifficultyZ);
                csv.Field(anchor.LogSlope);
                csv.Field(anchor.SlopeZ);
                csv.Field(anchor.Rmsd);
                csv.Field(anchor.Wald);
                csv.Field((double?)anchor.Df);
                csv.Field(anchor.P);
                csv.Field(anchor.AdjustedP);
                csv.Field(anchor.HasDrifted ? "drift" : anchor.IsOutlying ? "outlying" : anchor.IsSignificant ? "significant" : "");
                csv.Field("");
                csv.EndRecord();
            }
            foreach ((string item, string reason) in form.Refused)
                csv.Record(form.Name, form.Base, item, "no", "", "", "", "", "", "", "", "", "", "", reason);
        }
    }

    private static void WriteItems(Stream stream, LinkResult result)
    {
        using CsvWriter csv = new(stream);
        csv.Record("form", "group", "class", "item", "function", "parameter", "estimate", "se", "status");
        foreach ((LinkedForm form, ItemRow row) in result.Forms.SelectMany(form => form.Items.Select(row => (form, row))))
        {
            csv.Field(form.Name);
            csv.Field(row.Group);
            csv.Field(row.Class);
            csv.Field(row.Item);
            csv.Field(row.Function);
            csv.Field(row.Parameter);
            csv.Field(row.Estimate);
            csv.Field(row.StandardError);
            csv.Field(row.Status.Name());
            csv.EndRecord();
        }
    }

    private static void WritePopulation(Stream stream, LinkResult result)
    {
        using CsvWriter csv = new(stream);
        csv.Record("form", "group", "class", "parameter", "attribute", "attribute2", "estimate", "se", "status");
        foreach ((LinkedForm form, PopulationRow row) in result.Forms.SelectMany(form => form.Population.Select(row => (form, row))))
        {
            csv.Field(form.Name);
            csv.Field(row.Group);
            csv.Field(row.Class);
            csv.Field(row.Parameter);
            csv.Field(row.Attribute);
            csv.Field(row.Attribute2);
            csv.Field(row.Estimate);
            csv.Field(row.StandardError);
            csv.Field(row.Status.Name());
            csv.EndRecord();
        }
    }

    private static void WriteEquating(Stream stream, LinkResult result)
    {
        using CsvWriter csv = new(stream);
        csv.Record("form", "base", "score", "theta", "true_score", "observed_score", "probability");
        foreach ((LinkedForm form, EquatedScore score) in result.Forms.SelectMany(form => form.Equating.Scores.Select(score => (form, score))))
        {
            csv.Field(form.Name);
            csv.Field(result.Base);
            csv.Field(score.Score);
            csv.Field(score.Theta);
            csv.Field(score.TrueScore);
            csv.Field(score.ObservedScore);
            csv.Field(score.Probability);
            csv.EndRecord();
        }
    }
}
