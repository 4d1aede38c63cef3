using System.Text.Json;

namespace IrtGpu.Foundation.Documents;

/// <summary>What the types of a document do not say of it.</summary>
internal static class JsonCheck
{
    /// <summary>Whether a list anywhere holds a null.</summary>
    /// <param name="element">Document or part of it.</param>
    public static bool HasNullElement(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().Any(child => child.ValueKind == JsonValueKind.Null || HasNullElement(child)),
        JsonValueKind.Object => element.EnumerateObject().Any(property => HasNullElement(property.Value)),
        _ => false,
    };
}
