namespace IrtGpu.Fit;

/// <summary>What can be asked of the fit of a model.</summary>
public enum FitStatistic
{
    /// <summary>M2, M2*, C2 and the indices made of them.</summary>
    ModelFit,

    /// <summary>S-X² of items.</summary>
    SumScores,

    /// <summary>X² and G² of items over groups of similar θ̂.</summary>
    AbilityGroups,

    /// <summary>PV-Q1 of items, over ranges of plausible values.</summary>
    PlausibleValues,

    /// <summary>Infit and outfit of items.</summary>
    MeanSquares,

    /// <summary>RMSD and MD of items by observed group.</summary>
    Deviations,

    /// <summary>Q3: correlations of residuals.</summary>
    ResidualCorrelations,

    /// <summary>LD-X² and G² of pairs of items.</summary>
    PairTables,

    /// <summary>Fit of persons.</summary>
    Persons,

    /// <summary>Posterior means for sum scores.</summary>
    SumScoreEap,

    /// <summary>Information functions and reliability.</summary>
    Information,
}

/// <summary>Names of the statistics, as <c>--statistics</c> takes them.</summary>
public static class FitStatistics
{
    private static readonly (string Name, FitStatistic Statistic)[] Names =
    [
        ("m2", FitStatistic.ModelFit), ("sx2", FitStatistic.SumScores), ("x2", FitStatistic.AbilityGroups), ("pvq1", FitStatistic.PlausibleValues), ("infit", FitStatistic.MeanSquares),
        ("rmsd", FitStatistic.Deviations), ("q3", FitStatistic.ResidualCorrelations), ("ldx2", FitStatistic.PairTables), ("person", FitStatistic.Persons),
        ("scores", FitStatistic.SumScoreEap), ("information", FitStatistic.Information),
    ];

    /// <summary>All names, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Names.Select(pair => pair.Name)];

    /// <summary>The statistic of a name; null where there is none.</summary>
    /// <param name="name">As <c>--statistics</c> takes it.</param>
    public static FitStatistic? TryParse(string name)
    {
        foreach ((string known, FitStatistic statistic) in Names)
        {
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
                return statistic;
        }
        return null;
    }
}
