using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Tables;
using IrtGpu.Compute.WeightedScore;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.ProductGrid;

/// <summary>What the separable E-step reads at one model point: line tables, scores, and the kernel that the factors multiply.</summary>
/// <remarks>
/// Product nodes are numbered outer · K + inner, where the inner index runs over the K nodes of the last attribute and the outer
/// index over the product of the others.
/// </remarks>
internal sealed unsafe class ProductGridTables : IDisposable
{
    private static readonly int[] OnlyColumn = [0]; // of the nodes of one dimension

    private readonly CalibrationPlan plan;
    private readonly ItemSplit items;
    private readonly int classCount;
    private readonly int[] groups; // [pattern]
    private readonly int threads;
    private readonly NodeTiling tiling;
    private readonly bool[] isUsed; // [block, set]
    private readonly double[][] logProbability; // [table][row, padded line node]
    private readonly AlignedBuffer?[][] lineTables; // [table][attribute]
    private readonly AlignedBuffer[] scores; // [table][joint row, score width]
    private readonly AlignedBuffer lines; // [node set, padded line node]

    public ProductGridTables(CalibrationPlan plan, PatternTable patterns, ItemSplit items, JointItems? scoreItems, int threads)
    {
        this.plan = plan;
        this.items = items;
        classCount = plan.ClassCount;
        groups = patterns.Groups;
        this.threads = threads;
        AttributeCount = plan.AttributeCount;
        LineCount = AttributeCount == 1 ? plan.NodeCount : plan.Grid.NodesPerAttribute;
        OuterCount = plan.NodeCount / LineCount;
        tiling = NodeTiling.Of(LineCount);
        PaddedOuterCount = (OuterCount + 7) / 8 * 8 + 8; // room for the padding of the last row written
        ScoreWidth = WidthOf(plan);
        LineItems = [.. items.TableItems.Select(list => list.Length == 0 ? null : JointItems.Create(plan, patterns, list, tiling.PaddedCount))];
        ScoreItems = scoreItems;
        SetCount = items.Sets?.IsAnswered.Count ?? 1;
        isUsed = new bool[plan.Blocks.Count * SetCount];
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
        {
            for (int k = 0; k < plan.ClassCount; k++)
                isUsed[(FirstBlock(pattern) + k) * SetCount + SetOf(pattern)] = true;
        }
        bool hasLines = LineItems.Any(joint => joint is not null);
        logProbability = [.. plan.Tables.Select(_ => new double[hasLines ? plan.RowCount * tiling.PaddedCount : 0])];
        lineTables = [.. plan.Tables.Select(_ => (AlignedBuffer?[])
            [.. LineItems.Select(joint => joint is null ? null : new AlignedBuffer((long)joint.TotalRows * tiling.PaddedCount))])];
        scores = [.. plan.Tables.Select(_ => new AlignedBuffer((long)(ScoreItems?.TotalRows ?? 0) * ScoreWidth))];
        lines = new AlignedBuffer((long)plan.NodeSetCount * PaddedLineCount);
        Kernels = [.. isUsed.Select(used => used ? new ProductGridLoops(this) : null)];
    }

    /// <summary>J.</summary>
    public int AttributeCount { get; }

    /// <summary>K, nodes of one dimension.</summary>
    public int LineCount { get; }

    /// <summary>K, padded to tiles.</summary>
    public int PaddedLineCount => tiling.PaddedCount;

    /// <summary>Product of the numbers of nodes of all attributes but the last.</summary>
    public int OuterCount { get; }

    /// <summary>Row length of arrays by outer index.</summary>
    public int PaddedOuterCount { get; }

    /// <summary>How the nodes of one dimension are cut.</summary>
    public NodeTiling Tiling => tiling;

    /// <summary>Row length of scores: t by attribute, then Σ d.</summary>
    public int ScoreWidth { get; }

