using IrtGpu.Compute;
using IrtGpu.Inference;
using IrtGpu.Planning;

namespace IrtGpu.Differential.Models;

/// <summary>A fit in which some items are free in the groups and the others equal.</summary>
/// <param name="Point">The estimates.</param>
/// <param name="LogLikelihood">Marginal log-likelihood.</param>
/// <param name="IsConverged">Whether it converged.</param>
/// <param name="Errors">Covariance of the estimates; null where none was asked for.</param>
internal sealed record InvarianceFit(ModelPoint Point, double LogLikelihood, bool IsConverged, StandardErrors? Errors)
{
    public CalibrationPlan Plan => Point.Plan;

    /// <summary>The parameters of an item in a group; null where it was not given.</summary>
    public ItemParameterSet? SetOf(int item, int group)
    {
        int set = Plan.Tables[Plan.Blocks[group].Table].SetOfItem[item];
        return set < 0 ? null : Plan.ParameterSets[set];
    }
}
