using IrtGpu.Compute.Loops;
using IrtGpu.Data;
using IrtGpu.Foundation.Collections;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Tables;

/// <summary>What an E-step by tables reads: codes of the responses, and at a model point joint tables and log weights of the nodes.</summary>
internal sealed unsafe class TableInputs : IDisposable
{
    private readonly int threads;
    private readonly int classCount;
    private readonly int[] groups; // [pattern]
    private readonly int[] knownClasses; // [pattern]
    private readonly double[][] logProbability; // [table][row, padded node]
    private readonly AlignedBuffer[] jointTable; // [table][tile, joint row, lane]
    private readonly AlignedBuffer logWeight; // [block, padded node]; padding −∞
    private readonly AlignedBuffer columns; // θ_j of the nodes, where means are shifted; padding 0 [node set, attribute, padded node]
    private readonly int[] tableOfBlock; // [block]
    private readonly int[] leadingClass; // [block] first class of the block's group that uses the same table

    /// <summary>Prepares tables and codes.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="threads">Number of threads.</param>
    public TableInputs(CalibrationPlan plan, PatternTable patterns, int threads)
    {
        Plan = plan;
        Patterns = patterns;
        this.threads = threads;
        classCount = plan.ClassCount;
        groups = patterns.Groups;
        knownClasses = patterns.KnownClasses;
        Tiling = NodeTiling.Of(plan.NodeCount);
        Joint = JointItems.Create(plan, patterns, [.. Enumerable.Range(0, plan.ItemCount)], Tiling.PaddedCount);
        Order = CountingSort.Order(patterns.PatternCount, plan.GroupCount, pattern => patterns.Groups[pattern]);
        logProbability = [.. plan.Tables.Select(_ => new double[(long)plan.RowCount * Tiling.PaddedCount])];
        jointTable = [.. plan.Tables.Select(_ => new AlignedBuffer((long)Joint.TotalRows * Tiling.PaddedCount))];
        logWeight = new AlignedBuffer((long)plan.Blocks.Count * Tiling.PaddedCount);
        new Span<double>(logWeight.Pointer, checked((int)logWeight.Length)).Fill(double.NegativeInfinity);
        columns = new AlignedBuffer(patterns.CovariateRows.Length == 0 ? 0 : (long)plan.NodeSetCount * plan.AttributeCount * Tiling.PaddedCount);
        tableOfBlock = [.. plan.Blocks.Select(block => block.Table)];
        leadingClass = [.. plan.Blocks.Select(block =>
            Array.FindIndex(tableOfBlock, block.Group * plan.ClassCount, table => table == block.Table) - block.Group * plan.ClassCount)];
    }

    public CalibrationPlan Plan { get; }

    public PatternTable Patterns { get; }

    /// <summary>How nodes are cut.</summary>
    public NodeTiling Tiling { get; }

    /// <summary>How items are combined.</summary>
    public JointItems Joint { get; }

    /// <summary>Patterns by observed group, so that neighbours use the same tables. [position]</summary>
    public int[] Order { get; }

    /// <summary>Evaluates tables and weights at a model point.</summary>
    public void Fill(ModelPoint point)
    {
        for (int table = 0; table < Plan.Tables.Count; table++)
        {
            ItemTables.Fill(point, table, logProbability[table], Tiling.PaddedCount, threads);
            JointTables.Build(Plan, Joint, Tiling, logProbability[table], jointTable[table], threads);
        }
        for (int block = 0; block < Plan.Blocks.Count; block++)
        {
            for (int node = 0; node < Plan.NodeCount; node++)
                logWeight.Pointer[(long)block * Tiling.PaddedCount + node] = point.LogProportion[block] + point.LogWeight[block][node];
        }
        for (int column = 0; point.Tilts is not null && column < Plan.NodeSetCount * Plan.AttributeCount; column++)
        {
            double[] theta = point.Theta[column / Plan.AttributeCount];
            for (int node = 0; node < Plan.NodeCount; node++)
                columns.Pointer[(long)column * Tiling.PaddedCount + node] = theta[node * Plan.AttributeCount + column % Plan.AttributeCount];
        }
    }

    /// <summary>Block of a pattern's first class.</summary>
    public int FirstBlock(int pattern) => groups[pattern] * classCount;

    /// <summary>Whether a pattern may belong to a class.</summary>
    public bool IsPossible(int pattern, int c) => knownClasses[pattern] < 0 || knownClasses[pattern] == c;

    /// <summary>Table of a block.</summary>
    public int TableOf(int block) => tableOfBlock[block];

    /// <summary>First class of the block's group that uses the block's table: it collects the counts of all of them.</summary>
    public int LeadingClass(int block) => leadingClass[block];

    /// <summary>Joint table of a block's items. [tile, joint row, lane]</summary>
    public double* RowsOf(int block) => jointTable[tableOfBlock[block]].Pointer;

    /// <summary>Log weights of a block's nodes, −∞ beyond. [padded node]</summary>
    public double* LogWeightOf(int block) => logWeight.Pointer + (long)block * Tiling.PaddedCount;

    /// <summary>θ of a block's nodes, where means are shifted. [attribute, padded node]</summary>
    public double* ColumnsOf(int block) => columns.Pointer + (long)Plan.Tables[tableOfBlock[block]].NodeSet * Plan.AttributeCount * Tiling.PaddedCount;

    /// <summary>Adds what the shift of a pattern's mean adds to the log weights of some nodes.</summary>
    /// <param name="tilts">Of populations.</param>
    /// <param name="pattern">Pattern.</param>
    /// <param name="block">Block.</param>
    /// <param name="firstNode">First of the nodes, padding counted.</param>
    /// <param name="values">Added to. [node]</param>
    /// <param name="count">Nodes, a multiple of 8.</param>
    public void AddTilt(PopulationTilts tilts, int pattern, int block, int firstNode, double* values, int count)
    {
        int row = Patterns.CovariateRows[pattern];
        double intercept = -tilts.LogNormalizer(block, row);
        double* column = ColumnsOf(block) + firstNode;
        foreach (double slope in tilts.Tilt(block, row))
        {
            PatternKernels.Chosen.AddLine(values, column, slope, intercept, count);
            column += Tiling.PaddedCount;
            intercept = 0;
        }
    }

    public void Dispose()
    {
        foreach (AlignedBuffer buffer in jointTable)
            buffer.Dispose();
        logWeight.Dispose();
        columns.Dispose();
        Joint.Dispose();
    }
}
