namespace IrtGpu.Foundation.Sampling.Nuts;

/// <summary>Draws from a distribution by several chains of the no-U-turn sampler, side by side.</summary>
internal static class NoUTurnSampler
{
    /// <summary>Runs the chains.</summary>
    /// <param name="density">Makes the density of a chain; called once a chain, from its thread.</param>
    /// <param name="start">Where chains begin.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Hears of every chain, from several threads; null: no one.</param>
    /// <param name="cancellation">Ends all chains after their running transitions; the draws until then are kept.</param>
    /// <returns>The chains in order; draws depend on seed and number of the chain, not on threads.</returns>
    public static Chain[] Run(Func<ILogDensity> density, ChainStart start, SamplerOptions options, IProgress<ChainProgress>? progress = null, CancellationToken cancellation = default)
    {
        if ((long)start.Center.Length * options.Draws > Array.MaxLength)
            throw new ArgumentException(FormattableString.Invariant($"{options.Draws} draws of {start.Center.Length} parameters are more than an array holds; ask for fewer draws a chain and more chains."), nameof(options));
        Chain[] chains = new Chain[options.Chains];
        int threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        Parallel.For(0, chains.Length, new ParallelOptions { MaxDegreeOfParallelism = threads },
            number => chains[number] = new ChainRun(density(), options, number).Run(start, progress, cancellation));
        return chains;
    }
}