    /// <summary>Number of distinct answered sets; 1 without score items.</summary>
    public int SetCount { get; }

    /// <summary>Codes of the items that go by tables. [attribute]</summary>
    public JointItems?[] LineItems { get; }

    /// <summary>Codes of the items that go by scores; they are the caller's to dispose of.</summary>
    public JointItems? ScoreItems { get; }

    /// <summary>What the factors multiply; null where no pattern needs it. [block, set]</summary>
    public ProductGridLoops?[] Kernels { get; }

    /// <summary>Makes the codes of the items that go by scores; null without such items.</summary>
    public static JointItems? JoinScoreItems(CalibrationPlan plan, PatternTable patterns, ItemSplit items)
    {
        int rowCount = plan.AttributeCount == 1 ? JointItems.MostRows : JointItems.UsualRows; // in one dimension rows are short
        return items.ScoreItems.Length == 0 ? null : JointItems.Create(plan, patterns, items.ScoreItems, WidthOf(plan), rowCount);
    }

    /// <summary>Block of a pattern's first class.</summary>
    public int FirstBlock(int pattern) => groups[pattern] * classCount;

    /// <summary>What the factors of a pattern in a class multiply.</summary>
    public ProductGridLoops KernelOf(int pattern, int c) => Kernels[(FirstBlock(pattern) + c) * SetCount + SetOf(pattern)]!;

    /// <summary>Answered set of a pattern.</summary>
    public int SetOf(int pattern) => items.Sets?.SetOfPattern[pattern] ?? 0;

    /// <summary>Nodes of one dimension, padded by 0.</summary>
    public double* LineOf(int block) => LinePointer(plan.Blocks[block].Table);

    /// <summary>Joint table of the items of an attribute.</summary>
    public double* LineTable(int table, int attribute) => lineTables[table][attribute]!.Pointer;

    /// <summary>Scores of the joint rows.</summary>
    public double* Scores(int table) => scores[table].Pointer;

