using IrtGpu.Planning;

namespace IrtGpu.Population;

/// <summary>The one place that knows which shape the population of a block has.</summary>
internal static class Populations
{
    /// <summary>The populations of all blocks; null where the parameters of one are not those of a distribution.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="slots">Parameters. [slot]</param>
    /// <returns>[block]</returns>
    public static IPopulation[]? TryCreate(CalibrationPlan plan, ReadOnlySpan<double> slots)
    {
        IPopulation[] populations = new IPopulation[plan.Blocks.Count];
        foreach (PlannedBlock block in plan.Blocks)
        {
            if (NormalPopulation.TryCreate(plan, block, slots) is not { } population)
                return null;
            populations[block.Index] = population;
        }
        return populations;
    }
}
