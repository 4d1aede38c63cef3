using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Foundation.Tests.LinearAlgebra;

public sealed class CholeskySolverTests
{
    [Fact]
    public void A_ridge_makes_an_indefinite_matrix_solvable()
    {
        double[] factor = new double[4];
        CholeskySolver.FactorWithRidge([1, 2, 2, 1], factor, 2);
        double[] x = [1, 1];
        CholeskySolver.Solve(factor, x, 2);
        Assert.All(x, value => Assert.True(double.IsFinite(value)));
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(1, double.NaN)]
    [InlineData(double.PositiveInfinity, 0)]
    [InlineData(1, double.NegativeInfinity)]
    public void A_matrix_that_is_not_finite_ends_in_a_factor_of_no_numbers(double diagonal, double below)
    {
        double[] factor = new double[4];
        CholeskySolver.FactorWithRidge([1, 0, below, diagonal], factor, 2);
        double[] x = [1, 1];
        CholeskySolver.Solve(factor, x, 2);
        Assert.All(x, value => Assert.False(double.IsFinite(value)));
    }
}
