using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Fit.Branches;
using IrtGpu.Fit.Items;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Fit.Information;

/// <summary>Conversion of sum scores over all items of an observed group into posterior means.</summary>
/// <remarks>
/// P(θ | s) ∝ w f(s | θ), f by the recursion of Lord and Wingersky over the nodes, classes together (<see cref="BranchScores"/>): Thissen, Pommerich, Billeaud and Williams
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
    /// <param name="population">The group.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="members">The group's patterns.</param>
    internal static SumScoreEap Of(BranchedPopulation population, PatternTable patterns, int[] members)
    {
        BranchScores scores = new(population, population.Items);
        int count = population.Plan.AttributeCount;
        int scoreCount = scores.LargestScore + 1;
        SumScoreEap table = new(population.Group, count, new double[scoreCount], new double[scoreCount], new double[scoreCount * count], new double[scoreCount * count]);
        bool[] isDone = new bool[count];
        for (int branch = 0; branch < population.Branches.Length; branch++)
        {
            int[] attributes = population.Branches[branch].Source.Attributes;
            int[] own = [.. Enumerable.Range(0, attributes.Length).Where(j => !isDone[attributes[j]])];
            double[] weight = population.Branches[branch].Population.Weight;
            double[][] theta = [.. own.Select(j => Theta(population, branch, j))];
            double[] mean = [.. theta.Select(values => FixedOrderSums.Dot(values, weight))]; // which the means of scores are near
            double[][] sums = scores.Expect(branch,
            [
                [.. weight.Select(_ => 1.0)],
                .. theta.Select((values, k) => (double[])[.. values.Select(value => value - mean[k])]),
                .. theta.Select((values, k) => (double[])[.. values.Select(value => (value - mean[k]) * (value - mean[k]))]),
            ]);
            if (branch == 0)
                sums[0].CopyTo(table.Probability, 0);
            for (int k = 0; k < own.Length; k++)
            {
                isDone[attributes[own[k]]] = true;
                table.Fill(attributes[own[k]], mean[k], sums[1 + k], sums[1 + own.Length + k]);
            }
        }
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

    /// <summary>Values of one of a branch's attributes. [node]</summary>
    private static double[] Theta(BranchedPopulation population, int branch, int attribute)
    {
        ModelPoint point = population.Model.Branches[branch];
        GroupPopulation own = population.Branches[branch].Population;
        int count = point.Plan.AttributeCount;
        double[] theta = new double[own.NodeCount];
        for (int node = 0; node < theta.Length; node++)
            theta[node] = point.ThetaOfBlock(own.Block(own.ClassOf(node)))[own.NodeOf[node] % point.Plan.NodeCount * count + attribute];
        return theta;
    }

    /// <summary>Means and deviations of an attribute.</summary>
    private void Fill(int attribute, double centre, double[] first, double[] second)
    {
        for (int score = 0; score < Probability.Length; score++)
        {
            double mean = first[score] / Probability[score];
            bool isPossible = Probability[score] > 0;
            Mean[score * AttributeCount + attribute] = isPossible ? centre + mean : double.NaN;
            StandardDeviation[score * AttributeCount + attribute] = isPossible ? Math.Sqrt(Math.Max(0, second[score] / Probability[score] - mean * mean)) : double.NaN;
        }
    }
}
