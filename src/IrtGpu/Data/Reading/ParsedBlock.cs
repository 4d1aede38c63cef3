using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Storage;

namespace IrtGpu.Data.Reading;

/// <summary>The persons of one block of text, responses still as provisional bytes.</summary>
internal sealed class ParsedBlock
{
    private readonly List<int> lineOffsets = [];
    private bool isRegular = true;

    public ParsedBlock(long firstLine) => FirstLine = firstLine;

    /// <summary>Line of the block's first record.</summary>
    public long FirstLine { get; }

    public int PersonCount { get; private set; }

    /// <summary>Provisional bytes, until they are taken. [person, item]</summary>
    public NativeBytes? Responses { private get; set; }

    public PersonIds.Part Ids { get; } = new();

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

    public void AddPerson(long line)
    {
        int offset = (int)(line - FirstLine);
        if (isRegular && offset != PersonCount)
        {
            isRegular = false;
            for (int person = 0; person < PersonCount; person++)
                lineOffsets.Add(person);
        }
        if (!isRegular)
            lineOffsets.Add(offset);
        PersonCount++;
    }

    /// <summary>Line at which the person's record begins.</summary>
    public long LineOf(int person) => FirstLine + (isRegular ? person : lineOffsets[person]);

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
