using IrtGpu.Foundation.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Foundation.Tests.LinearAlgebra;

public sealed class BlockedCholeskyTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 2)]
    [InlineData(96, 1)]
    [InlineData(97, 3)]
    [InlineData(333, 5)]
    public void Factor_solutions_and_inverse_are_right(int order, int rightHandSides)
    {
        Random random = new(order);
        Matrix<double> root = Matrix<double>.Build.Dense(order, order, (_, _) => random.NextDouble() - 0.5);
        Matrix<double> a = root * root.Transpose() + Matrix<double>.Build.DenseIdentity(order);
        Matrix<double> b = Matrix<double>.Build.Dense(order, rightHandSides, (_, _) => random.NextDouble());
        double[] inverses = new double[2];
        foreach (int threads in new[] { 1, 2 })
        {
            using BlockedCholesky cholesky = new(order, rightHandSides, threads);
            cholesky.Clear();
            for (int row = 0; row < order; row++)
            {
                for (int column = 0; column <= row; column++)
                    cholesky.Row(row)[column] = a[row, column];
                for (int side = 0; side < rightHandSides; side++)
                    cholesky.RightHandSide(side)[row] = b[row, side];
            }
            Assert.True(cholesky.TryFactor(out double logDeterminant));
            Assert.Equal(a.Cholesky().DeterminantLn, logDeterminant, 1e-9 * order);
            Matrix<double> solution = a.Solve(b);
            for (int side = 0; side < rightHandSides; side++)
            {
                double[] x = cholesky.RightHandSide(side).ToArray();
                cholesky.SolveBackward(x);
                double[] y = b.Column(side).ToArray();
                cholesky.SolveForward(y);
                cholesky.SolveBackward(y);
                for (int row = 0; row < order; row++)
                {
                    Assert.Equal(solution[row, side], x[row], 1e-10);
                    Assert.Equal(solution[row, side], y[row], 1e-10);
                }
            }
            cholesky.Invert();
            Matrix<double> inverse = a.Inverse();
            double sum = 0;
            for (int row = 0; row < order; row++)
            {
                for (int column = 0; column <= row; column++)
                {
                    Assert.Equal(inverse[row, column], cholesky.InverseRow(row)[column], 1e-10);
                    sum += cholesky.InverseRow(row)[column];
                }
            }
            inverses[threads - 1] = sum;
        }
        Assert.Equal(inverses[0], inverses[1], 0.0); // same bits for any number of threads
    }

    [Fact]
    public void A_matrix_that_is_not_positive_definite_is_refused()
    {
        using BlockedCholesky cholesky = new(2, 1, 1);
        cholesky.Clear();
        (cholesky.Row(0)[0], cholesky.Row(1)[0], cholesky.Row(1)[1]) = (1, 2, 1);
        Assert.False(cholesky.TryFactor(out _));
    }

    [Fact]
    public void Dependent_columns_are_left_out()
    {
        double[][] columns = [[1, 1, 1, 1], [1, 2, 3, 4], [3, 4, 5, 6], [1, 0, 0, 1e-3], [0, 0, 0, 0]];
        OrthogonalColumns basis = OrthogonalColumns.Factor([.. columns.Select(column => (double[])column.Clone())]);
        Assert.Equal([0, 1, 3], basis.Kept);
        for (int column = 0; column < 3; column++)
        {
            for (int row = 0; row < 4; row++)
            {
                double sum = Enumerable.Range(0, 3).Sum(inner => basis.Columns[inner][row] * basis.Upper[inner * 3 + column]);
                Assert.Equal(columns[basis.Kept[column]][row], sum, 1e-12);
            }
        }
    }
}
