using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IrtGpu.Foundation.Documents;

/// <summary>How JSON is written and read: camel case, enumerations by name, indented, strict about what is missing.</summary>
internal static class JsonSettings
{
    private static readonly JsonWriterOptions Format = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // names in any script stay readable
    };

    /// <summary>For reading, and for comparison with what is written.</summary>
    public static JsonSerializerOptions Options => Reflected.Options;

    /// <summary>The text that <paramref name="write"/> writes.</summary>
    public static string Text(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter writer = new(text, Format))
            write(writer);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    /// <summary>Writes to the stream, with a line feed at the end.</summary>
    public static void Write(Stream stream, Action<Utf8JsonWriter> write)
    {
        using (Utf8JsonWriter writer = new(stream, Format))
            write(writer);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>The number, or null where JSON has no word for it.</summary>
    public static double? Finite(double value) => double.IsFinite(value) ? value : null;

    // Made when first asked for: looking at the types takes longer than a small calibration, which only writes.
    private static class Reflected
    {
        public static JsonSerializerOptions Options { get; } = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            WriteIndented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        };
    }
}
