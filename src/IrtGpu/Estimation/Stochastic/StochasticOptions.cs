namespace IrtGpu.Estimation.Stochastic;

/// <summary>How far stochastic approximation goes.</summary>
public sealed record StochasticOptions
{
    /// <summary>Largest Monte-Carlo standard error of an estimate, as a share of its standard error: with .1 the latter would be larger by half a percent.</summary>
    public double MonteCarloError { get; init; } = 0.1;

    /// <summary>Largest number of draws of every person.</summary>
    public int MostDraws { get; init; } = 20_000;
}
