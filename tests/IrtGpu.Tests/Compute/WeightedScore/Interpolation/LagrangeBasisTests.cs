using IrtGpu.Compute.WeightedScore.Interpolation;

namespace IrtGpu.Tests.Compute.WeightedScore.Interpolation;

public sealed unsafe class LagrangeBasisTests
{
    [Fact]
    public void At_a_point_its_own_coefficient_is_1_and_the_others_are_0()
    {
        using LagrangeBasis basis = new();
        double* coefficients = stackalloc double[LagrangeBasis.Points];
        for (int k = 0; k < LagrangeBasis.Points; k++)
        {
            basis.Coefficients(k - LagrangeBasis.FirstPoint, coefficients);
            for (int point = 0; point < LagrangeBasis.Points; point++)
                Assert.Equal(point == k ? 1 : 0, coefficients[point], 1e-11);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    public void A_polynomial_of_degree_7_or_less_is_met_exactly(int degree)
    {
        using LagrangeBasis basis = new();
        double* coefficients = stackalloc double[LagrangeBasis.Points];
        for (double fraction = 0; fraction <= 1; fraction += 0.125)
        {
            basis.Coefficients(fraction, coefficients);
            double sum = 0;
            for (int point = 0; point < LagrangeBasis.Points; point++)
                sum += coefficients[point] * Math.Pow(point - 2.5, degree);
            Assert.Equal(Math.Pow(LagrangeBasis.FirstPoint + fraction - 2.5, degree), sum, 1e-9);
        }
    }

    /// <summary>Σ weight · value(f) is the same through the cells' powers, through the coefficients, and through the adjoint's deposits.</summary>
    [Fact]
    public void Powers_coefficients_and_deposits_agree()
    {
        const int PointCount = 20;
        const int CellCount = PointCount - LagrangeBasis.Points + 1;
        Random random = new(1);
        double[] values = [.. Enumerable.Range(0, PointCount).Select(_ => random.NextDouble())];
        double[] cells = new double[CellCount * LagrangeBasis.Points];
        double[] powerSums = new double[CellCount * LagrangeBasis.Points];
        double[] deposit = new double[PointCount];
        using LagrangeBasis basis = new();
        double* coefficients = stackalloc double[LagrangeBasis.Points];
        double byPowers = 0;
        double byCoefficients = 0;
        fixed (double* cell = cells, sums = powerSums)
        {
            basis.ToPowers(values, cell);
            for (int k = 0; k < 50; k++)
            {
                int first = random.Next(CellCount);
                double fraction = random.NextDouble();
                double weight = random.NextDouble();
                basis.Coefficients(fraction, coefficients);
                for (int point = 0; point < LagrangeBasis.Points; point++)
                {
                    double power = Math.Pow(fraction, point);
                    byPowers += weight * cells[first * LagrangeBasis.Points + point] * power;
                    byCoefficients += weight * coefficients[point] * values[first + point];
                    powerSums[first * LagrangeBasis.Points + point] += weight * power;
                }
            }
            basis.FromPowers(sums, deposit);
        }
        double byDeposits = deposit.Zip(values, (weight, value) => weight * value).Sum();
        Assert.Equal(byCoefficients, byPowers, 1e-10);
        Assert.Equal(byCoefficients, byDeposits, 1e-10);
        Assert.All(powerSums, sum => Assert.Equal(0, sum));
    }
}
