using IrtGpu.Compute.Tables;
using IrtGpu.Data;

namespace IrtGpu.Compute.WeightedScore;

/// <summary>What every shard of a weighted-score E-step reads.</summary>
/// <param name="Patterns">The data.</param>
/// <param name="Joint">Codes of the responses to all items.</param>
/// <param name="Strata">The order of the patterns.</param>
/// <param name="GroupsOfSet">Joint groups with an answer. [set][group]</param>
/// <param name="TableOfBlock">[block]</param>
/// <param name="ClassCount">K.</param>
internal sealed record WeightedScoreLayout(
    PatternTable Patterns, JointItems Joint, WeightedScoreStrata Strata, int[][] GroupsOfSet, int[] TableOfBlock, int ClassCount)
{
    /// <summary>Numbers a joint row: the score and its moment, and with classes Σ d and the weight.</summary>
    public int Width => ClassCount == 1 ? 1 : 2;

    /// <summary>First joint rows of the groups of each set. [set][group]</summary>
    public int[][] FirstRows { get; } = [.. GroupsOfSet.Select(groups => Array.ConvertAll(groups, group => Joint.FirstRow[group]))];

    /// <summary>Whether any pattern's class is known.</summary>
    public bool HasKnownClasses { get; } = ClassCount > 1 && Patterns.KnownClasses.Any(known => known >= 0);
}
