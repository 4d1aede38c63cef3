namespace IrtGpu.Foundation.Sampling.Nuts;

/// <summary>How draws are made.</summary>
public sealed record SamplerOptions
{
    /// <summary>Draws of each chain that are kept.</summary>
    public int Draws { get; init; } = 1000;

    /// <summary>Transitions before them in which step size and metric are adapted.</summary>
    public int Warmup { get; init; } = 1000;

    /// <summary>Number of chains.</summary>
    public int Chains { get; init; } = 4;

    /// <summary>Mean acceptance statistic that the step size is adapted to; nearer to 1 takes smaller steps.</summary>
    public double AdaptDelta { get; init; } = 0.8;

    /// <summary>Largest number of doublings of a trajectory.</summary>
    public int MaxTreeDepth { get; init; } = 10;

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Number of threads; 0: all processors. Draws do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Sentences about options that cannot be.</summary>
    internal IEnumerable<string> Problems()
    {
        if (Draws < 4)
            yield return FormattableString.Invariant($"{Draws} draws a chain are asked for; 4 is the least that R-hat can be had of, and some hundred give steady intervals.");
        if (Warmup < 0)
            yield return FormattableString.Invariant($"A warmup of {Warmup} transitions is asked for; 1000 is usual.");
        if (Chains is < 1 or > 1024)
            yield return FormattableString.Invariant($"{Chains} chains are asked for; 4 is usual, 1 to 1024 are possible.");
        if (!(AdaptDelta > 0 && AdaptDelta < 1))
            yield return FormattableString.Invariant($"The target of the acceptance statistic is {AdaptDelta}; it lies between 0 and 1, for example 0.8 or, against divergences, 0.95.");
        if (MaxTreeDepth is < 1 or > 20)
            yield return FormattableString.Invariant($"The largest tree depth is {MaxTreeDepth}; 10 is usual, 1 to 20 are possible.");
    }
}
