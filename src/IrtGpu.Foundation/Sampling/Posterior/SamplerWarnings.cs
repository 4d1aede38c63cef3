using IrtGpu.Foundation.Sampling.Diagnostics;
using IrtGpu.Foundation.Sampling.Nuts;

namespace IrtGpu.Foundation.Sampling.Posterior;

/// <summary>What to beware of in draws.</summary>
internal static class SamplerWarnings
{
    private const double LargestRHat = 1.01;
    private const int FewestEffectivePerChain = 100;
    private const int ShownNames = 5;

    /// <summary>The sentences, gravest first.</summary>
    /// <param name="draws">As reported.</param>
    /// <param name="chains">As sampled.</param>
    public static IReadOnlyList<string> Of(PosteriorDraws draws, IReadOnlyList<Chain> chains)
    {
        List<string> warnings = [];
        warnings.AddRange(chains.Select(chain => chain.Failure).OfType<string>().Select(failure => $"Only {draws.Chains.Count} of {chains.Count} chains have draws: {failure}").Take(1));
        int wanted = draws.Options.Draws;
        if (warnings.Count == 0 && (draws.Chains.Count < chains.Count || draws.Chains.Any(chain => chain.Count < wanted)))
            warnings.Add(FormattableString.Invariant($"The run was interrupted: chains have {string.Join(", ", chains.Select(chain => chain.Count))} of {wanted} draws, and summaries are of the first {draws.CommonCount} of each that has any."));
        int total = draws.Chains.Sum(chain => chain.Count);
        if (draws.Divergences > 0)
            warnings.Add(FormattableString.Invariant($"{draws.Divergences} of {total} transitions diverged: the posterior is more curved somewhere than the step size follows, and what lies there is left out of the draws. Raise --adapt-delta (it is {draws.Options.AdaptDelta}), or give narrower priors."));
        if (draws.DeepTrees > 0)
            warnings.Add(FormattableString.Invariant($"{draws.DeepTrees} of {total} transitions ended at the largest tree depth of {draws.Options.MaxTreeDepth}: draws are sound, but slow to come by. Parameters may be nearly determined by one another."));
        double energy = draws.Chains.Min(chain => chain.EnergyFraction);
        if (energy < EnergyDiagnostic.Least)
            warnings.Add(FormattableString.Invariant($"E-BFMI is {energy:0.00} in a chain, below {EnergyDiagnostic.Least}: it wanders too slowly through the tails of the posterior. Draw more, or give narrower priors."));
        AddNames(warnings, draws, summary => summary.RHat > LargestRHat, names => FormattableString.Invariant($"R-hat is above {LargestRHat} for {names}: the chains have not come to the same distribution. Make warmup and draws longer; if it stays, look whether classes or signs change places between chains."));
        int fewest = FewestEffectivePerChain * draws.Chains.Count;
        AddNames(warnings, draws, summary => summary.BulkSize < fewest || summary.TailSize < fewest, names => FormattableString.Invariant($"Fewer than {fewest} effective draws (100 a chain) for {names}: R-hat and intervals are rough. Draw more."));
        return warnings;
    }

    private static void AddNames(List<string> warnings, PosteriorDraws draws, Func<DrawSummary, bool> isBad, Func<string, string> sentence)
    {
        string[] bad = [.. draws.Names.Where((_, index) => isBad(draws.Summaries[index]))];
        if (bad.Length > 0)
            warnings.Add(sentence(string.Join(", ", bad.Take(ShownNames)) + (bad.Length > ShownNames ? FormattableString.Invariant($" and {bad.Length - ShownNames} more") : "")));
    }
}
