using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Kernels.Gathering;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Reduction.Layout;

/// <summary>What every joint row and every population weight adds up, where it stands, and how counts go back to items: the same for all runs and cycles.</summary>
internal sealed class ReducedTableLists
{
    private readonly ReducedLayout layout;
    private readonly CalibrationPlan plan;
    private readonly DeviceStep[] steps;
    private readonly Dictionary<(int Step, string Attributes), int> mapOf = [];
    private readonly List<int> maps = [];

    /// <summary>Lays tables out.</summary>
    /// <param name="layout">The steps.</param>
    /// <param name="steps">The same on the device.</param>
    public ReducedTableLists(ReducedLayout layout, DeviceStep[] steps)
    {
        this.layout = layout;
        this.steps = steps;
        plan = layout.Plan;
        SetFirst = new int[layout.Sets.Count];
        for (int set = 0; set < SetFirst.Length; set++)
        {
            SetFirst[set] = SetLength;
            SetLength += layout.Nodes[layout.Sets[set].Length].Length / layout.Sets[set].Length;
        }
        Values = new long[steps.Length];
        Priors = new long[steps.Length];
        JointRows = new int[steps.Length];
        for (int step = 0; step < steps.Length; step++)
        {
            Values[step] = ValueLength;
            Priors[step] = PriorLength;
            JointRows[step] = JointRowCount;
            int rows = plan.Tables.Count * (layout.Steps[step].Joint?.TotalRows ?? 0);
            ValueLength += (long)rows * steps[step].CellCount;
            PriorLength = checked(PriorLength + plan.Blocks.Count * steps[step].CellCount);
            JointRowCount = checked(JointRowCount + rows);
        }
    }

    /// <summary>Joint rows of each step. [step] of [item table][joint row, cell]</summary>
    public long[] Values { get; }

    /// <summary>Doubles of all joint rows.</summary>
    public long ValueLength { get; }

    /// <summary>Weights of populations of each step. [step] of [block][cell]</summary>
    public long[] Priors { get; }

    /// <summary>Doubles of all weights.</summary>
    public int PriorLength { get; }

    /// <summary>First joint row of each step. [step] of [item table][joint row]</summary>
    public int[] JointRows { get; }

    /// <summary>Joint rows of all steps and tables.</summary>
    public int JointRowCount { get; }

    /// <summary>First node of each set of correlated attributes. [set]</summary>
    public int[] SetFirst { get; }

    /// <summary>Nodes of all sets.</summary>
    public int SetLength { get; }

    /// <summary>All maps so far.</summary>
    public int[] Maps => [.. maps];

    /// <summary>Joint rows, each a group of threads.</summary>
    /// <param name="first">Where the log-probabilities of an item begin, by table and item; below 0: the table does not have it.</param>
    public (ReducedLine[] Lines, ReducedTerm[] Terms) Joint(Func<int, int, long> first)
    {
        List<ReducedLine> lines = [];
        List<ReducedTerm> terms = [];
        foreach (ReducedStep step in layout.Steps.Where(step => step.Joint is not null))
        {
            int index = step.Source.Index;
            int cells = steps[index].CellCount;
            for (int table = 0; table < plan.Tables.Count; table++)
            {
                for (int group = 0; group < step.Joint!.GroupCount; group++)
                {
                    for (int row = step.Joint.FirstRow[group]; row < step.Joint.FirstRow[group + 1]; row++)
                    {
                        int place = table * step.Joint.TotalRows + row;
                        int firstTerm = terms.Count;
                        for (int position = step.Joint.FirstItem[group], rest = row - step.Joint.FirstRow[group]; position < step.Joint.FirstItem[group + 1]; position++)
                        {
                            int item = step.Joint.Items[position];
                            int category = rest % step.Joint.Radix[position];
                            rest /= step.Joint.Radix[position];
                            if (category < plan.Items[item].CategoryCount && first(table, item) is >= 0 and long ofItem)
                                terms.Add(new ReducedTerm { Logs = ofItem + (long)category * NodeCount(plan.Items[item].Attributes), Map = MapOfItem(index, plan.Items[item].Attributes) });
                        }
                        lines.Add(new ReducedLine
                        {
                            Values = Values[index] + (long)place * cells,
                            CellCount = cells,
                            FirstTerm = firstTerm,
                            TermCount = terms.Count - firstTerm,
                            LogLargest = JointRows[index] + place,
                            IsLog = step.IsLog ? 1 : 0,
                        });
                    }
                }
            }
        }
        return ([.. lines], [.. terms]);
    }

    /// <summary>Densities that enter at each step. [step]</summary>
    public (ReducedLine[] Lines, ReducedTerm[] Terms) Populations()
    {
        List<ReducedLine> lines = [];
        List<ReducedTerm> terms = [];
        foreach (ReducedStep step in layout.Steps)
        {
            int firstTerm = terms.Count;
            foreach (int set in step.Source.Populations)
                terms.Add(new ReducedTerm { Logs = SetFirst[set], Map = AddMap(steps[step.Source.Index].NodesOf(layout.Sets[set])) });
            lines.Add(new ReducedLine { CellCount = steps[step.Source.Index].CellCount, FirstTerm = firstTerm, TermCount = terms.Count - firstTerm });
        }
        return ([.. lines], [.. terms]);
    }

