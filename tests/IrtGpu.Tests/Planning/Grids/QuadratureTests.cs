using IrtGpu.Foundation.Integration;
using IrtGpu.Planning.Grids;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Planning.Grids;

public sealed class QuadratureTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(21)]
    [InlineData(61)]
    [InlineData(200)]
    public void Gauss_hermite_integrates_polynomials_exactly(int count)
    {
        (double[] nodes, double[] logWeights) = GaussHermite.Rule(count);
        Assert.Equal(1, logWeights.Sum(Math.Exp), 1e-12);
        double moment = 1; // E x^(2k) = (2k − 1)!!
        for (int power = 0; power <= Math.Min(2 * count - 1, 60); power++)
        {
            if (power > 0 && power % 2 == 0)
                moment *= power - 1;
            double sum = 0;
            for (int k = 0; k < count; k++)
                sum += Math.Exp(logWeights[k]) * Math.Pow(nodes[k], power);
            Assert.Equal(power % 2 == 0 ? 1 : 0, sum / moment, 1e-10);
        }
    }

    [Fact]
    public void Gauss_hermite_nodes_are_symmetric_and_ascending()
    {
        (double[] nodes, double[] logWeights) = GaussHermite.Rule(40);
        for (int k = 0; k < 40; k++)
        {
            Assert.Equal(-nodes[k], nodes[39 - k], 1e-13);
            Assert.Equal(logWeights[k], logWeights[39 - k], 1e-9);
            Assert.True(k == 0 || nodes[k] > nodes[k - 1]);
        }
        // Abramowitz and Stegun, table 25.10: five points, transformed to the normal density.
        (double[] five, double[] logFive) = GaussHermite.Rule(5);
        Assert.Equal(2.0201828704560856 * Math.Sqrt(2), five[4], 1e-13);
        Assert.Equal(0.01995324205904591 / Math.Sqrt(Math.PI), Math.Exp(logFive[4]), 1e-14);
    }

    [Fact]
    public void Rectangular_nodes_are_the_product_of_equal_steps()
    {
        QuadratureGrid grid = QuadratureGrid.Create(new QuadratureSpecification(Nodes: 5, Low: -2, High: 2), 2);
        Assert.Equal(25, grid.NodeCount);
        Assert.Equal([-2.0, -2, -2, -1, -2, 0], grid.Theta[..6]); // the last attribute runs fastest
        Assert.Equal([2.0, 2], grid.Theta[^2..]);
        Assert.False(grid.Moves);
    }

    [Fact]
    public void Pruning_drops_little_mass_and_says_how_much()
    {
        QuadratureGrid full = QuadratureGrid.Create(new QuadratureSpecification(QuadratureRule.GaussHermite, 15), 3);
        QuadratureGrid pruned = QuadratureGrid.Create(new QuadratureSpecification(QuadratureRule.GaussHermite, 15, PruneBelow: 1e-6), 3);
        Assert.Equal(0, full.DroppedMass);
        Assert.True(pruned.NodeCount < full.NodeCount / 2);
        Assert.InRange(pruned.DroppedMass, 1e-9, 1e-3);
        Assert.Equal(1, pruned.LogWeight.Sum(Math.Exp), 1e-12);
    }

    [Theory]
    [InlineData(1, -6, 6, 1, "--nodes")]
    [InlineData(21, 6, -6, 1, "--range")]
    [InlineData(21, 0, double.PositiveInfinity, 1, "--range")]
    [InlineData(61, -6, 6, 8, "--nodes")]
    public void Impossible_grids_are_refused_with_the_option_to_change(int nodes, double low, double high, int attributes, string option)
    {
        SpecificationException exception = Assert.Throws<SpecificationException>(
            () => QuadratureGrid.Create(new QuadratureSpecification(Nodes: nodes, Low: low, High: high), attributes));
        Assert.Contains(option, exception.Message, StringComparison.Ordinal);
    }
}
