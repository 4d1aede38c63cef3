using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Planning.Grids;

/// <summary>Refuses plans whose nodes miss populations that are fixed.</summary>
internal static class GridCheck
{
    /// <summary>Returns when every fixed population is on the nodes.</summary>
    /// <param name="plan">The plan.</param>
    /// <exception cref="SpecificationException">Hardly any of a population is between the nodes, or all of it between two of them.</exception>
    public static void Require(CalibrationPlan plan)
    {
        if (plan.Grid.Moves || !plan.Integration.FollowsLines)
            return;
        string[] problems = [.. GridWarnings.Refusals(plan.Grid, FixedPopulations(plan), reach => Describe(plan, reach))];
        if (problems.Length > 0)
            throw new SpecificationException(problems);
    }

    /// <summary>Words for a population in one dimension.</summary>
    public static string Describe(CalibrationPlan plan, PopulationReach reach) =>
        $"the population of {SlotNames.DescribeBlock(plan.Blocks[reach.Block], plan.Shape, plan.ClassNames)}"
        + (plan.AttributeCount > 1 ? $" in '{plan.Specification.Attributes[reach.Attribute]}'" : "");

    private static IEnumerable<PopulationReach> FixedPopulations(CalibrationPlan plan)
    {
        foreach (PlannedBlock block in plan.Blocks)
        {
            for (int j = 0; j < plan.AttributeCount; j++)
            {
                int mean = block.FirstMeanSlot + j;
                int variance = block.CovarianceSlot(j, j);
                if (plan.Layout.IsFixed(mean) && plan.Layout.IsFixed(variance))
                    yield return PopulationReach.Of(plan.Grid, block.Index, j, plan.Layout.Offset[mean], Math.Sqrt(plan.Layout.Offset[variance]), 1, []);
            }
        }
    }
}
