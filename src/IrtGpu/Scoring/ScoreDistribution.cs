using IrtGpu.Data;
using IrtGpu.Foundation.Collections;
using IrtGpu.Planning;

namespace IrtGpu.Scoring;

/// <summary>How many persons of an observed group have a score within each of equal intervals.</summary>
/// <param name="Group">Observed group.</param>
/// <param name="Attribute">Attribute.</param>
/// <param name="Low">Lower end of the first interval.</param>
/// <param name="Width">Width of an interval: 1, 2 or 5 times a power of ten, the same in all groups.</param>
/// <param name="Weight">Summed weight within each; a score at an end belongs to the interval above. [interval]</param>
public sealed record ScoreDistribution(int Group, int Attribute, double Low, double Width, double[] Weight)
{
    private const int FewestIntervals = 24;

    /// <summary>Ends of an interval.</summary>
    /// <param name="interval">0-based.</param>
    public (double Low, double High) Ends(int interval) => (Multiple(interval), Multiple(interval + 1));

    /// <summary>Counts scores group by group, attribute by attribute.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="scores">Scores. [pattern, attribute]</param>
    public static IReadOnlyList<ScoreDistribution> Of(CalibrationPlan plan, PatternTable patterns, double[] scores)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentNullException.ThrowIfNull(scores);
        List<ScoreDistribution> found = [];
        for (int attribute = 0; attribute < plan.AttributeCount; attribute++)
        {
            double[][] weights = new double[plan.GroupCount][];
            (double low, double high) = Range(plan, patterns, scores, attribute);
            double width = RoundIntervals.Width(high - low, FewestIntervals);
            long first = (long)Math.Floor(low / width);
            int count = (int)((long)Math.Floor(high / width) - first + 1);
            for (int group = 0; group < plan.GroupCount; group++)
                weights[group] = new double[count];
            for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
            {
                double score = scores[pattern * plan.AttributeCount + attribute];
                if (double.IsFinite(score) && plan.Measured.Has(patterns.Groups[pattern], attribute))
                    weights[patterns.Groups[pattern]][Math.Clamp((int)((long)Math.Floor(score / width) - first), 0, count - 1)] += patterns.Frequency[pattern];
            }
            for (int group = 0; group < plan.GroupCount; group++)
            {
                if (plan.Measured.Has(group, attribute))
                    found.Add(new ScoreDistribution(group, attribute, first * width, width, weights[group]));
            }
        }
        return [.. found.OrderBy(distribution => distribution.Group)];
    }

    private double Multiple(int interval) => Math.Round(Low / Width + interval) * Width;

    private static (double Low, double High) Range(CalibrationPlan plan, PatternTable patterns, double[] scores, int attribute)
    {
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
        {
            double score = scores[pattern * plan.AttributeCount + attribute];
            if (!double.IsFinite(score) || !(patterns.Frequency[pattern] > 0) || !plan.Measured.Has(patterns.Groups[pattern], attribute))
                continue;
            low = Math.Min(low, score);
            high = Math.Max(high, score);
        }
        return low <= high ? (low, high) : (0, 0);
    }
}
