using IrtGpu.Foundation.Integration;
using IrtGpu.Foundation.Sampling;

namespace IrtGpu.Foundation.Tests.Integration;

/// <summary>Rules against the moments of the standard normal: E z^p is 0 for odd p, (p − 1)!! for even p.</summary>
public sealed class NormalRuleTests
{
    [Theory]
    [InlineData(3, 52)]
    [InlineData(4, 96)]
    [InlineData(5, 164)]
    [InlineData(6, 272)]
    [InlineData(7, 452)]
    [InlineData(8, 736)]
    [InlineData(9, 292)]
    [InlineData(10, 552)]
    [InlineData(16, 1088)]
    public void Spheres_are_exact_up_to_their_degree_and_no_further(int dimension, int count)
    {
        NormalRule rule = SphericalRadial.Create(dimension, 2);
        int degree = SphericalRadial.Degree(dimension);
        Assert.Equal(dimension <= 8 ? 7 : 5, degree);
        Assert.Equal(count, rule.NodeCount);
        Assert.Equal(count, SphericalRadial.Count(dimension, 2));
        Assert.All(rule.Weights, weight => Assert.True(weight > 0));
        Assert.True(LargestError(rule, degree) < 1e-11);
        Assert.True(LargestError(rule, degree + 1) > 0.1);
        for (int j = 0; j < dimension; j++)
        {
            for (int k = 0; k < j; k++) // all pairs: the corners are not alike in all dimensions
            {
                Assert.Equal(0, Mean(rule, z => z(j) * z(k)), 1e-13);
                Assert.Equal(1, Mean(rule, z => z(j) * z(j) * z(k) * z(k)), 1e-12);
                Assert.Equal(0, Mean(rule, z => z(j) * z(k) * z((j + 1) % dimension) * z((k + 2) % dimension)) - Expected(j, k, (j + 1) % dimension, (k + 2) % dimension), 1e-12);
            }
        }
    }

    [Theory]
    [InlineData(9, 7)]
    [InlineData(12, 8)]
    [InlineData(16, 9)]
    [InlineData(20, 10)]
    public void Products_of_up_to_five_coordinates_of_corners_have_mean_0(int dimension, int bits)
    {
        CubeCorners corners = CubeCorners.Find(dimension);
        Assert.Equal(bits, corners.Bits);
        for (int subset = 1; subset < 1 << dimension; subset++)
        {
            if (System.Numerics.BitOperations.PopCount((uint)subset) > 5)
                continue;
            int positive = 0;
            for (int corner = 0; corner < 1 << bits; corner++)
            {
                bool sign = true;
                for (int rest = subset; rest != 0; rest &= rest - 1)
                    sign ^= !corners.IsPositive(corner, System.Numerics.BitOperations.TrailingZeroCount(rest));
                positive += sign ? 1 : 0;
            }
            Assert.Equal(1 << (bits - 1), positive);
        }
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
        NormalRule turned = SphericalRadial.Create(5, 2).Rotate(rotation);
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
        Assert.True(LargestError(rule, 2 * count) > 0.1);
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

    private static double Mean(NormalRule rule, Func<Func<int, double>, double> function) =>
        Enumerable.Range(0, rule.NodeCount).Sum(node => rule.Weights[node] * function(j => rule.Nodes[j * rule.NodeCount + node]));

    /// <summary>E of a product of four coordinates, the sum over pairings (Isserlis).</summary>
    private static double Expected(int a, int b, int c, int d) =>
        (a == b && c == d ? 1 : 0) + (a == c && b == d ? 1 : 0) + (a == d && b == c ? 1 : 0);

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