    /// <summary>Adds how joint counts become counts of items, and totals at cells those at the nodes of sets.</summary>
    /// <param name="plan">Receives it.</param>
    /// <param name="counts">Joint counts, laid out as values.</param>
    /// <param name="totals">Totals, laid out as priors.</param>
    /// <param name="itemCounts">Counts of items, laid out as log-probabilities.</param>
    /// <param name="setTotals">Totals of sets. [block][set][node]</param>
    /// <param name="itemCells">Room for counts of items at cells.</param>
    /// <param name="first">As in <see cref="Joint"/>.</param>
    /// <returns>The launches, in order, and the doubles of the room.</returns>
    public (GatherLaunch[] Launches, long ItemCellLength) AddCollapse(
        GatherPlan plan, long counts, long totals, long itemCounts, long setTotals, long itemCells, Func<int, int, long> first)
    {
        List<(GatherClass Kind, long[] Targets)> fromCells = [];
        long cellsUsed = 0;
        foreach (ReducedStep step in layout.Steps.Where(step => step.Joint is not null))
        {
            int index = step.Source.Index;
            int cellCount = steps[index].CellCount;
            int tableRows = step.Joint!.TotalRows;
            for (int group = 0; group < step.Joint.GroupCount; group++)
            {
                for (int position = step.Joint.FirstItem[group], stride = 1; position < step.Joint.FirstItem[group + 1]; stride *= step.Joint.Radix[position++])
                {
                    int item = step.Joint.Items[position];
                    int categories = this.plan.Items[item].CategoryCount;
                    int nodeCount = NodeCount(this.plan.Items[item].Attributes);
                    int[] tables = [.. Enumerable.Range(0, this.plan.Tables.Count).Where(table => first(table, item) >= 0)];
                    int radix = step.Joint.Radix[position];
                    int rows = step.Joint.RowCount[group];
                    int firstRow = step.Joint.FirstRow[group];
                    int strideOfItem = stride;
                    (int[] start, int[] sorted) = GatherPlan.Sort(tables.Length * rows, tables.Length * categories, entry => entry % rows / strideOfItem % radix is int category && category < categories
                        ? entry / rows * categories + category
                        : tables.Length * categories);
                    int[] entries = [.. sorted.Select(entry => tables[entry / rows] * tableRows + firstRow + entry % rows)];
                    long[] targets = [.. from table in tables from category in Enumerable.Range(0, categories) select itemCounts + first(table, item) + (long)category * nodeCount];
                    GatherClass kind = new() { CellCount = cellCount, Stride = cellCount, Source = counts + Values[index] };
                    int map = MapOfItem(index, this.plan.Items[item].Attributes);
                    if (map < 0)
                    {
                        plan.Add(kind, start, entries, targets);
                        continue;
                    }
                    long firstCell = itemCells + cellsUsed;
                    cellsUsed += (long)targets.Length * cellCount;
                    plan.Add(kind, start, entries, [.. targets.Select((_, target) => firstCell + (long)target * cellCount)]);
                    int[] inverse = DeviceStep.Invert(maps[map..(map + cellCount)].ToArray(), nodeCount);
                    fromCells.Add((new GatherClass { CellCount = nodeCount, Stride = cellCount, Source = firstCell, Map = AddMap(inverse), MapCount = cellCount / nodeCount }, targets));
                }
            }
        }
        for (int set = 0; set < layout.Sets.Count; set++)
        {
            int index = layout.FirstStepOf[set];
            int nodeCount = layout.Nodes[layout.Sets[set].Length].Length / layout.Sets[set].Length;
            int[] inverse = DeviceStep.Invert(steps[index].NodesOf(layout.Sets[set]), nodeCount);
            int setFirst = SetFirst[set];
            AddSingles(
                plan,
                new GatherClass
                {
                    CellCount = nodeCount,
                    Stride = steps[index].CellCount,
                    Source = totals + Priors[index],
                    Map = AddMap(inverse),
                    MapCount = steps[index].CellCount / nodeCount,
                },
                [.. this.plan.Blocks.Select(block => setTotals + (long)block.Index * SetLength + setFirst)]);
        }
        List<GatherLaunch> launches = [.. plan.EndStage()];
        foreach ((GatherClass kind, long[] targets) in fromCells)
            AddSingles(plan, kind, targets);
        launches.AddRange(plan.EndStage());
        return ([.. launches], cellsUsed);
    }

    /// <summary>Keeps a map.</summary>
    /// <returns>Where it begins.</returns>
    public int AddMap(int[] map)
    {
        maps.AddRange(map);
        return maps.Count - map.Length;
    }

    private static void AddSingles(GatherPlan plan, GatherClass kind, long[] targets) => plan.Add(kind, [.. Enumerable.Range(0, targets.Length + 1)], null, targets);

    /// <summary>The map from cells to an item's nodes; −1 where they are the same.</summary>
    private int MapOfItem(int step, int[] attributes)
    {
        if (attributes.Length == layout.Steps[step].Source.Separator.Length + 1)
            return -1;
        (int, string) key = (step, string.Join(',', attributes));
        if (!mapOf.TryGetValue(key, out int map))
            mapOf[key] = map = AddMap(steps[step].NodesOf(steps[step].InOrder(attributes)));
        return map;
    }

    private int NodeCount(int[] attributes) => layout.Nodes[attributes.Length].Length / attributes.Length;
}
