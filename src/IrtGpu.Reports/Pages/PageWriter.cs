using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fluid;
using IrtGpu.Reports.Figures;

namespace IrtGpu.Reports.Pages;

/// <summary>Writes a page as one file that needs no other: text by a template, which escapes what comes from data; data as JSON; scripts by their hash.</summary>
/// <remarks>
/// The content security policy of the page lets run what has one of two hashes: the library of charts and the script of this project. A name from the
/// data can so be no script, even if it were written unescaped.
/// </remarks>
internal static class PageWriter
{
    private static readonly string[] Scripts = ["theme.js", "tables.js", "charts.js", "items.js", "main.js"];

    /// <summary>Writes the page.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="page">The page.</param>
    public static void Write(Stream stream, Page page)
    {
        string library = Asset("echarts.js");
        string script = $"'use strict';\n(function () {{\n{string.Concat(Scripts.Select(Asset))}}}());\n";
        string style = Asset("page.css");
        TemplateOptions options = new() { MemberAccessStrategy = new UnsafeMemberAccessStrategy { MemberNameStrategy = MemberNameStrategies.CamelCase } };
        TemplateContext context = new(options);
        context.SetValue("page", page);
        context.SetValue("policy", $"default-src 'none'; script-src {Hash(library)} {Hash(script)}; style-src-elem {Hash(style)}; style-src-attr 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'");
        string text = Template.Value.Render(context, HtmlEncoder.Default);
        using StreamWriter writer = new(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        // The template has places for what is no text; each stands once and outside of everything that comes from data.
        string[] parts = text.Split(["<!--style-->", "<!--data-->", "<!--library-->", "<!--script-->"], StringSplitOptions.None);
        if (parts.Length != 5)
            throw new InvalidOperationException("The template of the page lacks a place, or names one twice.");
        writer.Write(parts[0]);
        writer.Write($"<style>{style}</style>");
        writer.Write(parts[1]);
        writer.Write("<script type=\"application/json\" id=\"data\">");
        writer.Write(Data(page));
        writer.Write("</script>");
        writer.Write(parts[2]);
        writer.Write($"<script>{library}</script>");
        writer.Write(parts[3]);
        writer.Write($"<script>{script}</script>");
        writer.Write(parts[4]);
    }

    /// <summary>The data of the figures and items. Quotes, &lt;, &gt; and &amp; within texts are written as \u escapes, so that no text ends the element.</summary>
    private static string Data(Page page)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default }))
        {
            FigureJson figures = new();
            foreach (double[] grid in page.Grids)
                figures.Share(grid);
            json.WriteStartObject();
            json.WriteString("kind", page.Kind);
            json.WriteStartArray("grids");
            foreach (double[] grid in figures.Grids)
                FigureJson.Values(json, grid);
            json.WriteEndArray();
            json.WriteStartArray("figures");
            foreach (Figure figure in page.Sections.SelectMany(section => section.Figures))
                figures.Write(json, figure);
            json.WriteEndArray();
            json.WriteStartArray("items");
            foreach (ItemView item in page.Items)
                Write(json, figures, item);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void Write(Utf8JsonWriter json, FigureJson figures, ItemView item)
    {
        json.WriteStartObject();
        json.WriteString("name", item.Name);
        json.WriteStartArray("notes");
        foreach (string note in item.Notes)
            json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteStartArray("facts");
        foreach (Fact fact in item.Facts)
        {
            json.WriteStartArray();
            json.WriteStringValue(fact.Name);
            json.WriteStringValue(fact.Value);
            json.WriteStringValue(fact.Note);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteStartArray("figures");
        foreach (Figure figure in item.Figures)
            figures.Write(json, figure);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static string Asset(string name)
    {
        using Stream stream = typeof(PageWriter).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program was built without '{name}'.");
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd().Replace("\r\n", "\n", StringComparison.Ordinal); // as a page is parsed, for the hashes
    }

    private static readonly Lazy<IFluidTemplate> Template = new(() => new FluidParser().Parse(Asset("page.liquid")));
}
