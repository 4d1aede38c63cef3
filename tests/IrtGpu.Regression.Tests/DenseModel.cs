using IrtGpu.Foundation.Formulas.Design;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Regression.Tests;

/// <summary>The model in plain dense matrices, as the textbooks write it: X, Z, G, R, and what follows from them.</summary>
internal sealed class DenseModel
{
    private DenseModel(Matrix<double> x, Matrix<double> z, Matrix<double> g, Matrix<double> r, Vector<double> y)
    {
        X = x;
        Z = z;
        G = g;
        R = r;
        Y = y;
        V = z * g * z.Transpose() + r;
    }

    public Matrix<double> X { get; }

    public Matrix<double> Z { get; }

    public Matrix<double> G { get; }

    public Matrix<double> R { get; }

    public Matrix<double> V { get; }

    /// <summary>Response less offset.</summary>
    public Vector<double> Y { get; }

    /// <summary>The matrices at the estimates of a fit.</summary>
    public static DenseModel Of(MixedModelFit fit)
    {
        ModelFrame frame = fit.Problem.Frame;
        int n = frame.Rows.Count;
        double[][] columns = [.. fit.Problem.FixedBasis.Kept.Select(column => frame.Fixed.Columns[column])];
        List<Vector<double>> effects = [];
        List<Matrix<double>> blocks = [];
        foreach ((RandomDesign design, TermCovariance term) in frame.Random.Select(design => (design, fit.Covariances.First(candidate => candidate.Group == design.Group && candidate.Effects.SequenceEqual(design.Effects.Names)))))
        {
            int k = design.Width;
            for (int level = 0; level < design.Levels.Levels.Length; level++)
            {
                for (int effect = 0; effect < k; effect++)
                    effects.Add(Vector<double>.Build.Dense(n, row => design.Levels.Level[row] == level ? design.Effects.Columns[effect][row] : 0));
                blocks.Add(Matrix<double>.Build.Dense(k, k, (i, j) => term.Covariance[i * k + j]));
            }
        }
        Matrix<double> g = Matrix<double>.Build.Dense(effects.Count, effects.Count);
        int start = 0;
        foreach (Matrix<double> block in blocks)
        {
            g.SetSubMatrix(start, start, block);
            start += block.RowCount;
        }
        return new DenseModel(
            Matrix<double>.Build.Dense(n, columns.Length, (row, column) => columns[column][row]),
            Matrix<double>.Build.DenseOfColumnVectors(effects), g,
            Matrix<double>.Build.DenseOfDiagonalVector(Vector<double>.Build.Dense(n, row => fit.Sigma * fit.Sigma / (frame.Weights?[row] ?? 1))),
            Vector<double>.Build.Dense(n, row => frame.Response![row] - (frame.Offset?[row] ?? 0)));
    }

    /// <summary>(XᵀV⁻¹X)⁻¹XᵀV⁻¹y.</summary>
    public Vector<double> GeneralizedLeastSquares() => (X.Transpose() * V.Solve(X)).Solve(X.Transpose() * V.Solve(Y));

    /// <summary>GZᵀV⁻¹(y − Xβ).</summary>
    public Vector<double> ConditionalMean(Vector<double> beta) => G * Z.Transpose() * V.Solve(Y - X * beta);

    /// <summary>Henderson's left-hand side.</summary>
    public Matrix<double> Henderson()
    {
        Matrix<double> inverseR = R.Inverse();
        int p = X.ColumnCount;
        int q = Z.ColumnCount;
        Matrix<double> left = Matrix<double>.Build.Dense(p + q, p + q);
        left.SetSubMatrix(0, 0, X.Transpose() * inverseR * X);
        left.SetSubMatrix(0, p, X.Transpose() * inverseR * Z);
        left.SetSubMatrix(p, 0, Z.Transpose() * inverseR * X);
        left.SetSubMatrix(p, p, Z.Transpose() * inverseR * Z + G.Inverse());
        return left;
    }

    /// <summary>Henderson's right-hand side.</summary>
    public Vector<double> HendersonRight()
    {
        Vector<double> weighted = R.Inverse() * Y;
        return Vector<double>.Build.DenseOfEnumerable((X.Transpose() * weighted).Concat(Z.Transpose() * weighted));
    }

    /// <summary>Normal log-likelihood, or that of residual contrasts.</summary>
    public double LogLikelihood(bool isRestricted)
    {
        Vector<double> residual = Y - X * GeneralizedLeastSquares();
        double value = V.Cholesky().DeterminantLn + residual * V.Solve(residual) + (Y.Count - (isRestricted ? X.ColumnCount : 0)) * Math.Log(2 * Math.PI);
        if (isRestricted)
            value += (X.Transpose() * V.Solve(X)).Cholesky().DeterminantLn;
        return -value / 2;
    }
}
