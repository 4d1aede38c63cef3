using IrtGpu.Data.Answers;
using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables.Problems;

namespace IrtGpu.Data;

/// <summary>Coded responses of all persons, as read and checked.</summary>
/// <remarks>Disposing of it matters only where the responses lie in a temporary file, which is then given back before the process ends.</remarks>
public sealed class ResponseData : IDisposable
{
    /// <summary>The code of a response that is missing or not administered.</summary>
    public const byte Missing = 255;

    /// <summary>Item names, in column order. [item]</summary>
    public required string[] ItemNames { get; init; }

    /// <summary>Original integer codes of each item's categories, ascending; position = category. [item][category]</summary>
    public required int[][] CategoryCodes { get; init; }

    /// <summary>How answers were read where codes alone do not say so; null: codes say all. [item]</summary>
    public ItemAnswers[]? Answers { get; init; }

    /// <summary>Texts that meant missing in every column, beside blanks; null: the usual ones.</summary>
    public string[]? MissingCodes { get; init; }

    /// <summary>Category of each response, or <see cref="Missing"/>; one row a person. [person][item]</summary>
    public required CodedRows Responses { get; init; }

    /// <summary>Weight of each row; null when every weight is 1. [person]</summary>
    public double[]? Weights { get; init; }

    /// <summary>
    /// Whether the weights say how many of the population a person was drawn for, so that only their ratios count, and not how many persons
    /// a row stands for.
    /// </summary>
    public bool AreSamplingWeights { get; init; }

    /// <summary>Identifier of each row; null when there is no id column (rows are then numbered from 1). [person]</summary>
    /// <remarks>As read from a file they are held as UTF-8 text; each request makes a new string.</remarks>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>Observed group names, ascending by first appearance; one empty name when there is no group column. [group]</summary>
    public string[] GroupNames { get; init; } = [""];

    /// <summary>Observed group of each row; null when there is one group. [person]</summary>
    public int[]? Groups { get; init; }

    /// <summary>Names of known classes, sorted; empty when there is no class column. [class]</summary>
    public string[] ClassNames { get; init; } = [];

    /// <summary>Known class of each row, −1 where unknown; null when there is no class column. [person]</summary>
    public int[]? KnownClasses { get; init; }

    /// <summary>Number of rows N.</summary>
    public required int PersonCount { get; init; }

    /// <summary>Number of items I.</summary>
    public int ItemCount => ItemNames.Length;

    /// <summary>SHA-256 of the input bytes, lower-case hexadecimal; empty when the data did not come from a file.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>What the reader noticed but could live with, each a complete sentence with place, value and remedy.</summary>
    public IReadOnlyList<DataProblem> Warnings { get; init; } = [];

    /// <summary>The same persons, where some items have further categories.</summary>
    /// <param name="codes">Codes, ascending; of each item all that it has, and perhaps more. [item][category]</param>
    /// <param name="warning">Says so.</param>
    internal ResponseData WithCategories(int[][] codes, DataProblem warning)
    {
        byte[][] map = [.. CategoryCodes.Select((own, item) => Array.ConvertAll(own, code => (byte)Array.BinarySearch(codes[item], code)))]; // [item][category]
        return new ResponseData
        {
            ItemNames = ItemNames,
            CategoryCodes = codes,
            Answers = Answers,
            MissingCodes = MissingCodes,
            Responses = Responses.CreateBeside(PersonCount, ItemCount, (first, rows) =>
            {
                for (int person = first; rows.Length > 0; person++, rows = rows[ItemCount..])
                {
                    ReadOnlySpan<byte> row = Row(person);
                    for (int item = 0; item < row.Length; item++)
                        rows[item] = row[item] == Missing ? Missing : map[item][row[item]];
                }
            }),
            Weights = Weights,
            AreSamplingWeights = AreSamplingWeights,
            Ids = Ids,
            GroupNames = GroupNames,
            Groups = Groups,
            ClassNames = ClassNames,
            KnownClasses = KnownClasses,
            PersonCount = PersonCount,
            Sha256 = Sha256,
            Warnings = [.. Warnings, warning],
        };
    }

    /// <summary>The responses of one person. [item]</summary>
    /// <param name="person">0-based row.</param>
    public ReadOnlySpan<byte> Row(int person) => Responses[person];

    /// <summary>Gives the responses' temporary file back, if there is one; nothing that was made of these data may be used from then on.</summary>
    public void Dispose() => Responses.Dispose();
}
