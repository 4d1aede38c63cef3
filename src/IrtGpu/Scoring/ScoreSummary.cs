using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Planning;

namespace IrtGpu.Scoring;

/// <summary>How the EAP scores of an observed group, or of a latent class within it, are distributed and how precise they are.</summary>
/// <remarks>
/// Weights are N_p for a group and N_p · P(class | pattern) for a class; moments are divided by their sum:
/// covariance = Σ w (θ̂ − θ̄)(θ̂ − θ̄)ᵀ / Σ w, θ̄ = Σ w θ̂ / Σ w. EAPs vary less than θ: their variance and the mean posterior variance
/// add up to about that of the population. Reliability is the former's share of the sum.
/// </remarks>
/// <param name="Group">Observed group.</param>
/// <param name="Class">Latent class; −1 for all classes together.</param>
/// <param name="Weight">Σ w.</param>
/// <param name="Mean">θ̄. [attribute]</param>
/// <param name="Covariance">Of the EAPs, packed lower triangle. [J(J+1)/2]</param>
/// <param name="PosteriorVariance">Weighted mean of the posterior variances. [attribute]</param>
public sealed record ScoreSummary(int Group, int Class, double Weight, double[] Mean, double[] Covariance, double[] PosteriorVariance)
{
    /// <summary>Empirical reliability: variance of the EAPs over itself plus the mean posterior variance.</summary>
    /// <param name="attribute">Attribute.</param>
    public double Reliability(int attribute) => Variance(attribute) / (Variance(attribute) + PosteriorVariance[attribute]);

    /// <summary>Variance of the EAPs.</summary>
    /// <param name="attribute">Attribute.</param>
    public double Variance(int attribute) => Covariance[PackedTriangle.Diagonal(attribute)];

    /// <summary>Correlation of the EAPs of two attributes; farther from 0 than that of θ where scores borrow from each other.</summary>
    /// <param name="first">Attribute.</param>
    /// <param name="second">Another attribute, before the first.</param>
    public double Correlation(int first, int second) => Covariance[PackedTriangle.Index(first, second)] / Math.Sqrt(Variance(first) * Variance(second));

    /// <summary>Summaries group by group: all classes together, then (with classes) each class.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="scores">Their scores.</param>
    public static IReadOnlyList<ScoreSummary> Of(CalibrationPlan plan, PatternTable patterns, PatternScores scores)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentNullException.ThrowIfNull(scores);
        List<ScoreSummary> summaries = [];
        for (int group = 0; group < plan.GroupCount; group++)
        {
            summaries.Add(Summarize(patterns, scores, group, -1));
            for (int k = 0; k < scores.ClassCount && scores.ClassCount > 1; k++)
                summaries.Add(Summarize(patterns, scores, group, k));
        }
        return summaries;
    }

    private static ScoreSummary Summarize(PatternTable patterns, PatternScores scores, int group, int k)
    {
        int count = scores.AttributeCount;
        int pairs = PackedTriangle.Length(count);
        double weight = 0;
        double[] mean = new double[count];
        double[] covariance = new double[pairs];
        double[] posterior = new double[count];
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
        {
            double w = WeightOf(patterns, scores, pattern, group, k);
            weight += w;
            for (int j = 0; j < count; j++)
            {
                mean[j] += w * scores.Mean[pattern * count + j];
                posterior[j] += w * scores.Covariance[pattern * pairs + PackedTriangle.Diagonal(j)];
            }
        }
        for (int j = 0; j < count; j++)
            (mean[j], posterior[j]) = (mean[j] / weight, posterior[j] / weight);
        for (int pattern = 0; pattern < patterns.PatternCount; pattern++)
        {
            double w = WeightOf(patterns, scores, pattern, group, k) / weight;
            for (int j = 0, pair = 0; j < count; j++)
            {
                for (int m = 0; m <= j; m++, pair++)
                    covariance[pair] += w * (scores.Mean[pattern * count + j] - mean[j]) * (scores.Mean[pattern * count + m] - mean[m]);
            }
        }
        return new ScoreSummary(group, k, weight, mean, covariance, posterior);
    }

    private static double WeightOf(PatternTable patterns, PatternScores scores, int pattern, int group, int k) =>
        patterns.Groups[pattern] != group ? 0
        : k < 0 ? patterns.Frequency[pattern]
        : patterns.Frequency[pattern] * scores.ClassProbability[pattern * scores.ClassCount + k];
}
