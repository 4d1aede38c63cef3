using IrtGpu.Data.Coding;
using IrtGpu.Foundation.Tables;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Foundation.Tables.Storage;
using IrtGpu.Foundation.Tables.Text;

namespace IrtGpu.Data.Reading;

/// <summary>The persons read so far: provisional codes, and what stands in the columns that are no items.</summary>
/// <param name="plan">The columns; only those that are there are gathered.</param>
/// <param name="storage">Where responses are kept.</param>
/// <param name="delimiter">What separates fields.</param>
internal sealed class PersonRows(ColumnPlan plan, RowStorage storage, char delimiter) : IDisposable
{
    private const int BlockLength = 1 << 18; // bytes of codes handed on at a time

    private readonly int itemCount = plan.ItemNames.Length;
    private readonly byte[] block = new byte[Math.Max(BlockLength, plan.ItemNames.Length)]; // [person, item]
    private int used;

    public int Count => Lines.Count;

    /// <summary>Line at which each person's record begins. [person]</summary>
    public RowLines Lines { get; } = new();

    /// <summary>Complete but for the last block, until <see cref="Complete"/>.</summary>
    public CodedRowsBuilder Responses { get; } = new(plan.ItemNames.Length, storage);

    /// <summary>Null where there is no id column. [person]</summary>
    public TextColumn.Builder? Ids { get; } = plan.Has(ColumnPlan.Id) ? new() : null;

    /// <summary>Null where there is no weight column. [person]</summary>
    public WeightColumn? Weights { get; } = plan.Has(ColumnPlan.Weight) ? new(delimiter) : null;

    /// <summary>Null where there is no group column. [person]</summary>
    public LabelColumn? Groups { get; } = plan.Has(ColumnPlan.Group) ? new() : null;

    /// <summary>Null where there is no class column. [person]</summary>
    public LabelColumn? Classes { get; } = plan.Has(ColumnPlan.Class) ? new() : null;

    public PlaceTally BlankLines { get; } = new();

    /// <summary>Rows that repeat the header.</summary>
    public PlaceTally HeaderLines { get; } = new();

    public PlaceTally EmptyPersons { get; } = new();

    /// <summary>Persons who left every item blank, where that is wrong.</summary>
    public PlaceTally BlankPersons { get; } = new();

    public PlaceTally MissingGroups { get; } = new();

    public PlaceTally BlankIds { get; } = new();

    /// <summary>Adds a person.</summary>
    /// <param name="line">Line at which the record begins.</param>
    /// <returns>The person's provisional codes, to be filled. [item]</returns>
    public Span<byte> Add(long line)
    {
        Lines.Add(line);
        if (used + itemCount > block.Length)
            Complete();
        used += itemCount;
        return block.AsSpan(used - itemCount, itemCount);
    }

    /// <summary>Hands the codes of the last persons on.</summary>
    public void Complete()
    {
        if (used > 0)
            Responses.Append(new NativeBytes(block.AsSpan(0, used)));
        used = 0;
    }

    public void Dispose() => Responses.Dispose();
}
