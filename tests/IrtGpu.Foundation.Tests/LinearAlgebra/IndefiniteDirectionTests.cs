using IrtGpu.Foundation.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Foundation.Tests.LinearAlgebra;

public sealed class IndefiniteDirectionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(60)]
    public void There_is_one_where_an_eigenvalue_is_not_positive(int n)
    {
        Matrix<double> root = Matrix<double>.Build.Random(n, n, seed: n);
        Matrix<double> definite = root * root.Transpose() + Matrix<double>.Build.DenseIdentity(n);
        Assert.Null(Find(definite));
        foreach (double smallest in new[] { 0, -0.5 })
        {
            var eigen = definite.Evd(Symmetricity.Symmetric);
            Vector<double> values = eigen.EigenValues.Map(value => value.Real);
            values[n / 2] = smallest;
            Matrix<double> matrix = eigen.EigenVectors * Matrix<double>.Build.DenseOfDiagonalVector(values) * eigen.EigenVectors.Transpose();
            Vector<double> direction = Vector<double>.Build.Dense(Find((matrix + matrix.Transpose()) / 2)!);
            Assert.True(direction * matrix * direction <= 1e-9 * direction.L2Norm() * direction.L2Norm());
        }
    }

    [Fact]
    public void A_matrix_that_is_no_number_has_one() => Assert.NotNull(Find(Matrix<double>.Build.Dense(2, 2, double.NaN)));

    private static double[]? Find(Matrix<double> matrix) =>
        IndefiniteDirection.Find(matrix.ToRowMajorArray(), matrix.RowCount, TestContext.Current.CancellationToken);
}
