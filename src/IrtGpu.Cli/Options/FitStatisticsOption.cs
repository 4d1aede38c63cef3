using IrtGpu.Fit;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Specification;

namespace IrtGpu.Cli.Options;

/// <summary>Lists of fit statistics: <c>all</c>, <c>none</c>, or names separated by commas.</summary>
internal static class FitStatisticsOption
{
    public static string Names { get; } = string.Join(", ", FitStatistics.All);

    /// <summary>What a list names.</summary>
    /// <param name="option">The option, for messages.</param>
    /// <param name="list">The list.</param>
    /// <exception cref="SpecificationException">It names what there is not.</exception>
    public static IReadOnlySet<FitStatistic> Parse(string option, string list)
    {
        HashSet<FitStatistic> statistics = [];
        foreach (string name in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (string.Equals(name, "all", StringComparison.OrdinalIgnoreCase))
                statistics.UnionWith(Enum.GetValues<FitStatistic>());
            else if (FitStatistics.TryParse(name) is { } statistic)
                statistics.Add(statistic);
            else if (!string.Equals(name, "none", StringComparison.OrdinalIgnoreCase))
                throw new SpecificationException($"{option} does not know '{name}'. {NearNames.Suggest(name, FitStatistics.All)} It takes all, none, or a list of {Names}.");
        }
        return statistics;
    }
}
