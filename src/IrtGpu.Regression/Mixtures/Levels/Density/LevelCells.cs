using IrtGpu.Foundation.Collections;

namespace IrtGpu.Regression.Mixtures.Levels.Density;

/// <summary>Cells: the rows that share a level of the random effects and a unit of the classes, cells of one parent next to each other.</summary>
/// <remarks>
/// Where a unit holds whole levels (classes of levels) the parent is the unit; where a level holds whole units (classes of rows, or of groups of
/// rows) it is the level.
/// </remarks>
internal sealed class LevelCells
{
    private LevelCells(int[] rows, int[] rowStart, int[] parent, int[] child, int[] parentStart)
    {
        Rows = rows;
        RowStart = rowStart;
        Parent = parent;
        Child = child;
        ParentStart = parentStart;
    }

    /// <summary>Rows of the data, cell after cell. [position]</summary>
    public int[] Rows { get; }

    /// <summary>Position of a cell's first row; the number of rows last. [cell + 1]</summary>
    public int[] RowStart { get; }

    /// <summary>[cell]</summary>
    public int[] Parent { get; }

    /// <summary>The level within a unit, or the unit within a level. [cell]</summary>
    public int[] Child { get; }

    /// <summary>First cell of a parent; the number of cells last. [parent + 1]</summary>
    public int[] ParentStart { get; }

    public int Count => Parent.Length;

    public int ParentCount => ParentStart.Length - 1;

    /// <summary>Sorts rows into cells.</summary>
    /// <param name="parent">0-based, each number in use. [row]</param>
    /// <param name="child">0-based, each number in use. [row]</param>
    public static LevelCells Of(int[] parent, int[] child)
    {
        int[] byChild = CountingSort.Order(child.Length, child.Max() + 1, row => child[row]);
        int parentCount = parent.Max() + 1;
        int[] order = CountingSort.Order(child.Length, parentCount, position => parent[byChild[position]]);
        int[] rows = Array.ConvertAll(order, position => byChild[position]);
        List<int> rowStart = [];
        List<int> parents = [];
        List<int> children = [];
        int[] parentStart = new int[parentCount + 1];
        for (int position = 0; position < rows.Length; position++)
        {
            (int own, int inner) = (parent[rows[position]], child[rows[position]]);
            if (parents.Count > 0 && parents[^1] == own && children[^1] == inner)
                continue;
            rowStart.Add(position);
            parents.Add(own);
            children.Add(inner);
            parentStart[own + 1] = parents.Count;
        }
        rowStart.Add(rows.Length);
        return new LevelCells(rows, [.. rowStart], [.. parents], [.. children], parentStart);
    }
}
