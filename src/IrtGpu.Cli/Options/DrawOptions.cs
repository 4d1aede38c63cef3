using System.CommandLine;
using IrtGpu.Foundation.Sampling.Nuts;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Options;

/// <summary>The options that ask for draws from the posterior distribution, the same for every family of models.</summary>
internal sealed class DrawOptions
{
    private readonly Option<int?> draws = new("--draws") { HelpName = "N", Description = "Draw N times a chain from the posterior distribution (default: no draws; 1000 with another option of draws)." };
    private readonly Option<int?> chains = new("--chains") { HelpName = "C", Description = "Chains of draws (default: 4)." };
    private readonly Option<int?> warmup = new("--warmup") { HelpName = "W", Description = "Transitions a chain before its draws, in which the sampler adapts (default: 1000)." };
    private readonly Option<double?> adaptDelta = new("--adapt-delta") { HelpName = "X", Description = "Acceptance statistic that the step size is adapted to, nearer to 1 against divergences (default: 0.8)." };
    private readonly Option<bool> priorOnly = new("--prior-only") { Description = "Draw from the priors alone." };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { draws, chains, warmup, adaptDelta, priorOnly })
            command.Options.Add(option);
    }

    /// <summary>Whether draws are of the priors alone.</summary>
    public bool IsPriorOnly(ParseResult parsed) => parsed.GetValue(priorOnly);

    /// <summary>How draws are made; null: none are asked for.</summary>
    /// <exception cref="SpecificationException">A number cannot be.</exception>
    public SamplerOptions? Read(ParseResult parsed)
    {
        bool isWanted = parsed.GetValue(draws) is not null || parsed.GetValue(chains) is not null || parsed.GetValue(warmup) is not null
            || parsed.GetValue(adaptDelta) is not null || parsed.GetValue(priorOnly);
        if (!isWanted)
            return null;
        SamplerOptions defaults = new();
        SamplerOptions options = defaults with
        {
            Draws = parsed.GetValue(draws) ?? defaults.Draws,
            Chains = parsed.GetValue(chains) ?? defaults.Chains,
            Warmup = parsed.GetValue(warmup) ?? defaults.Warmup,
            AdaptDelta = parsed.GetValue(adaptDelta) ?? defaults.AdaptDelta,
        };
        string[] problems = [.. options.Problems()];
        return problems.Length > 0 ? throw new SpecificationException(problems) : options;
    }
}
