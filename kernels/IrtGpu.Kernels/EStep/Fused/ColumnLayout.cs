using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.EStep.Fused;

/// <summary>The columns of the answers: categories of items, 0 or 1 a pattern, in parts of at most 64, and parts in column groups of at most four.</summary>
/// <remarks>
/// An item that every pattern answers has no column for its first category, whose log-probability is in the bases and whose count is what is
/// left of the node total. An item with missing responses has one for each category. One column more is always answered: its count is the
/// node total.
/// </remarks>
internal sealed class ColumnLayout
{
    /// <summary>Columns that a group of threads holds.</summary>
    public const int MostOfGroup = MostParts * FusedKernels.Width;

    private const int MostParts = 4; // of a group of threads
    private const int MostColumns = 64 * MostOfGroup; // beyond, terms would go through memory more often than counts pay

    private const int FragmentWidth = 8;

    private ColumnLayout(int columnGroupCount, int partCount, int fragmentCount, int rowCount, int itemCount)
    {
        ColumnGroupCount = columnGroupCount;
        PartCount = partCount;
        FragmentCount = fragmentCount;
        int columns = AllParts * FusedKernels.Width;
        Item = Filled(columns, -2);
        Category = new int[columns];
        Row = Filled(columns, -1);
        ReferenceRow = Filled(columns, -1);
        BaseRow = Filled(itemCount, -1);
        ColumnOfRow = Filled(rowCount, -2);
        FirstRow = new int[rowCount];
        EndRow = new int[rowCount];
    }

    /// <summary>Launches that share the columns.</summary>
    public int ColumnGroupCount { get; }

    /// <summary>Parts of a column group: 1, 2 or 4; 4 where there are several.</summary>
    public int PartCount { get; }

    /// <summary>Parts of all column groups.</summary>
    public int AllParts => ColumnGroupCount * PartCount;

    /// <summary>Fragments of eight columns in each part.</summary>
    public int FragmentCount { get; }

    /// <summary>Dynamic shared memory of a group, bytes: table, posteriors, bases, frequencies.</summary>
    public int SharedBytes => sizeof(double)
        * (PartCount * FragmentCount * 2 * FusedKernels.StepLength + FusedKernels.Width * FusedPtx.RowStride + 2 * FusedKernels.Width);

    /// <summary>Column that is always answered.</summary>
    public int TotalColumn { get; private set; }

    /// <summary>Item of a column; −1: always answered; −2: none.</summary>
    public int[] Item { get; }

    /// <summary>Category of a column.</summary>
    public int[] Category { get; }

    /// <summary>Row of a column; −1: none.</summary>
    public int[] Row { get; }

    /// <summary>Row of the first category that a column takes away; −1: none.</summary>
    public int[] ReferenceRow { get; }

    /// <summary>First row of each item that all answer; −1: one that some do not. [item]</summary>
    public int[] BaseRow { get; }

    /// <summary>Column of a row; −1: a first category without one; −2: none.</summary>
    public int[] ColumnOfRow { get; }

    /// <summary>First row of the item of a row.</summary>
    public int[] FirstRow { get; }

    /// <summary>Row after the last of the item of a row.</summary>
    public int[] EndRow { get; }

    /// <summary>Lays out the columns of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <returns>Null: there are too many.</returns>
    public static ColumnLayout? TryCreate(CalibrationPlan plan, PatternTable patterns)
    {
        bool[] isComplete = FindCompleteItems(plan, patterns);
        int count = 1;
        for (int item = 0; item < plan.ItemCount; item++)
            count += plan.Items[item].CategoryCount - (isComplete[item] ? 1 : 0);
        if (count > MostColumns)
            return null;
        int groups = (count + MostOfGroup - 1) / MostOfGroup;
        int parts = count <= FusedKernels.Width ? 1 : count <= 2 * FusedKernels.Width ? 2 : MostParts;
        int perPart = (count + groups * parts - 1) / (groups * parts);
        ColumnLayout layout = new(groups, parts, (perPart + FragmentWidth - 1) / FragmentWidth, plan.RowCount, plan.ItemCount);
        layout.Fill(plan, isComplete);
        return layout;
    }

    private void Fill(CalibrationPlan plan, bool[] isComplete)
    {
        int next = 0;
        for (int item = 0; item < plan.ItemCount; item++)
        {
            int first = plan.Items[item].FirstRow;
            int end = first + plan.Items[item].CategoryCount;
            FirstRow.AsSpan(first, end - first).Fill(first);
            EndRow.AsSpan(first, end - first).Fill(end);
            if (isComplete[item])
            {
                BaseRow[item] = first;
                ColumnOfRow[first] = -1;
            }
            for (int row = isComplete[item] ? first + 1 : first; row < end; row++)
            {
                int column = Position(next++);
                (Item[column], Category[column], Row[column]) = (item, row - first, row);
                ReferenceRow[column] = isComplete[item] ? first : -1;
                ColumnOfRow[row] = column;
            }
        }
        TotalColumn = Position(next);
        Item[TotalColumn] = -1;
    }

    /// <summary>Columns fill the fragments of a part, then the next part.</summary>
    private int Position(int index)
    {
        int perPart = FragmentCount * FragmentWidth;
        return index / perPart * FusedKernels.Width + index % perPart;
    }

    private static bool[] FindCompleteItems(CalibrationPlan plan, PatternTable patterns)
    {
        bool[] isComplete = new bool[plan.ItemCount];
        Parallel.For(0, plan.ItemCount, item =>
        {
            bool complete = true;
            for (int pattern = 0; complete && pattern < patterns.PatternCount; pattern++)
                complete = patterns.Row(pattern)[item] != EStepKernels.Missing;
            isComplete[item] = complete;
        });
        return isComplete;
    }

    private static int[] Filled(int length, int value)
    {
        int[] values = new int[length];
        Array.Fill(values, value);
        return values;
    }
}
