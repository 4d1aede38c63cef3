using System.Globalization;
using System.Text.Json;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Writing;

namespace IrtGpu.Reports.Folders;

/// <summary>A JSON object of a folder, such as <c>fit.json</c>; what is missing or null reads as nothing.</summary>
internal sealed class ResultDocument
{
    private readonly JsonElement root;
    private readonly string path;

    private ResultDocument(JsonElement root, string path)
    {
        this.root = root;
        this.path = path;
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataException">It is missing or no JSON object.</exception>
    public static ResultDocument Read(string path)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new DataException([new DataProblem("This is JSON but no object. The file was changed: run the command again that wrote it.", path)]);
            return new ResultDocument(json.RootElement.Clone(), path);
        }
        catch (JsonException cause)
        {
            throw new DataException([new DataProblem("The file is no complete JSON. It was changed or cut off: run the command again that wrote it.", path, cause.LineNumber + 1)]);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new DataException([new DataProblem($"The file cannot be read: {AtomicFile.Describe(cause)}", path)]);
        }
    }

    public string? Text(string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public double? Number(string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    public bool? Truth(string name) => root.TryGetProperty(name, out JsonElement value)
        ? value.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null } : null;

    /// <summary>An object within; null where there is none.</summary>
    public ResultDocument? Part(string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object ? new ResultDocument(value, path) : null;

    /// <summary>The objects of an array; empty where there is none.</summary>
    public IReadOnlyList<ResultDocument> Parts(string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array
        ? [.. value.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Object).Select(part => new ResultDocument(part, path))] : [];

    /// <summary>The texts of an array; empty where there is none.</summary>
    public IReadOnlyList<string> Texts(string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array
        ? [.. value.EnumerateArray().Select(Show)] : [];

    private static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetDouble().ToString(CultureInfo.InvariantCulture),
        _ => value.GetRawText(),
    };
}
