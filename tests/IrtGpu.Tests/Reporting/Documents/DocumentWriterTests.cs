using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using IrtGpu.Foundation.Documents;
using IrtGpu.Inference.Rotation;
using IrtGpu.Reporting.Documents;
using IrtGpu.Reporting.Tables;

namespace IrtGpu.Tests.Reporting.Documents;

public sealed class DocumentWriterTests
{
    private int counter;

    [Fact]
    public void A_calibration_with_every_property_set_is_written_as_the_serializer_would()
    {
        CalibrationDocument document = (CalibrationDocument)Fill(typeof(CalibrationDocument));
        Assert.Equal(JsonSerializer.Serialize(document, JsonSettings.Options), JsonSettings.Text(json => json.Object(document, DocumentWriter.Write)));
    }

    [Fact]
    public void A_calibration_with_nothing_optional_is_written_as_the_serializer_would()
    {
        CalibrationDocument filled = (CalibrationDocument)Fill(typeof(CalibrationDocument));
        CalibrationDocument document = filled with
        {
            Specification = new(),
            Options = new(),
            Rotations = [],
            FreeParameterKeys = [new(filled.FreeParameterKeys[0].Kind)],
            Items = [filled.Items[0] with { StandardError = null }],
            Fit = filled.Fit with { LogLikelihood = null, Icl = null, Starts = [], Warnings = [], StandardErrors = new("none", null, null) },
        };
        Assert.Equal(JsonSerializer.Serialize(document, JsonSettings.Options), JsonSettings.Text(json => json.Object(document, DocumentWriter.Write)));
    }

    [Fact]
    public void Rotations_are_written_as_the_serializer_would()
    {
        RotatedSolution[] rotations = [(RotatedSolution)Fill(typeof(RotatedSolution)), (RotatedSolution)Fill(typeof(RotatedSolution))];
        using MemoryStream stream = new();
        RotationTable.WriteJson(stream, rotations);
        Assert.Equal(JsonSerializer.Serialize<IReadOnlyList<RotatedSolution>>(rotations, JsonSettings.Options) + "\n", System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }

    // A value of the type that no other property has.
    private object Fill(Type type)
    {
        counter++;
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Fill(underlying);
        if (type == typeof(string))
            return $"\"é\n{counter}";
        if (type == typeof(int) || type == typeof(long))
            return Convert.ChangeType(counter, type, null);
        if (type == typeof(double))
            return counter / 7.0;
        if (type == typeof(bool))
            return true;
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!;
        if (type == typeof(IReadOnlyDictionary<string, int[]>))
            return new Dictionary<string, int[]> { ["Item 1"] = [1, 0], ["item2"] = [] };
        if (type.IsArray || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)))
        {
            Type element = type.GetElementType() ?? type.GetGenericArguments()[0];
            Array values = Array.CreateInstance(element, 2);
            for (int i = 0; i < 2; i++)
                values.SetValue(Fill(element), i);
            return values;
        }
        object record = RuntimeHelpers.GetUninitializedObject(type);
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            if (property.CanWrite && property.GetCustomAttribute<JsonIgnoreAttribute>() is null or { Condition: JsonIgnoreCondition.WhenWritingNull })
                property.SetValue(record, Fill(property.PropertyType));
        }
        return record;
    }
}
