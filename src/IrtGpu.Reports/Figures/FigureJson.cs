using System.Globalization;
using System.Text.Json;

namespace IrtGpu.Reports.Figures;

/// <summary>Writes figures as data for the script of a page; arrays that several series share are written once.</summary>
internal sealed class FigureJson
{
    private readonly List<double[]> grids = [];

    /// <summary>Shared arrays, by the number that series name.</summary>
    public IReadOnlyList<double[]> Grids => grids;

    /// <summary>Declares an array that series refer to by reference.</summary>
    public void Share(double[] grid) => grids.Add(grid);

    public void Write(Utf8JsonWriter json, Figure figure)
    {
        json.WriteStartObject();
        json.WriteString("id", figure.Id);
        json.WriteString("title", figure.Title);
        json.WriteString("text", figure.Text);
        json.WriteString("layout", figure.Layout switch
        {
            FigureLayout.Plane => "plane",
            FigureLayout.Wright => "wright",
            _ => throw new ArgumentOutOfRangeException(nameof(figure), figure.Layout, "There is no such layout."),
        });
        json.WriteNumber("height", figure.Height);
        Write(json, "x", figure.X);
        Write(json, "y", figure.Y);
        if (figure.Right is { } right)
            Write(json, "right", right);
        if (figure.Marks.Count > 0)
        {
            json.WriteStartArray("marks");
            foreach (Mark mark in figure.Marks)
            {
                json.WriteStartObject();
                Number(json, "at", mark.At);
                json.WriteString("label", mark.Label);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteStartArray("series");
        foreach (Series series in figure.Series)
            Write(json, series);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>An array; what is no finite number is null.</summary>
    public static void Values(Utf8JsonWriter json, double[] values)
    {
        json.WriteStartArray();
        foreach (double value in values)
            Value(json, value);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, Axis axis)
    {
        json.WriteStartObject(name);
        json.WriteString("label", axis.Label);
        if (axis.Low is { } low)
            Number(json, "low", low);
        if (axis.High is { } high)
            Number(json, "high", high);
        if (axis.Names is { } names)
            Texts(json, "names", names);
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, Series series)
    {
        json.WriteStartObject();
        json.WriteString("name", series.Name);
        json.WriteString("form", series.Form switch
        {
            SeriesForm.Line => "line",
            SeriesForm.Dashed => "dashed",
            SeriesForm.Points => "points",
            SeriesForm.Bars => "bars",
            SeriesForm.Intervals => "intervals",
            _ => throw new ArgumentOutOfRangeException(nameof(series), series.Form, "There is no such form."),
        });
        int grid = grids.FindIndex(shared => ReferenceEquals(shared, series.X));
        if (grid >= 0)
            json.WriteNumber("grid", grid);
        else
            Array(json, "x", series.X);
        Array(json, "y", series.Y);
        if (series.Lower.Length > 0)
            Array(json, "lower", series.Lower);
        if (series.Upper.Length > 0)
            Array(json, "upper", series.Upper);
        if (series.Labels.Count > 0)
            Texts(json, "labels", series.Labels);
        if (series.IsRight)
            json.WriteBoolean("right", true);
        if (series.Colour is { } colour)
            json.WriteNumber("colour", colour);
        json.WriteEndObject();
    }

    private static void Array(Utf8JsonWriter json, string name, double[] values)
    {
        json.WritePropertyName(name);
        Values(json, values);
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        json.WritePropertyName(name);
        Value(json, value);
    }

    // Four digits of a probability and seven of other numbers are more than a picture shows; tables of the page have all.
    private static void Value(Utf8JsonWriter json, double value)
    {
        if (!double.IsFinite(value))
        {
            json.WriteNullValue();
            return;
        }
        Span<byte> text = stackalloc byte[32];
        if (value.TryFormat(text, out int written, Math.Abs(value) < 1 ? "G4" : "G7", CultureInfo.InvariantCulture))
            json.WriteRawValue(text[..written], skipInputValidation: true);
    }
}
