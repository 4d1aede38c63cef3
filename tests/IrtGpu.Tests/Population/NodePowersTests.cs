using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Population;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Population;

/// <summary>Sums over the nodes against plain loops, and the exponential family of the normal against its density.</summary>
public sealed class NodePowersTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 61)]
    [InlineData(2, 16)]
    [InlineData(2, 49)]
    [InlineData(3, 125)]
    [InlineData(4, 81)]
    public void Sums_partition_and_moments_are_those_of_plain_loops(int attributeCount, int nodeCount)
    {
        Random random = new(attributeCount * nodeCount);
        double[] theta = [.. Enumerable.Range(0, nodeCount * attributeCount).Select(_ => 4 * random.NextDouble() - 2)];
        double[] nodeTotals = [.. Enumerable.Range(0, nodeCount).Select(_ => random.NextDouble())];
        double[][] powers = [.. Enumerable.Range(0, nodeCount).Select(node => Powers(theta.AsSpan(node * attributeCount, attributeCount)))];
        int count = powers[0].Length;
        double[] natural = [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];
        NodePowers sums = NodePowers.Of(theta, attributeCount);

        double[] actual = new double[count];
        Assert.Equal(nodeTotals.Sum(), sums.Sum(nodeTotals, actual), 1e-12);
        for (int power = 0; power < count; power++)
            Assert.Equal(powers.Select((values, node) => nodeTotals[node] * values[power]).Sum(), actual[power], 1e-11);

        double[] terms = [.. powers.Select(values => Math.Exp(values.Zip(natural, (value, factor) => value * factor).Sum()))];
        Assert.Equal(Math.Log(terms.Sum()), sums.LogPartition(natural), 1e-12);
        double[] mean = new double[count];
        double[] covariance = new double[count * count];
        sums.Moments(mean, covariance);
        for (int row = 0; row < count; row++)
        {
            Assert.Equal(Mean(values => values[row]), mean[row], 1e-12);
            for (int column = 0; column < count; column++)
                Assert.Equal(Mean(values => values[row] * values[column]) - mean[row] * mean[column], covariance[row * count + column], 1e-11);
        }

        double Mean(Func<double[], double> of) => powers.Select((values, node) => terms[node] * of(values)).Sum() / terms.Sum();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Natural_parameters_give_the_density_and_their_derivatives_are_its_differences(int attributeCount)
    {
        ResponseData data = new SimulatedData(60, [2, 2, 2, 2, 2, 2]).Draw();
        string[] attributes = [.. Enumerable.Range(1, attributeCount).Select(number => $"F{number}")];
        ModelSpecification specification = new()
        {
            Attributes = attributes,
            QMatrix = data.ItemNames.Select((name, item) => (name, item))
                .ToDictionary(pair => pair.name, pair => (int[])[.. attributes.Select((_, j) => j == pair.item % attributeCount ? 1 : 0)]),
        };
        PatternTable patterns = PatternTable.Compress(data);
        CalibrationPlan plan = CalibrationPlanner.Plan(specification, DataShape.Of(data, patterns));
        double[] slots = new double[plan.Layout.SlotCount];
        PlannedBlock block = plan.Blocks[0];
        for (int j = 0, slot = block.FirstCovarianceSlot; j < attributeCount; j++)
        {
            slots[block.FirstMeanSlot + j] = 0.3 - 0.5 * j;
            for (int k = 0; k <= j; k++)
                slots[slot++] = j == k ? 1.2 + 0.3 * j : 0.2 * (j + k);
        }
        double[] theta = [.. Enumerable.Range(0, attributeCount).Select(j => 0.7 - j)];
        NormalPopulation normal = NormalPopulation.TryCreate(plan, block, slots)!;
        double[] powers = Powers(theta);
        int count = powers.Length;
        double[] natural = Natural(slots);
        Assert.Equal(normal.LogDensities(theta)[0], powers.Zip(natural, (value, factor) => value * factor).Sum() - NormalFamily.LogPartition(normal), 1e-13);

        double[] derivatives = new double[count * count];
        NormalFamily.Derivatives(normal, derivatives);
        double[] expected = new double[count];
        NormalFamily.ExpectedPowers(normal, expected);
        for (int row = 0; row < count; row++)
        {
            const double step = 1e-5;
            double[] upper = [.. slots];
            double[] lower = [.. slots];
            upper[block.FirstMeanSlot + row] += step;
            lower[block.FirstMeanSlot + row] -= step;
            double[] difference = [.. Natural(upper).Zip(Natural(lower), (above, below) => (above - below) / (2 * step))];
            double partition = (NormalFamily.LogPartition(NormalPopulation.TryCreate(plan, block, upper)!) - NormalFamily.LogPartition(NormalPopulation.TryCreate(plan, block, lower)!)) / (2 * step);
            Assert.Equal(partition, difference.Zip(expected, (change, power) => change * power).Sum(), 1e-8); // ∂A = ∂η · E
            for (int column = 0; column < count; column++)
                Assert.Equal(difference[column], derivatives[row * count + column], 1e-8);
        }

        double[] Natural(double[] at)
        {
            double[] values = new double[count];
            NormalFamily.Parameters(NormalPopulation.TryCreate(plan, block, at)!, values);
            return values;
        }
    }

    private static double[] Powers(ReadOnlySpan<double> theta)
    {
        List<double> powers = [.. theta];
        for (int j = 0; j < theta.Length; j++)
        {
            for (int k = 0; k <= j; k++)
                powers.Add(theta[j] * theta[k]);
        }
        return [.. powers];
    }
}
