using IrtGpu.Compute.Tables;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.Integration;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.Reduction.Layout;

/// <summary>The cells that one attribute is summed out over, and where items, populations and messages of other steps lie in them.</summary>
/// <remarks>
/// A row for each combination of nodes of the separator, the last of its attributes running fastest; in a row the nodes of the step's own
/// attribute, padded to eights. A message to the parent has a number a row, and lies so that the parent's own attribute, the last of the
/// separator, runs along its rows in turn: [rows without the last attribute][padded node of the last].
/// </remarks>
internal sealed class ReducedStep : IDisposable
{
    private const int LargestFactorCount = 12; // joint tables whose likelihoods are multiplied: each is 1 where it is largest, so that the product of so many stays a number

    private readonly int nodeCount; // D

    /// <summary>Lays a step out.</summary>
    /// <param name="plan">The plan, whose grid has a line of nodes.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="source">The step.</param>
    /// <param name="before">The steps before it, in order.</param>
    public ReducedStep(CalibrationPlan plan, PatternTable patterns, EliminationStep source, IReadOnlyList<ReducedStep> before)
    {
        Source = source;
        nodeCount = plan.Grid.NodesPerAttribute;
        Width = Pad(nodeCount);
        RowCount = Power(source.Separator.Length);
        MessageLength = source.Separator.Length == 0 ? 1 : Power(source.Separator.Length - 1) * Width;
        MessagePosition = [.. Enumerable.Range(0, RowCount).Select(row => source.Separator.Length == 0 ? 0 : row / nodeCount * Width + row % nodeCount)];
        ChildRow = [.. source.Children.Select(child => Pin(Project(before[child].Source.Separator.AsSpan(..^1)).RowPart, Width))];
        Joint = source.Items.Length == 0 ? null : JointItems.Create(plan, patterns, source.Items, CellCount);
        HasNarrowChild = source.Children.Any(child => before[child].Source.Separator.Length <= source.Separator.Length);
        Level = source.Children.Length == 0 ? 0 : 1 + source.Children.Max(child => before[child].Level);
    }

    /// <summary>The step.</summary>
    public EliminationStep Source { get; }

    /// <summary>Cells of a row: nodes, padded.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int RowCount { get; }

    /// <summary>Rows times width.</summary>
    public int CellCount => RowCount * Width;

    /// <summary>Numbers of a message.</summary>
    public int MessageLength { get; }

    /// <summary>Where a row's number stands in the message. [row]</summary>
    public int[] MessagePosition { get; }

    /// <summary>Where in a child's message each row begins; pinned. [child][row]</summary>
    public int[][] ChildRow { get; }

    /// <summary>Own items; null where there are none.</summary>
    public JointItems? Joint { get; }

    /// <summary>Number of joint tables.</summary>
    public int JointCount => Joint?.GroupCount ?? 0;

    /// <summary>Whether tables hold logarithms, which are added and shifted, since the product of all might vanish.</summary>
    public bool IsLog => JointCount > LargestFactorCount;

    /// <summary>Whether a child's message depends on fewer attributes than the rows, so that several rows add to the same sums of it.</summary>
    public bool HasNarrowChild { get; }

    /// <summary>Longest way to a step without children: steps of a level do not wait for each other.</summary>
    public int Level { get; }

    /// <summary>Where cells lie among the nodes of some attributes.</summary>
    /// <param name="attributes">Attributes of this step, the last running fastest.</param>
    /// <returns>The node of a cell is RowPart[row] + Stride · (node of the step's attribute).</returns>
    public (int[] RowPart, int Stride) Project(ReadOnlySpan<int> attributes)
    {
        int[] rowPart = new int[RowCount];
        int stride = 0;
        for (int position = 0; position < attributes.Length; position++)
        {
            int weight = Power(attributes.Length - 1 - position);
            int place = Array.IndexOf(Source.Separator, attributes[position]);
            if (place < 0)
            {
                stride = weight;
                continue;
            }
            int period = Power(Source.Separator.Length - 1 - place);
            for (int row = 0; row < RowCount; row++)
                rowPart[row] += row / period % nodeCount * weight;
        }
        return (rowPart, stride);
    }

    /// <summary>Number of nodes of a row, padding left out.</summary>
    public int NodeCount => nodeCount;

    /// <inheritdoc/>
    public void Dispose() => Joint?.Dispose();

    private static int[] Pin(int[] rows, int width)
    {
        int[] pinned = GC.AllocateArray<int>(rows.Length, pinned: true);
        for (int row = 0; row < rows.Length; row++)
            pinned[row] = rows[row] * width;
        return pinned;
    }

    private int Power(int exponent)
    {
        int power = 1;
        for (int k = 0; k < exponent; k++)
            power *= nodeCount;
        return power;
    }

    private static int Pad(int count) => (count + LaneMemory.MostLanes - 1) / LaneMemory.MostLanes * LaneMemory.MostLanes;
}
