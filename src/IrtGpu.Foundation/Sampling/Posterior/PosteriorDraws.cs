using IrtGpu.Foundation.Sampling.Diagnostics;
using IrtGpu.Foundation.Sampling.Nuts;

namespace IrtGpu.Foundation.Sampling.Posterior;

/// <summary>Draws of the reported parameters of a model from their posterior distribution, with their summary and what to beware of.</summary>
public sealed record PosteriorDraws
{
    private const int FewestDraws = 4;

    private PosteriorDraws(SamplerOptions options, IReadOnlyList<string> names, IReadOnlyList<ChainRecord> chains, IReadOnlyList<DrawSummary> summaries, IReadOnlyList<string> warnings)
    {
        Options = options;
        Names = names;
        Chains = chains;
        Summaries = summaries;
        Warnings = warnings;
    }

    /// <summary>How they were made.</summary>
    public SamplerOptions Options { get; }

    /// <summary>Names of the parameters. [parameter]</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The chains that have draws.</summary>
    public IReadOnlyList<ChainRecord> Chains { get; }

    /// <summary>Summaries, over as many draws of every chain as the shortest has. [parameter]</summary>
    public IReadOnlyList<DrawSummary> Summaries { get; }

    /// <summary>Sentences to read before the table.</summary>
    public IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Whether the draws are of the priors alone.</summary>
    public bool IsPriorOnly { get; init; }

    /// <summary>Seconds that sampling took.</summary>
    public double Seconds { get; init; }

    /// <summary>Divergent transitions after the warmup.</summary>
    public int Divergences => Chains.Sum(chain => chain.IsDivergent.Count(isDivergent => isDivergent));

    /// <summary>Transitions that ended at the largest tree depth.</summary>
    public int DeepTrees => Chains.Sum(chain => chain.TreeDepth.Count(depth => depth >= Options.MaxTreeDepth));

    /// <summary>Draws of each chain that summaries are of.</summary>
    public int CommonCount => Chains.Min(chain => chain.Count);

    /// <summary>Reports chains.</summary>
    /// <param name="chains">As sampled; those without four draws are left out.</param>
    /// <param name="options">How they were sampled.</param>
    /// <param name="names">Names of the reported parameters.</param>
    /// <param name="report">Writes the reported parameters of a draw.</param>
    /// <exception cref="SamplingException">No chain has draws.</exception>
    internal static PosteriorDraws Of(IReadOnlyList<Chain> chains, SamplerOptions options, IReadOnlyList<string> names, ParameterReport report)
    {
        List<Chain> sound = [.. chains.Where(HasDraws)];
        if (sound.Count == 0)
        {
            throw new SamplingException(chains.Select(chain => chain.Failure).OfType<string>().ToArray() is { Length: > 0 } failures
                ? $"There are no draws: {string.Join(' ', failures.Distinct().Take(1))}"
                : "There are no draws: the run was interrupted before the warmup was over.");
        }
        ChainRecord[] records = [.. sound.Select((chain, index) => Record(chain, index, names.Count, report))];
        DrawSummary[] summaries = Summarize(records, names.Count, options.Threads > 0 ? options.Threads : Environment.ProcessorCount);
        PosteriorDraws draws = new(options, names, records, summaries, []);
        return draws with { Warnings = SamplerWarnings.Of(draws, chains) };
    }

    /// <summary>Whether a chain has draws enough to be reported.</summary>
    internal static bool HasDraws(Chain chain) => chain.Count >= FewestDraws;

    /// <summary>Values of a parameter in all chains, as many of each as the shortest has.</summary>
    /// <param name="parameter">Which.</param>
    internal ChainValues Values(int parameter) => Values(Chains, parameter, Names.Count);

    private static ChainRecord Record(Chain chain, int number, int count, ParameterReport report)
    {
        double[] values = new double[(long)chain.Count * count];
        for (int draw = 0; draw < chain.Count; draw++)
            report(number, draw, chain.Position(draw), values.AsSpan(draw * count, count));
        return new ChainRecord(
            values, chain.LogDensity[..chain.Count], chain.IsDivergent[..chain.Count], chain.TreeDepth[..chain.Count],
            EnergyDiagnostic.Of(chain.Energy.AsSpan(0, chain.Count)), chain.StepSize, chain.MeanAcceptance, chain.Evaluations);
    }

    private static DrawSummary[] Summarize(IReadOnlyList<ChainRecord> chains, int count, int threads)
    {
        DrawSummary[] summaries = new DrawSummary[count];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, parameter => summaries[parameter] = DrawSummary.Of(Values(chains, parameter, count)));
        return summaries;
    }

    private static ChainValues Values(IReadOnlyList<ChainRecord> chains, int parameter, int count)
    {
        double[][] values = new double[chains.Count][];
        int common = chains.Min(chain => chain.Count);
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = new double[common];
            for (int draw = 0; draw < common; draw++)
                values[index][draw] = chains[index].Values[draw * count + parameter];
        }
        return new ChainValues(values);
    }
}

/// <summary>Writes the reported parameters of a point.</summary>
/// <param name="chain">0-based chain, of those that have draws.</param>
/// <param name="draw">0-based draw of the chain; draws come in order.</param>
/// <param name="position">Unconstrained parameters.</param>
/// <param name="reported">Out.</param>
internal delegate void ParameterReport(int chain, int draw, ReadOnlySpan<double> position, Span<double> reported);
