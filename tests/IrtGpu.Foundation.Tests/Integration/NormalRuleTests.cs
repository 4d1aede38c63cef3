using IrtGpu.Foundation.Integration;
using IrtGpu.Foundation.Sampling;

namespace IrtGpu.Foundation.Tests.Integration;

/// <summary>Rules against the moments of the standard normal: E z^p is 0 for odd p, (p − 1)!! for even p.</summary>
public sealed class NormalRuleTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Spheres_are_exact_up_to_degree_7_and_no_further(int dimension)
    {
        NormalRule rule = SphericalRadial.Degree7(dimension);
        Assert.Equal(SphericalRadial.Count(dimension), rule.NodeCount);
        Assert.All(rule.Weights, weight => Assert.True(weight > 0));
        Assert.True(LargestError(rule, 7) < 1e-11);
        Assert.True(LargestError(rule, 8) > 1);
    }

    [Fact]
    public void A_turned_rule_is_as_exact()
    {
        StreamRandom random = new(3, 0);
        double[] rotation = RandomRotation.Create(5, () => random.NextNormal());
        for (int row = 0; row < 5; row++)
        {
            for (int other = 0; other < 5; other++)
                Assert.Equal(row == other ? 1 : 0, Enumerable.Range(0, 5).Sum(k => rotation[row * 5 + k] * rotation[other * 5 + k]), 1e-14);
        }
        NormalRule turned = SphericalRadial.Degree7(5).Rotate(rotation);
        Assert.True(LargestError(turned, 7) < 1e-11);
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(5, 3)]
    [InlineData(1, 4)]
    public void Products_are_exact_in_each_dimension(int count, int dimension)
    {
        NormalRule rule = NormalRule.Product(count, dimension);
        Assert.Equal(Math.Pow(count, dimension), rule.NodeCount);
        Assert.True(LargestError(rule, 2 * count - 1) < 1e-11);
        Assert.True(LargestError(rule, 2 * count) > 0.5);
    }

    [Theory]
    [InlineData(1, -0.5)]
    [InlineData(3, 1.5)]
    [InlineData(6, 0)]
    public void Gauss_rules_of_the_gamma_density_have_its_moments(int count, double alpha)
    {
        (double[] nodes, double[] weights) = GaussLaguerre.Rule(count, alpha);
        double moment = 1;
        for (int power = 0; power < 2 * count; power++)
        {
            Assert.Equal(1, nodes.Zip(weights, (node, weight) => weight * Math.Pow(node, power)).Sum() / moment, 1e-11);
            moment *= alpha + 1 + power; // Γ(α + 2 + p) / Γ(α + 1 + p)
        }
    }

    [Theory]
    [InlineData(2, 64)]
    [InlineData(10, 256)]
    [InlineData(20, 512)]
    public void Lattices_have_the_moments_that_mirror_images_and_stretching_give(int dimension, int count)
    {
        StreamRandom random = new(1, dimension);
        NormalRule[] rules = LatticeRules.Create(count, dimension, 3, () => random.NextUniform());
        Assert.All(rules, rule =>
        {
            Assert.Equal(count, rule.NodeCount);
            Assert.True(LargestError(rule, 3) < 1e-11);
        });
        Assert.NotEqual(rules[0].Nodes, rules[1].Nodes);
    }

    /// <summary>Largest error among monomials of a degree and below in up to three dimensions together, the others by symmetry of the choice.</summary>
    private static double LargestError(NormalRule rule, int degree)
    {
        double largest = 0;
        int last = rule.Dimension - 1;
        int middle = rule.Dimension / 2;
        for (int a = 0; a <= degree; a++)
        {
            for (int b = 0; a + b <= degree && (b == 0 || last > 0); b++)
            {
                for (int c = 0; a + b + c <= degree && (c == 0 || (middle > 0 && middle < last)); c++)
                {
                    double sum = 0;
                    for (int node = 0; node < rule.NodeCount; node++)
                    {
                        sum += rule.Weights[node] * Math.Pow(rule.Nodes[node], a) * Math.Pow(rule.Nodes[last * rule.NodeCount + node], b)
                            * Math.Pow(rule.Nodes[middle * rule.NodeCount + node], c);
                    }
                    largest = Math.Max(largest, Math.Abs(sum - Moment(a) * Moment(b) * Moment(c)) / Math.Max(1, Moment(a) * Moment(b) * Moment(c)));
                }
            }
        }
        return largest;
    }

    private static double Moment(int power)
    {
        if (power % 2 == 1)
            return 0;
        double moment = 1;
        for (int factor = power - 1; factor > 1; factor -= 2)
            moment *= factor;
        return moment;
    }
}
