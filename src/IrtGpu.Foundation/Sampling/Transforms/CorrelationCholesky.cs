using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Foundation.Sampling.Transforms;

/// <summary>Cholesky factor L of a correlation matrix, packed by rows, from partial correlations tanh x.</summary>
/// <remarks>
/// L_ij = tanh(x_ij) √(1 − Σ_{m&lt;j} L_im²), L_ii = √(1 − Σ_{m&lt;i} L_im²); Lewandowski, Kurowicka &amp; Joe (2009). The Jacobian is that of the
/// elements below the diagonal of L: an LKJ(η) prior of L Lᵀ has in these the density Π_i L_ii^(K − 1 − i + 2(η − 1)), i = 1 … K − 1 from 0.
/// </remarks>
/// <param name="order">K, the number of variables.</param>
internal sealed class CorrelationCholesky(int order) : Transform(order * (order - 1) / 2, order * (order + 1) / 2)
{
    public override double Constrain(ReadOnlySpan<double> x, Span<double> parameters)
    {
        double logJacobian = 0;
        int position = 0;
        for (int row = 0; row < order; row++)
        {
            int first = PackedTriangle.Index(row, 0);
            double logRest = 0; // log √(1 − Σ L²)
            for (int column = 0; column < row; column++, position++)
            {
                double log = LogSech(x[position]);
                parameters[first + column] = Math.Tanh(x[position]) * Math.Exp(logRest);
                logJacobian += 2 * log + logRest;
                logRest += log;
            }
            parameters[first + row] = Math.Exp(logRest);
        }
        return logJacobian;
    }

    public override void Unconstrain(ReadOnlySpan<double> parameters, Span<double> x)
    {
        int position = 0;
        for (int row = 0; row < order; row++)
        {
            int first = PackedTriangle.Index(row, 0);
            double rest = 1;
            for (int column = 0; column < row; column++, position++)
            {
                double element = parameters[first + column];
                x[position] = Math.Atanh(element / Math.Sqrt(rest));
                rest -= element * element;
            }
        }
    }

    public override void PullBack(ReadOnlySpan<double> x, ReadOnlySpan<double> parameters, ReadOnlySpan<double> gradient, Span<double> result)
    {
        // Later elements of the row shrink with sech x: d L_im / d x = −tanh(x) L_im; d log sech = −tanh.
        for (int row = 1; row < order; row++)
        {
            int first = PackedTriangle.Index(row, 0);
            int begin = row * (row - 1) / 2;
            double later = gradient[first + row] * parameters[first + row];
            for (int column = row - 1; column >= 0; column--)
            {
                double partial = Math.Tanh(x[begin + column]);
                double element = parameters[first + column];
                double slope = SechRest(x.Slice(begin, column)) * Math.Exp(2 * LogSech(x[begin + column]));
                result[begin + column] = gradient[first + column] * slope - partial * later - partial * (2 + row - 1 - column);
                later += gradient[first + column] * element;
            }
        }
    }

    /// <summary>√(1 − Σ L²) before an element.</summary>
    private static double SechRest(ReadOnlySpan<double> before)
    {
        double log = 0;
        foreach (double x in before)
            log += LogSech(x);
        return Math.Exp(log);
    }

    /// <summary>log 1/cosh x.</summary>
    private static double LogSech(double x) => Math.Log(2) - Math.Abs(x) - Math.Log(1 + Math.Exp(-2 * Math.Abs(x)));
}
