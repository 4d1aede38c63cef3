using IrtGpu.Compute.Reduction.Layout;

namespace IrtGpu.Kernels.Reduction.Layout;

/// <summary>How a step's cells lie on a device: rows fastest, so that neighbouring threads have neighbouring separators, and without padding.</summary>
/// <remarks>
/// Cell = node · rows + row. A message has a number a row; it lies as its parent reads it, the last attribute of the separator (the parent's own)
/// slowest: place = last · rest + rest's node. An item's nodes run in the order of the step, its own attribute slowest, so that the nodes of an item that
/// measures all attributes of a step are the cells.
/// </remarks>
internal sealed class DeviceStep
{
    private readonly ReducedStep step;
    private readonly int[] attributes; // own, then those of the separator

    /// <summary>Names the step.</summary>
    /// <param name="step">As on the host.</param>
    public DeviceStep(ReducedStep step)
    {
        this.step = step;
        attributes = [step.Source.Attribute, .. step.Source.Separator];
        RestCount = step.Source.Separator.Length == 0 ? 1 : step.RowCount / step.NodeCount;
    }

    /// <summary>D · rows.</summary>
    public int CellCount => step.NodeCount * step.RowCount;

    /// <summary>Rows without the last attribute of the separator.</summary>
    public int RestCount { get; }

    /// <summary>Attributes of this step in the order in which nodes run on the device, the last fastest.</summary>
    /// <param name="some">Some of them.</param>
    public int[] InOrder(int[] some) => [.. attributes.Where(some.Contains)];

    /// <summary>Where each cell lies among the nodes of some attributes.</summary>
    /// <param name="some">Attributes of the step, the last running fastest.</param>
    /// <returns>[cell]</returns>
    public int[] NodesOf(int[] some)
    {
        (int[] rowPart, int stride) = step.Project(some);
        int[] nodes = new int[CellCount];
        for (int cell = 0; cell < nodes.Length; cell++)
            nodes[cell] = rowPart[cell % step.RowCount] + stride * (cell / step.RowCount);
        return nodes;
    }

    /// <summary>Where in the message of a child each row has its number at the first node.</summary>
    /// <param name="child">Position among the children.</param>
    /// <returns>[row]</returns>
    public int[] RestsOf(int child) => [.. step.ChildRow[child].Select(first => first / step.Width)];

    /// <summary>What is at each place, where every place is met equally often.</summary>
    /// <param name="places">Place of each element.</param>
    /// <param name="placeCount">Number of places.</param>
    /// <returns>[place, element in order]</returns>
    public static int[] Invert(int[] places, int placeCount)
    {
        int each = places.Length / placeCount;
        int[] found = new int[placeCount];
        int[] elements = new int[places.Length];
        for (int element = 0; element < places.Length; element++)
            elements[places[element] * each + found[places[element]]++] = element;
        return elements;
    }
}
