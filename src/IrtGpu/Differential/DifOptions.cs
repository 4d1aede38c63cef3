namespace IrtGpu.Differential;

/// <summary>How items are tested for differential functioning; the defaults are those of <c>irtgpu dif</c>.</summary>
public sealed record DifOptions
{
    /// <summary>Which tests of the item response model.</summary>
    public DifMethods Methods { get; init; } = DifMethods.Wald | DifMethods.LikelihoodRatio;

    /// <summary>Which items hold the groups on one scale.</summary>
    public AnchorStrategy Anchors { get; init; }

    /// <summary>With <see cref="AnchorStrategy.Given"/>: ITEMS list.</summary>
    public string AnchorItems { get; init; } = "";

    /// <summary>ITEMS list of those that are tested; null: all that can be.</summary>
    public string? Tested { get; init; }

    /// <summary>Adjusted p-value below which purification takes an item out of the anchors.</summary>
    public double Level { get; init; } = 0.05;

    /// <summary>Most rounds of purification.</summary>
    public int MostRounds { get; init; } = 10;

    /// <summary>Whether sum scores match persons by Mantel–Haenszel and logistic regression besides.</summary>
    public bool HasSumScores { get; init; } = true;

    /// <summary>Sum score that matches persons.</summary>
    public MatchingScore Matching { get; init; }

    /// <summary>RMSD of an item in a group above which its parameters are released there; null: none are.</summary>
    public double? ReleaseAbove { get; init; }
}

/// <summary>Tests of the item response model.</summary>
[Flags]
public enum DifMethods
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>From the covariance of the parameters where the item is free in the groups.</summary>
    Wald = 1,

    /// <summary>Fit with the item free in the groups against the fit in which it is equal.</summary>
    LikelihoodRatio = 2,
}

/// <summary>Which items hold the groups on one scale while an item is tested.</summary>
public enum AnchorStrategy
{
    /// <summary>All other items.</summary>
    AllOthers,

    /// <summary>Items that the user names, which are not tested; the others are free in the groups.</summary>
    Given,

    /// <summary>All others at first; items found to differ leave the anchors, and the test is repeated until the anchors stay the same.</summary>
    Purified,
}

/// <summary>Sum score that matches persons.</summary>
public enum MatchingScore
{
    /// <summary>Of all anchors and the studied item.</summary>
    Total,

    /// <summary>Of all anchors without the studied item.</summary>
    Rest,
}
