namespace IrtGpu.Compute.Reduction.Layout;

/// <summary>The parts of a step without children in an order in which those with the same answers to most items stand together: what these multiply to is found once a run.</summary>
/// <remarks>
/// Joint tables are parted into those of the run, whose product is kept, and those that each part has alone, the largest; the split takes the fewest
/// loads and stores. Twenty dichotomous items have a million sets of answers, of which most occur once, but their first eight have 256.
/// </remarks>
internal sealed class PartRuns
{
    private PartRuns(int[] parts, int[] start, int[] shared, int[] own, int[] rows)
    {
        Parts = parts;
        Start = start;
        Shared = shared;
        Own = own;
        Rows = rows;
    }

    /// <summary>Parts in order. [position]</summary>
    public int[] Parts { get; }

    /// <summary>First position of each run, and the number of parts. [run + 1]</summary>
    public int[] Start { get; }

    /// <summary>Joint tables in which the parts of a run have the same row.</summary>
    public int[] Shared { get; }

    /// <summary>The others.</summary>
    public int[] Own { get; }

    /// <summary>Rows in these, the tables' rows being stacked. [position, own table]</summary>
    public int[] Rows { get; }

    /// <summary>Whether a step is computed by runs: it has items, no children, and enough rows of cells to share out among threads.</summary>
    /// <param name="step">The step.</param>
    public static bool IsFor(ReducedStep step) => step.Source.Children.Length == 0 && step.JointCount > 0 && !step.IsLog && step.RowCount > 1;

    /// <summary>Orders the parts.</summary>
    /// <param name="step">A step that runs are for.</param>
    /// <param name="keys">Keys. [part, place in the key]</param>
    public static PartRuns Of(ReducedStep step, int[] keys)
    {
        int length = 1 + step.JointCount;
        int count = keys.Length / length;
        int[] tables = [.. Enumerable.Range(0, step.JointCount).OrderBy(table => step.Joint!.RowCount[table])]; // the largest last
        ulong[] order = new ulong[count]; // group and rows in mixed radix; where that overflows runs are shorter, no more
        int[] parts = new int[count];
        for (int part = 0; part < count; part++)
        {
            parts[part] = part;
            order[part] = (ulong)keys[part * length];
            foreach (int table in tables)
                order[part] = order[part] * (ulong)step.Joint!.RowCount[table] + (ulong)RowOf(part, table);
        }
        Array.Sort(order, parts);
        (int sharedCount, int[] start) = Enumerable.Range(0, tables.Length).Select(shared => (Shared: shared, Start: Runs(shared)))
            .MinBy(split => Cost(count, split.Start.Length - 1, split.Shared, tables.Length - split.Shared));
        int[] own = tables[sharedCount..];
        int[] rows = new int[count * own.Length];
        for (int position = 0; position < count; position++)
        {
            for (int slot = 0, stacked = 0; slot < own.Length; stacked += step.Joint!.RowCount[own[slot++]])
                rows[position * own.Length + slot] = stacked + RowOf(parts[position], own[slot]);
        }
        return new PartRuns(parts, start, tables[..sharedCount], own, rows);

        int RowOf(int part, int table) => keys[part * length + 1 + table] - step.Joint!.FirstRow[table];

        int[] Runs(int shared)
        {
            List<int> starts = [];
            for (int position = 0; position < count; position++)
            {
                if (position == 0 || keys[parts[position] * length] != keys[parts[position - 1] * length]
                    || tables.Take(shared).Any(table => RowOf(parts[position], table) != RowOf(parts[position - 1], table)))
                {
                    starts.Add(position);
                }
            }
            return [.. starts, count];
        }
    }

    /// <summary>Loads and stores of one vector, both ways.</summary>
    private static double Cost(int parts, int runs, int shared, int own) => (double)parts * (3 + 4 * own) + (double)runs * (8 + 4 * shared);
}
