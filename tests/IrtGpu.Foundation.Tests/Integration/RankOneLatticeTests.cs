using IrtGpu.Foundation.Integration;
using IrtGpu.Foundation.Sampling;

namespace IrtGpu.Foundation.Tests.Integration;

/// <summary>The search for generating vectors against all of them, and what the points are good for.</summary>
public sealed class RankOneLatticeTests
{
    [Fact]
    public void In_two_dimensions_no_other_vector_is_better()
    {
        const int Count = 64;
        int[] found = RankOneLattice.GeneratingVector(Count, 2);
        double least = Enumerable.Range(1, Count - 1).Min(component => RankOneLattice.SquaredError(Count, [1, component]));
        Assert.Equal(least, RankOneLattice.SquaredError(Count, found), 1e-14);
    }

    [Fact]
    public void Each_coordinate_alone_takes_every_multiple_once()
    {
        const int Count = 256;
        foreach (int component in RankOneLattice.GeneratingVector(Count, 30))
            Assert.Equal(Enumerable.Range(0, Count), Enumerable.Range(0, Count).Select(k => k * component % Count).Order());
    }

    [Fact]
    public void The_error_falls_nearly_with_the_number_of_points_and_is_far_below_that_of_chance()
    {
        double small = RankOneLattice.SquaredError(128, RankOneLattice.GeneratingVector(128, 5));
        double large = RankOneLattice.SquaredError(1024, RankOneLattice.GeneratingVector(1024, 5));
        Assert.True(large < small / Math.Pow(8, 1.5)); // (1/n)² but for logarithms; chance alone: 1/n
        StreamRandom random = new(1, 1);
        double[] chances = [.. Enumerable.Range(0, 20).Select(_ => RankOneLattice.SquaredError(1024, [.. Enumerable.Range(0, 5).Select(_ => 2 * (int)(512 * random.NextUniform()) + 1)]))];
        Assert.True(large < chances.Order().ElementAt(10));
    }

    [Fact]
    public void A_smooth_function_is_integrated_ten_times_as_well_as_by_chance()
    {
        // E exp(c Σ z_j) = exp(c² J / 2): of 256 points of chance the standard error is √(exp(c²J) − 1) / 16 of it.
        const int Dimension = 10;
        const double C = 0.2;
        StreamRandom random = new(5, 0);
        NormalRule[] rules = LatticeRules.Create(256, Dimension, 20, () => random.NextUniform());
        double expected = Math.Exp(C * C * Dimension / 2);
        double[] errors = [.. rules.Select(rule => Enumerable.Range(0, rule.NodeCount).Sum(node =>
            rule.Weights[node] * Math.Exp(C * Enumerable.Range(0, Dimension).Sum(j => rule.Nodes[j * rule.NodeCount + node]))) / expected - 1)];
        double byChance = Math.Sqrt(Math.Exp(C * C * Dimension) - 1) / 16;
        Assert.True(Math.Sqrt(errors.Average(error => error * error)) < byChance / 10);
    }
}
