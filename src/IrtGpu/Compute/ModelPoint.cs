using IrtGpu.Data;
using IrtGpu.Models;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Population;
using IrtGpu.Specification;

namespace IrtGpu.Compute;

/// <summary>A plan at given parameters, ready for the E-step: nodes, log weights and class log proportions.</summary>
public sealed class ModelPoint
{
    private readonly PlacedPopulation[]? placed; // [block]; this and what follows null where the nodes are not multiplied out
    private readonly double[][]? theta;
    private readonly double[][]? logWeight;

    private ModelPoint(CalibrationPlan plan, ParameterVector parameters, IPopulation[] populations)
    {
        Plan = plan;
        Parameters = parameters;
        Populations = populations;
        LogProportion = new double[plan.Blocks.Count];
        if (!plan.Grid.Shape.IsProduct)
            return;
        theta = new double[plan.NodeSetCount][];
        placed = [.. populations.Select(population => population.Place(plan.Grid))];
        logWeight = [.. placed.Select(one => one.LogWeight)];
        foreach (PlannedBlock block in plan.Blocks)
            theta[plan.Tables[block.Table].NodeSet] = placed[block.Index].Theta;
    }

    /// <summary>The plan.</summary>
    public CalibrationPlan Plan { get; }

    /// <summary>The parameters.</summary>
    public ParameterVector Parameters { get; }

    /// <summary>Who the persons of each block are. [block]</summary>
    internal IReadOnlyList<IPopulation> Populations { get; }

    /// <summary>Their nodes and log weights. [block]</summary>
    /// <exception cref="InvalidOperationException">Posteriors share no nodes.</exception>
    internal IReadOnlyList<PlacedPopulation> Placed => placed ?? throw NoNodes();

    /// <summary>How far the means of persons lie from those of their blocks; null where they do not.</summary>
    internal MeanShifts? Shifts { get; private set; }

    /// <summary>What that does to log weights; null where it does nothing.</summary>
    internal PopulationTilts? Tilts { get; private set; }

    /// <summary>Nodes in the metric of θ. [node set][node, attribute]</summary>
    /// <exception cref="InvalidOperationException">Posteriors share no nodes.</exception>
    public double[][] Theta => theta ?? throw NoNodes();

    /// <summary>Log weights of the nodes, normalised within the block. [block][node]</summary>
    /// <exception cref="InvalidOperationException">Posteriors share no nodes.</exception>
    public double[][] LogWeight => logWeight ?? throw NoNodes();

    /// <summary>Log proportion of the block's class within its observed group. [block]</summary>
    public double[] LogProportion { get; }

    /// <summary>Evaluates nodes and weights; null where a covariance matrix is not positive definite.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parameters">The parameters.</param>
    public static ModelPoint? TryCreate(CalibrationPlan plan, ParameterVector parameters)
    {
        if (Population.Populations.TryCreate(plan, parameters.Slots) is not { } populations)
            return null;
        ModelPoint point = new(plan, parameters, populations);
        for (int group = 0; group < plan.GroupCount; group++)
        {
            double total = double.NegativeInfinity;
            for (int k = 0; k < plan.ClassCount; k++)
                total = Elementary.LogAddExp(total, parameters.Slots[plan.Blocks[group * plan.ClassCount + k].ClassLogitSlot]);
            for (int k = 0; k < plan.ClassCount; k++)
            {
                PlannedBlock block = plan.Blocks[group * plan.ClassCount + k];
                point.LogProportion[block.Index] = parameters.Slots[block.ClassLogitSlot] - total;
            }
        }
        return point;
    }

    /// <summary>The same point for persons whose means differ from those of their blocks.</summary>
    /// <param name="shifts">By how much.</param>
    internal ModelPoint WithShifts(MeanShifts shifts)
    {
        ModelPoint shifted = (ModelPoint)MemberwiseClone();
        shifted.Shifts = shifts;
        shifted.Tilts = new PopulationTilts(this, shifts);
        return shifted;
    }

    /// <summary>How far the mean of a pattern's persons lies from that of a block; empty where it does not.</summary>
    /// <param name="block">The block.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="pattern">Which of them.</param>
    /// <returns>[attribute]</returns>
    internal ReadOnlySpan<double> ShiftOf(PlannedBlock block, PatternTable patterns, int pattern) =>
        Shifts is null ? [] : Shifts.Of(block.Index, patterns.CovariateRows[pattern]);

    /// <summary>Fails where means differ within blocks: for what knows populations by block only.</summary>
    /// <param name="what">What it is, for the message.</param>
    /// <exception cref="NotSupportedException">They do.</exception>
    internal void RequireNoShifts(string what)
    {
        if (Shifts is not null)
            throw new NotSupportedException($"{what} take one population a block, but the means of persons differ within blocks here.");
    }

    /// <summary>Nodes of a table. [node, attribute]</summary>
    /// <param name="table">Table index.</param>
    public double[] ThetaOfTable(int table) => Theta[Plan.Tables[table].NodeSet];

    /// <summary>Nodes of a block. [node, attribute]</summary>
    /// <param name="block">Block.</param>
    public double[] ThetaOfBlock(PlannedBlock block) => ThetaOfTable(block.Table);

    private InvalidOperationException NoNodes() =>
        new($"There are no nodes that all persons share with --integration {Plan.Integration.Method.Name()}: ask the backend for what is to be known of posteriors.");
}
