namespace IrtGpu.Fit;

/// <summary>Which statistics, and how.</summary>
public sealed record FitOptions
{
    /// <summary>Which.</summary>
    public IReadOnlySet<FitStatistic> Statistics { get; init; } = new HashSet<FitStatistic>(Enum.GetValues<FitStatistic>());

    /// <summary>At which θ̂ the fit of persons is judged: <c>wle</c>, <c>ml</c>, <c>map</c> or <c>eap</c>; empty: <c>wle</c> with one attribute, <c>eap</c> with more.</summary>
    public string PersonEstimator { get; init; } = "";

    /// <summary>Number of threads; 0: all processors. Does not change the results.</summary>
    public int Threads { get; init; }
}
