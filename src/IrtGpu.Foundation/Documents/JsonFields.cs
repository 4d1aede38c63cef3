using System.Text.Json;

namespace IrtGpu.Foundation.Documents;

/// <summary>Named values of a JSON object, as short calls.</summary>
internal static class JsonFields
{
    public static void Field(this Utf8JsonWriter json, string name, string? value) => json.WriteString(name, value);

    public static void Field(this Utf8JsonWriter json, string name, bool value) => json.WriteBoolean(name, value);

    public static void Field(this Utf8JsonWriter json, string name, long value) => json.WriteNumber(name, value);

    public static void Field(this Utf8JsonWriter json, string name, int value) => json.WriteNumber(name, value);

    public static void Field(this Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    public static void Field(this Utf8JsonWriter json, string name, double value) => json.WriteNumber(name, value);

    public static void Field(this Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    /// <summary>The name of the value, in camel case.</summary>
    public static void Field(this Utf8JsonWriter json, string name, Enum value) => json.WriteString(name, JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));

    public static void Field(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    public static void Field(this Utf8JsonWriter json, string name, int[] values)
    {
        json.WriteStartArray(name);
        foreach (int value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    public static void Field(this Utf8JsonWriter json, string name, int[][] rows)
    {
        json.WriteStartArray(name);
        foreach (int[] row in rows)
        {
            json.WriteStartArray();
            foreach (int value in row)
                json.WriteNumberValue(value);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    public static void Field(this Utf8JsonWriter json, string name, double[] values)
    {
        json.WritePropertyName(name);
        Values(json, values);
    }

    public static void Field(this Utf8JsonWriter json, string name, double[][] rows)
    {
        json.WriteStartArray(name);
        foreach (double[] row in rows)
            Values(json, row);
        json.WriteEndArray();
    }

    /// <summary>An array of objects.</summary>
    public static void Field<T>(this Utf8JsonWriter json, string name, IReadOnlyList<T> values, Action<Utf8JsonWriter, T> writeFields)
        where T : class
    {
        json.WritePropertyName(name);
        Objects(json, values, writeFields);
    }

    /// <summary>An object.</summary>
    public static void Field<T>(this Utf8JsonWriter json, string name, T value, Action<Utf8JsonWriter, T> writeFields)
        where T : class
    {
        json.WritePropertyName(name);
        Object(json, value, writeFields);
    }

    public static void Objects<T>(this Utf8JsonWriter json, IReadOnlyList<T> values, Action<Utf8JsonWriter, T> writeFields)
        where T : class
    {
        json.WriteStartArray();
        foreach (T value in values)
            Object(json, value, writeFields);
        json.WriteEndArray();
    }

    public static void Object<T>(this Utf8JsonWriter json, T value, Action<Utf8JsonWriter, T> writeFields)
        where T : class
    {
        json.WriteStartObject();
        writeFields(json, value);
        json.WriteEndObject();
    }

    private static void Values(Utf8JsonWriter json, double[] values)
    {
        json.WriteStartArray();
        foreach (double value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