    /// <summary>Evaluates everything at a model point.</summary>
    public void Fill(ModelPoint point)
    {
        for (int nodeSet = 0; nodeSet < plan.NodeSetCount; nodeSet++)
        {
            for (int k = 0; k < LineCount; k++)
                lines.Pointer[(long)nodeSet * PaddedLineCount + k] = point.Theta[nodeSet][k * AttributeCount + AttributeCount - 1];
        }
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            FillLineTables(point, table);
            if (ScoreItems is not null)
                WeightedScoreRows.Fill(point, ScoreItems, table, Scores(table), ScoreWidth);
        }
        double[][]?[] logPartition = [.. plan.Tables.Select((_, table) => ScoreItems is null ? null : LogPartitions(point, table))];
        Parallel.For(0, Kernels.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, index =>
        {
            if (Kernels[index] is { } kernel)
                FillKernel(point, index / SetCount, index % SetCount, kernel, logPartition);
        });
    }

    public void Dispose()
    {
        foreach (AlignedBuffer?[] tables in lineTables)
        {
            foreach (AlignedBuffer? table in tables)
                table?.Dispose();
        }
        foreach (AlignedBuffer rows in scores)
            rows.Dispose();
        lines.Dispose();
        foreach (JointItems? joint in LineItems)
            joint?.Dispose();
        foreach (ProductGridLoops? kernel in Kernels)
            kernel?.Dispose();
    }

    private static int WidthOf(CalibrationPlan plan) => plan.AttributeCount <= 3 ? 4 : (plan.AttributeCount + 8) / 8 * 8;

    private double* LinePointer(int table) => lines.Pointer + (long)plan.Tables[table].NodeSet * PaddedLineCount;

    private ReadOnlySpan<double> LineOfTable(int table) => new(LinePointer(table), LineCount);

    private void FillLineTables(ModelPoint point, int table)
    {
        for (int attribute = 0; attribute < AttributeCount; attribute++)
        {
            if (LineItems[attribute] is not { } joint)
                continue;
            double[] rows = logProbability[table];
            Parallel.ForEach(joint.Items, new ParallelOptions { MaxDegreeOfParallelism = threads }, item =>
            {
                int set = plan.Tables[table].SetOfItem[item];
                if (set < 0)
                    return;
                ItemTables.FillItem(
                    point, plan.ParameterSets[set], LineOfTable(table), OnlyColumn, 1, new double[LineCount],
                    rows.AsSpan(plan.Items[item].FirstRow * PaddedLineCount), PaddedLineCount);
            });
            JointTables.Build(plan, joint, tiling, rows, lineTables[table][attribute]!, threads);
        }
    }

    /// <summary>A_i = −log P of the first category: on the line for items of one attribute, at all nodes for others. [item][node]</summary>
    private double[][] LogPartitions(ModelPoint point, int table)
    {
        double[][] result = new double[plan.ItemCount][];
        Parallel.ForEach(items.ScoreItems, new ParallelOptions { MaxDegreeOfParallelism = threads }, item =>
        {
            if (plan.Tables[table].SetOfItem[item] < 0)
                return;
            ItemParameterSet set = plan.ParameterSets[plan.Tables[table].SetOfItem[item]];
            int[] attributes = plan.Items[item].Attributes;
            result[item] = attributes.Length == 1
                ? ItemTables.LogPartition(point, set, LineOfTable(table), OnlyColumn, 1)
                : ItemTables.LogPartition(point, set, point.ThetaOfTable(table), attributes, AttributeCount);
        });
        return result;
    }

    private void FillKernel(ModelPoint point, int block, int set, ProductGridLoops kernel, double[][]?[] logPartition)
    {
        double[] log = kernel.Log;
        double[] onLine = new double[AttributeCount * LineCount];
        point.LogWeight[block].CopyTo(log, 0);
        kernel.Centre.AsSpan().Clear();
        if (items.Sets is { } sets)
        {
            int table = plan.Blocks[block].Table;
            foreach (int item in items.ScoreItems)
            {
                if (!sets.IsAnswered[set][item])
                    continue;
                AddCentre(point, table, item, kernel.Centre);
                double[] partition = logPartition[table]![item];
                bool isOnLine = plan.Items[item].Attributes.Length == 1;
                Span<double> sum = isOnLine ? onLine.AsSpan(plan.Items[item].Attributes[0] * LineCount, LineCount) : log;
                System.Numerics.Tensors.TensorPrimitives.Subtract(sum, partition, sum);
            }
        }
        ReadOnlySpan<double> line = LineOfTable(plan.Blocks[block].Table);
        for (int attribute = 0; attribute < AttributeCount; attribute++)
        {
            for (int k = 0; k < LineCount; k++)
                onLine[attribute * LineCount + k] += kernel.Centre[attribute] * line[k];
        }
        int stride = plan.NodeCount;
        for (int attribute = 0; attribute < AttributeCount; attribute++)
        {
            stride /= LineCount;
            for (int node = 0; node < plan.NodeCount; node++)
                log[node] += onLine[attribute * LineCount + node / stride % LineCount];
        }
        kernel.Exponentiate();
    }

    /// <summary>Half of the range of an item's scores: patterns lie on both sides of the centre, so that factors stay in range.</summary>
    private void AddCentre(ModelPoint point, int table, int item, double[] centre)
    {
        PlannedItem planned = plan.Items[item];
        ItemParameterSet set = plan.ParameterSets[plan.Tables[table].SetOfItem[item]];
        ReadOnlySpan<double> slots = point.Parameters.Slots.AsSpan(set.FirstSlot, set.SlotCount);
        (double smallest, double largest) = WeightedScoreRows.Range(point, set);
        for (int loading = 0; loading < planned.Attributes.Length; loading++)
            centre[planned.Attributes[loading]] += slots[loading] * (smallest + largest) / 2;
    }
}
