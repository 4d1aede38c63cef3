using IrtGpu.Fit.Information;

namespace IrtGpu.Fit;

/// <summary>Which statistics, and how.</summary>
public sealed record FitOptions
{
    /// <summary>Which.</summary>
    public IReadOnlySet<FitStatistic> Statistics { get; init; } = new HashSet<FitStatistic>(Enum.GetValues<FitStatistic>());

    /// <summary>At which θ̂ the fit of persons is judged: <c>wle</c>, <c>ml</c>, <c>map</c> or <c>eap</c>; empty: <c>wle</c> with one attribute, <c>eap</c> with more.</summary>
    public string PersonEstimator { get; init; } = "";

    /// <summary>Seed of the plausible values of PV-Q1; the same seed gives the same numbers whatever the number of threads.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Plausible values a person for PV-Q1, at least two.</summary>
    public int Draws { get; init; } = 10;

    /// <summary>Cut scores at which persons are classified; none: no classification is judged.</summary>
    public CutScores Cuts { get; init; } = CutScores.None;

    /// <summary>Number of threads; 0: all processors. Does not change the results.</summary>
    public int Threads { get; init; }
}
