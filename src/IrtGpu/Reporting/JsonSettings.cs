using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IrtGpu.Reporting;

/// <summary>How JSON is written and read: camel case, enumerations by name, indented, strict about what is missing.</summary>
internal static class JsonSettings
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // names in any script stay readable
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The number, or null where JSON has no word for it.</summary>
    public static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
