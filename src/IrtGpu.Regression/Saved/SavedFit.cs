using System.Text.Json;
using System.Text.Json.Serialization;
using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Regression.Saved;

/// <summary>What <c>regression.json</c> holds of every regression.</summary>
internal abstract record SavedFit
{
    /// <summary>Where it was read.</summary>
    [JsonIgnore]
    public string Path { get; private init; } = "";

    public required string Kind { get; init; }

    public required string Version { get; init; }

    public required string Formula { get; init; }

    public required string? WeightColumn { get; init; }

    /// <summary><c>ML</c>, <c>REML</c>, or <c>posterior mode</c> where there are priors.</summary>
    public required string Criterion { get; init; }

    public required double LogLikelihood { get; init; }

    public required int FreeParameters { get; init; }

    public required int Rows { get; init; }

    public required bool Converged { get; init; }

    public required string InputSha256 { get; init; }

    /// <summary>Cross-validation where there were draws.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SavedValidation? Loo { get; init; }

    /// <summary>Throws where lists of the file do not fit each other.</summary>
    /// <param name="file">The file.</param>
    protected abstract void Check(string file);

    /// <summary>Reads a file, or <c>regression.json</c> in a folder.</summary>
    /// <param name="path">File or folder.</param>
    /// <param name="kind">Its key <c>kind</c>.</param>
    /// <param name="otherwise">What it is where that key says otherwise.</param>
    /// <exception cref="DataException">It is not there, damaged, or of another kind.</exception>
    protected static TSaved Read<TSaved>(string path, string kind, string otherwise)
        where TSaved : SavedFit
    {
        string file = Directory.Exists(path) ? System.IO.Path.Combine(path, SavedRegression.FileName) : path;
        try
        {
            byte[] bytes = File.ReadAllBytes(file);
            using (JsonDocument document = JsonDocument.Parse(bytes))
            {
                if (JsonCheck.HasNullElement(document.RootElement))
                    throw Failure(file, "The file is damaged: an entry of a list is null. Fit the model again.");
            }
            TSaved? saved = JsonSerializer.Deserialize<TSaved>(bytes, JsonSettings.Options);
            if (saved is null || saved.Kind != kind)
                throw Failure(file, $"{otherwise} Give the regression.json of its folder.");
            saved.Check(file);
            return saved with { Path = file };
        }
        catch (JsonException cause)
        {
            throw Failure(file, $"The file is damaged or no result of 'irtgpu regress': {cause.Message.Split(" Path:")[0]} Fit the model again.");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Failure(file, File.Exists(file) ? $"The file cannot be read: {cause.Message}" : "There is no such file. 'irtgpu regress FORMULA DATA --out DIR' writes DIR/regression.json.");
        }
    }

    /// <summary>What is wrong with a file.</summary>
    protected static DataException Failure(string path, string message) => new([new DataProblem(message, path)]);

    /// <summary>Writes the fields that all have, as the first ones.</summary>
    /// <param name="json">Where to.</param>
    public void WriteHead(Utf8JsonWriter json)
    {
        json.Field("kind", Kind);
        json.Field("version", Version);
        json.Field("formula", Formula);
        json.Field("weightColumn", WeightColumn);
        json.Field("criterion", Criterion);
        json.Field("logLikelihood", LogLikelihood);
        json.Field("freeParameters", FreeParameters);
        json.Field("rows", Rows);
        json.Field("converged", Converged);
    }
}
