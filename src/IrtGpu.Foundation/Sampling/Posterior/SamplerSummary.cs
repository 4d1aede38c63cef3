using System.Text.Json;
using IrtGpu.Foundation.Documents;
using IrtGpu.Foundation.Sampling.Diagnostics;

namespace IrtGpu.Foundation.Sampling.Posterior;

/// <summary>How the sampler fared, as <c>fit.json</c> has it under <c>draws</c>; the property names, in camel case, are its keys. Null: not known.</summary>
/// <param name="Chains">Chains that have draws.</param>
/// <param name="Draws">Draws of each chain that summaries are of.</param>
/// <param name="Warmup">Transitions before them.</param>
/// <param name="AdaptDelta">Target of the acceptance statistic.</param>
/// <param name="PriorOnly">Whether the draws are of the priors alone.</param>
/// <param name="Divergences">Divergent transitions after the warmup.</param>
/// <param name="DeepTrees">Transitions that ended at the largest tree depth.</param>
/// <param name="LargestRhat">Largest R-hat of a parameter.</param>
/// <param name="SmallestBulkEss">Smallest effective sample size of a centre.</param>
/// <param name="SmallestTailEss">Smallest effective sample size of tails.</param>
/// <param name="SmallestEbfmi">Smallest energy fraction of missing information of a chain.</param>
/// <param name="Evaluations">Evaluations of the density, warmup included.</param>
/// <param name="Seconds">Seconds that sampling took.</param>
public sealed record SamplerSummary(
    int Chains, int Draws, int Warmup, double AdaptDelta, bool PriorOnly, int Divergences, int DeepTrees, double? LargestRhat, double? SmallestBulkEss, double? SmallestTailEss,
    double? SmallestEbfmi, long Evaluations, double Seconds)
{
    /// <summary>Sums draws up.</summary>
    /// <param name="draws">The draws.</param>
    public static SamplerSummary Of(PosteriorDraws draws)
    {
        ArgumentNullException.ThrowIfNull(draws);
        return new SamplerSummary(
            draws.Chains.Count, draws.CommonCount, draws.Options.Warmup, draws.Options.AdaptDelta, draws.IsPriorOnly, draws.Divergences, draws.DeepTrees,
            Finite(draws, summary => summary.RHat).Max(), Finite(draws, summary => summary.BulkSize).Min(), Finite(draws, summary => summary.TailSize).Min(),
            draws.Chains.Select(chain => JsonSettings.Finite(chain.EnergyFraction)).Min(), draws.Chains.Sum(chain => chain.Evaluations), draws.Seconds);
    }

    /// <summary>Writes the fields.</summary>
    internal static void Write(Utf8JsonWriter json, SamplerSummary value)
    {
        json.Field("chains", value.Chains);
        json.Field("draws", value.Draws);
        json.Field("warmup", value.Warmup);
        json.Field("adaptDelta", value.AdaptDelta);
        json.Field("priorOnly", value.PriorOnly);
        json.Field("divergences", value.Divergences);
        json.Field("deepTrees", value.DeepTrees);
        json.Field("largestRhat", value.LargestRhat);
        json.Field("smallestBulkEss", value.SmallestBulkEss);
        json.Field("smallestTailEss", value.SmallestTailEss);
        json.Field("smallestEbfmi", value.SmallestEbfmi);
        json.Field("evaluations", value.Evaluations);
        json.Field("seconds", value.Seconds);
    }

    private static IEnumerable<double?> Finite(PosteriorDraws draws, Func<DrawSummary, double> value) => draws.Summaries.Select(value).Where(double.IsFinite).Select(number => (double?)number);
}
