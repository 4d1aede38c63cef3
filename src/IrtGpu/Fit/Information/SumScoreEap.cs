using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Scoring.SumScores;

namespace IrtGpu.Fit.Information;

/// <summary>Conversion of sum scores over all items of an observed group into posterior means.</summary>
/// <remarks>
/// P(θ | s) ∝ w f(s | θ), f by the recursion of Lord and Wingersky over the nodes, classes together: Thissen, Pommerich, Billeaud and Williams
/// (1995), Applied Psychological Measurement 19, 39–49. Categories count 0, 1, ….
/// </remarks>
/// <param name="Group">Observed group.</param>
/// <param name="AttributeCount">J.</param>
/// <param name="Probability">Share of persons with each score under the model. [score]</param>
/// <param name="Observed">Summed weight of persons who answered all items and have the score. [score]</param>
/// <param name="Mean">Posterior means. [score, attribute]</param>
/// <param name="StandardDeviation">Posterior standard deviations: the conditional standard errors. [score, attribute]</param>
public sealed record SumScoreEap(int Group, int AttributeCount, double[] Probability, double[] Observed, double[] Mean, double[] StandardDeviation)
{
    /// <summary>Reliability of the conversion: variance of its posterior means over itself plus their mean posterior variance.</summary>
    /// <param name="attribute">Attribute.</param>
    public double Reliability(int attribute)
    {
        double mean = 0;
        double square = 0;
        double posterior = 0;
        for (int score = 0; score < Probability.Length; score++)
        {
            double value = Mean[score * AttributeCount + attribute];
            double deviation = StandardDeviation[score * AttributeCount + attribute];
            mean += Probability[score] * value;
            square += Probability[score] * value * value;
            posterior += Probability[score] * deviation * deviation;
        }
        double variance = square - mean * mean;
        return variance / (variance + posterior);
    }

    /// <summary>Makes the table of a group.</summary>
    /// <param name="point">The estimates.</param>
    /// <param name="population">The group.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="members">The group's patterns.</param>
    internal static SumScoreEap Of(ModelPoint point, GroupPopulation population, PatternTable patterns, int[] members)
    {
        CalibrationPlan plan = point.Plan;
        int largest = population.Items.Sum(item => plan.Items[item].CategoryCount - 1);
        SumScoreDistribution distribution = new(population.NodeCount, largest);
        foreach (int item in population.Items)
            distribution.Add(population.Categories(item));
        int count = plan.AttributeCount;
        SumScoreEap table = new(
            population.Group, count, new double[largest + 1], new double[largest + 1], new double[(largest + 1) * count], new double[(largest + 1) * count]);
        double[] theta = Theta(point, population);
        for (int score = 0; score <= largest; score++)
            table.Fill(score, distribution.At(score), population.Weight, theta);
        foreach (int pattern in members)
        {
            ReadOnlySpan<byte> row = patterns.Row(pattern);
            int score = 0;
            foreach (int item in population.Items)
                score = row[item] == ResponseData.Missing || score < 0 ? -1 : score + row[item];
            if (score >= 0)
                table.Observed[score] += patterns.Frequency[pattern];
        }
        return table;
    }

    private static double[] Theta(ModelPoint point, GroupPopulation population)
    {
        int count = point.Plan.AttributeCount;
        double[] theta = new double[population.NodeCount * count];
        for (int node = 0; node < population.NodeCount; node++)
        {
            point.ThetaOfBlock(population.Block(population.ClassOf(node)))
                .AsSpan(population.NodeOf[node] % point.Plan.NodeCount * count, count).CopyTo(theta.AsSpan(node * count));
        }
        return theta;
    }

    private void Fill(int score, ReadOnlySpan<double> likelihood, double[] weight, double[] theta)
    {
        double total = 0;
        for (int node = 0; node < weight.Length; node++)
            total += weight[node] * likelihood[node];
        Probability[score] = total;
        for (int j = 0; j < AttributeCount; j++)
        {
            double first = 0;
            double second = 0;
            for (int node = 0; node < weight.Length; node++)
                first += weight[node] * likelihood[node] * theta[node * AttributeCount + j];
            first /= total;
            for (int node = 0; node < weight.Length; node++)
            {
                double centred = theta[node * AttributeCount + j] - first;
                second += weight[node] * likelihood[node] * centred * centred;
            }
            Mean[score * AttributeCount + j] = total > 0 ? first : double.NaN;
            StandardDeviation[score * AttributeCount + j] = total > 0 ? Math.Sqrt(second / total) : double.NaN;
        }
    }
}
