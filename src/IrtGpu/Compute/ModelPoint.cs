using IrtGpu.Models;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Population;

namespace IrtGpu.Compute;

/// <summary>A plan at given parameters, ready for the E-step: nodes, log weights and class log proportions.</summary>
public sealed class ModelPoint
{
    private ModelPoint(CalibrationPlan plan, ParameterVector parameters)
    {
        Plan = plan;
        Parameters = parameters;
        Theta = new double[plan.NodeSetCount][];
        LogWeight = new double[plan.Blocks.Count][];
        LogProportion = new double[plan.Blocks.Count];
    }

    /// <summary>The plan.</summary>
    public CalibrationPlan Plan { get; }

    /// <summary>The parameters.</summary>
    public ParameterVector Parameters { get; }

    /// <summary>Nodes in the metric of θ. [node set][node, attribute]</summary>
    public double[][] Theta { get; }

    /// <summary>Log weights of the nodes, normalised within the block. [block][node]</summary>
    public double[][] LogWeight { get; }

    /// <summary>Log proportion of the block's class within its observed group. [block]</summary>
    public double[] LogProportion { get; }

    /// <summary>Evaluates nodes and weights; null where a covariance matrix is not positive definite.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parameters">The parameters.</param>
    public static ModelPoint? TryCreate(CalibrationPlan plan, ParameterVector parameters)
    {
        ModelPoint point = new(plan, parameters);
        QuadratureGrid grid = plan.Grid;
        foreach (PlannedBlock block in plan.Blocks)
        {
            if (NormalPopulation.TryCreate(plan, block, parameters.Slots) is not { } population)
                return null;
            if (grid.Moves)
            {
                point.Theta[block.Index] = population.Transform(grid.Theta);
                point.LogWeight[block.Index] = grid.LogWeight;
            }
            else
            {
                point.Theta[0] = grid.Theta;
                point.LogWeight[block.Index] = population.NormalizedLogDensity(grid.Theta);
            }
        }
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

    /// <summary>Nodes of a table. [node, attribute]</summary>
    /// <param name="table">Table index.</param>
    public double[] ThetaOfTable(int table) => Theta[Plan.Tables[table].NodeSet];

    /// <summary>Nodes of a block. [node, attribute]</summary>
    /// <param name="block">Block.</param>
    public double[] ThetaOfBlock(PlannedBlock block) => ThetaOfTable(block.Table);
}
