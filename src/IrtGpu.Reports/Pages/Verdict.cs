namespace IrtGpu.Reports.Pages;

/// <summary>How serious something is.</summary>
internal enum Level
{
    /// <summary>Nothing to do.</summary>
    Good,

    /// <summary>To be looked at.</summary>
    Notice,

    /// <summary>To be put right before the results are used.</summary>
    Problem,
}

/// <summary>Names of <see cref="Level"/>s.</summary>
internal static class Levels
{
    /// <summary>The word by which style sheets know a level.</summary>
    public static string Word(this Level level) => level switch
    {
        Level.Good => "good",
        Level.Notice => "notice",
        Level.Problem => "problem",
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "There is no such level."),
    };
}

/// <summary>The results in words.</summary>
/// <param name="Headline">One sentence.</param>
/// <param name="Findings">What was found, the gravest first.</param>
/// <param name="Advice">What to do.</param>
internal sealed record Verdict(string Headline, IReadOnlyList<Finding> Findings, IReadOnlyList<Advice> Advice)
{
    /// <summary>The gravest of the findings.</summary>
    public Level Level => Findings.Count == 0 ? Level.Good : Findings.Max(finding => finding.Level);

    /// <summary>Its word.</summary>
    public string Word => Level.Word();

    /// <summary>Puts the gravest first and keeps the order otherwise.</summary>
    public static Verdict Of(string headline, IEnumerable<Finding> findings, IEnumerable<Advice> advice) =>
        new(headline, [.. findings.OrderByDescending(finding => finding.Level)], [.. advice.DistinctBy(one => one.Text)]);
}

/// <summary>One thing that was found.</summary>
/// <param name="Level">How serious it is.</param>
/// <param name="Title">A few words.</param>
/// <param name="Text">A sentence or two.</param>
internal sealed record Finding(Level Level, string Title, string Text)
{
    private const int MostWarnings = 12;

    /// <summary>Warnings of a run; of many the first.</summary>
    public static IEnumerable<Finding> OfWarnings(IReadOnlyList<string> warnings)
    {
        foreach (string warning in warnings.Take(MostWarnings))
            yield return new Finding(Level.Notice, "Warning.", warning);
        if (warnings.Count > MostWarnings)
            yield return new Finding(Level.Notice, $"{warnings.Count - MostWarnings} more warnings.", "They are in fit.json or run.json.");
    }

    /// <summary>The word of its level.</summary>
    public string Word => Level.Word();

    /// <summary>Where more of it is shown.</summary>
    public IReadOnlyList<Link> Links { get; init; } = [];
}

/// <summary>A way to a place of the page.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Text">What it is called.</param>
internal sealed record Link(string Target, string Text);

/// <summary>Something to do.</summary>
/// <param name="Text">What, and what for.</param>
/// <param name="Command">How; "" where no command does it.</param>
internal sealed record Advice(string Text, string Command = "");
