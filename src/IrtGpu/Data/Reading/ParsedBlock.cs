using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Storage;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Reading;

/// <summary>The persons of one block of text, responses still as provisional bytes.</summary>
/// <param name="firstLine">Line of the block's first record.</param>
internal sealed class ParsedBlock(long firstLine)
{
    /// <summary>Line at which each person's record begins. [person]</summary>
    public RowLines Lines { get; } = new(firstLine);

    public int PersonCount => Lines.Count;

    /// <summary>Provisional bytes, until they are taken. [person, item]</summary>
    public NativeBytes? Responses { private get; set; }

    public TextColumn.Part Ids { get; } = new();

    public List<double> Weights { get; } = [];

    /// <summary>Number in <see cref="GroupLabels"/>. [person]</summary>
    public List<int> Groups { get; } = [];

    public LabelSet GroupLabels { get; } = new();

    /// <summary>Number in <see cref="ClassLabels"/>, −1 unknown. [person]</summary>
    public List<int> Classes { get; } = [];

    public LabelSet ClassLabels { get; } = new();

    public ProblemLog Problems { get; } = new();

    public PlaceTally BlankLines { get; } = new();

    public PlaceTally EmptyPersons { get; } = new();

    public PlaceTally ZeroWeights { get; } = new();

    public PlaceTally BlankIds { get; } = new();

    /// <summary>Hands the provisional bytes over, and with them the duty to give their memory back.</summary>
    public NativeBytes TakeResponses()
    {
        NativeBytes taken = Responses ?? throw new InvalidOperationException("The block was not parsed to its end, or its responses were taken.");
        Responses = null;
        return taken;
    }

    /// <summary>Gives the memory of responses that nobody took back.</summary>
    public void Free() => Responses?.Dispose();
}
