using System.Numerics.Tensors;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Regression.Mixed;

/// <summary>Z = Z′R within a term: columns of mean square 1 and without cross-products, so that ϑ is of order 1 whatever the units.</summary>
internal static class TermStandardization
{
    private const double NewPart = 1e-7;

    /// <summary>Replaces the columns by the standardized ones.</summary>
    /// <param name="columns">Z, replaced by Z′. [effect][row]</param>
    /// <returns>R, row-major upper triangular; null where the columns are linearly dependent. [k, k]</returns>
    public static double[]? Apply(double[][] columns)
    {
        int k = columns.Length;
        double root = Math.Sqrt(columns[0].Length);
        double[] upper = new double[k * k];
        for (int column = 0; column < k; column++)
        {
            double[] current = columns[column];
            double length = FixedOrderSums.Norm(current);
            for (int pass = 0; pass < 2; pass++)
            {
                for (int earlier = 0; earlier < column; earlier++)
                {
                    double projection = FixedOrderSums.Dot(columns[earlier], current) / current.Length;
                    upper[earlier * k + column] += projection;
                    TensorPrimitives.MultiplyAdd(columns[earlier], -projection, current, current);
                }
            }
            double rest = FixedOrderSums.Norm(current);
            if (!(rest > NewPart * length) || !double.IsFinite(rest))
                return null;
            upper[column * k + column] = rest / root;
            TensorPrimitives.Divide(current, rest / root, current);
        }
        return upper;
    }
}
