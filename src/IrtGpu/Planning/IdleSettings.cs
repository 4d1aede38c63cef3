using IrtGpu.Data.Coding;
using IrtGpu.Items;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Planning;

/// <summary>What a specification says that has no effect, in words.</summary>
internal static class IdleSettings
{
    private const int LargestShownCount = 5;

    /// <summary>Items that have category scores but a function without them.</summary>
    /// <param name="items">The items.</param>
    /// <param name="hasScores">Whether the user gave an item scores. [item]</param>
    /// <returns>A problem, as estimates would not be what the scores say; null: there are none.</returns>
    public static string? RefuseScores(IReadOnlyList<PlannedItem> items, IReadOnlyList<bool> hasScores)
    {
        PlannedItem[] idle = [.. items.Where((item, index) => hasScores[index] && !item.Family.HasScores)];
        return idle.Length == 0
            ? null
            : $"{idle.Length} item(s) of {string.Join(", ", idle.Select(item => item.Function.Name()).Distinct())} ({CodeLists.Show([.. idle.Select(item => item.Name)])}) have category scores, which these models do not use. "
                + $"Leave the scores out, or use one of {ItemFunctions.Where(family => family.HasScores)} for the items.";
    }

    /// <summary>Settings of groups and classes where there is one.</summary>
    /// <param name="specification">The model.</param>
    /// <param name="groupCount">Observed groups.</param>
    /// <param name="classCount">Latent classes.</param>
    public static IEnumerable<string> OfGroups(ModelSpecification specification, int groupCount, int classCount)
    {
        const string oneGroup = "has no effect, as there is one group. Name the column of groups with --group, or leave the setting out.";
        if (groupCount == 1 && specification.FreeItems is { } free)
            yield return $"--free-items {free} {oneGroup}";
        if (groupCount == 1 && !specification.EqualAcrossGroups.Equals("all", StringComparison.OrdinalIgnoreCase))
            yield return $"--equal-across-groups {specification.EqualAcrossGroups} {oneGroup}";
        if (classCount == 1 && !specification.EqualAcrossClasses.Equals("none", StringComparison.OrdinalIgnoreCase))
            yield return $"--equal-across-classes {specification.EqualAcrossClasses} has no effect, as there is one class. Give their number with --classes, or leave the setting out.";
    }

    /// <summary>Settings of several attributes where there is one.</summary>
    /// <param name="specification">The model.</param>
    public static IEnumerable<string> OfAttributes(ModelSpecification specification)
    {
        if (specification.IsOrthogonal && specification.Attributes.Count == 1)
            yield return "--orthogonal has no effect, as there is one attribute. Name several with --q-matrix, or leave the option out.";
    }

    /// <summary>Priors of parameters that are all fixed.</summary>
    /// <param name="priors">Priors with the slots that they name.</param>
    /// <param name="layout">The map.</param>
    public static IEnumerable<string> OfPriors(IEnumerable<(ParameterPrior Prior, int[] Slots)> priors, ParameterLayout layout) => priors
        .Where(named => named.Slots.Length > 0 && Array.TrueForAll(named.Slots, layout.IsFixed))
        .Select(named => $"The prior on {named.Prior.Parameter} of '{named.Prior.Items}' has no effect, as these parameters are fixed. Leave it out, or give the items a model in which they are free.");

    /// <summary>Starts of parameters that are fixed.</summary>
    /// <param name="starts">Words for each.</param>
    public static IEnumerable<string> OfStarts(IReadOnlyCollection<string> starts)
    {
        if (starts.Count > 0)
        {
            yield return $"Fixed parameters are not estimated from their starts but held there: {string.Join(", ", starts.Take(LargestShownCount))}{(starts.Count > LargestShownCount ? FormattableString.Invariant($" and {starts.Count - LargestShownCount} more") : "")}. "
                + "Write 'fixed' in place of 'start' if that is meant, or give the items a model in which they are free.";
        }
    }
}
