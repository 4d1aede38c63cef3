using System.Text.Json.Serialization;
using IrtGpu.Data.Answers;
using IrtGpu.Inference.Rotation;
using IrtGpu.Planning.Layout;
using IrtGpu.Reporting.Tables;
using IrtGpu.Specification;

namespace IrtGpu.Reporting.Documents;

/// <summary>The content of <c>calibration.json</c>, as it is written and read.</summary>
internal sealed record CalibrationDocument
{
    public const string FormatName = "irtgpu-calibration";
    public const int CurrentVersion = 2;

    /// <summary>The last version that had names in place of keys.</summary>
    public const int LastVersionWithNames = 1;

    public required string Format { get; init; }

    public required int FormatVersion { get; init; }

    public required string ProgramVersion { get; init; }

    /// <summary>Arguments of the run, to repeat it; empty when it was not started from a command line.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    public required ModelSpecification Specification { get; init; }

    public required CalibrationOptions Options { get; init; }

    public required DataDocument Data { get; init; }

    /// <summary>Free parameters on the working scale, in the order of the layout.</summary>
    public required double[] FreeParameters { get; init; }

    /// <summary>What each of them is; checked on reading, so that values never land on other parameters.</summary>
    public IReadOnlyList<ParameterKey> FreeParameterKeys { get; init; } = [];

    /// <summary>The same in words, as files of version 1 have it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)]
    public IReadOnlyList<string> FreeParameterNames { get; init; } = [];

    /// <summary>
    /// Covariance of the free parameters, packed lower triangle, working scale, as IEEE doubles, little-endian, in base 64; NaN of those without
    /// limit. Null where there is none, or too many for the file.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? FreeParameterCovariance { get; init; }

    public required IReadOnlyList<ItemRow> Items { get; init; }

    public required IReadOnlyList<PopulationRow> Population { get; init; }

    /// <summary>Rotated exploratory solutions; files of older versions have none.</summary>
    public IReadOnlyList<RotatedSolution> Rotations { get; init; } = [];

    public required FitSummary Fit { get; init; }
}

/// <summary>What the plan needs to know of the data.</summary>
internal sealed record DataDocument
{
    public required IReadOnlyList<ItemDocument> Items { get; init; }

    public required string[] Groups { get; init; }

    /// <summary>Sum of the weights of each group.</summary>
    public required double[] GroupWeights { get; init; }

    public required string[] KnownClasses { get; init; }

    /// <summary>Texts that mean missing in every column; null: the usual ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? MissingCodes { get; init; }
}

/// <summary>An item of the data.</summary>
/// <param name="Name">Column name.</param>
/// <param name="Codes">Category codes, ascending.</param>
/// <param name="Groups">Positions of the groups in which it was given.</param>
/// <param name="Answers">How answers to it are read; null: by the codes alone.</param>
/// <param name="Unused">Categories that nobody gave, in each of these groups; null: every category was given in all of them.</param>
internal sealed record ItemDocument(
    string Name, int[] Codes, int[] Groups,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ItemAnswers? Answers = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int[][]? Unused = null);
