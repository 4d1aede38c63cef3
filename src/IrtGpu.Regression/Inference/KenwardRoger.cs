using IrtGpu.Foundation.Formulas;
using IrtGpu.Regression.Mixed;
using IrtGpu.Regression.Mixed.Equations;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Regression.Inference;

/// <summary>Kenward and Roger's covariance matrix of the fixed effects and degrees of freedom.</summary>
/// <remarks>
/// Kenward &amp; Roger (1997), Biometrics 53, 983–997, for variances that enter V linearly: Φ_A = Φ + 2Φ(Σ W_ij (Q_ij − P_i Φ P_j))Φ, W the
/// inverse of the expected REML information. For one coefficient their F test has degrees of freedom 2(lᵀΦl)²/Σ W_ij g_i g_j, g_i = lᵀΦP_iΦl.
/// All products go through ZᵀV⁻¹Z, so the order of the work is that of the random effects, not of the rows.
/// </remarks>
internal sealed class KenwardRoger
{
    /// <summary>Most random effects: the matrix ZᵀV⁻¹Z is dense.</summary>
    public const int MostEffects = 4000;

    private readonly MixedProblem problem;
    private readonly ProfiledCriterion criterion;
    private readonly List<(int Grouping, int Row, int Column)> components = [];
    private readonly double[] between; // K = ZᵀV⁻¹Z [effect, effect]
    private readonly double[] withFixed; // H = ZᵀV⁻¹X [effect, p]
    private readonly int q;
    private readonly int p;

    private KenwardRoger(MixedProblem problem, ProfiledCriterion criterion)
    {
        this.problem = problem;
        this.criterion = criterion;
        q = problem.Data.ScalarCount;
        p = problem.FixedCount;
        foreach (MixedTerm term in problem.Terms)
        {
            for (int row = 0; row < term.Width; row++)
            {
                for (int column = 0; column <= row; column++)
                    components.Add((term.GroupingIndex, term.Offset + row, term.Offset + column));
            }
        }
        between = Between();
        withFixed = new double[q * p];
        for (int effect = 0; effect < q; effect++)
            criterion.ResidualProductColumns.AsSpan(effect * (p + 1), p).CopyTo(withFixed.AsSpan(effect * p));
    }

    /// <summary>Covariance matrix of the fixed effects in their units, and degrees of freedom.</summary>
    /// <param name="problem">The model.</param>
    /// <param name="criterion">The REML criterion, at the estimates.</param>
    /// <exception cref="FormulaException">There are more random effects than a dense matrix should have.</exception>
    public static (double[] Covariance, double[] Df) Compute(MixedProblem problem, ProfiledCriterion criterion)
    {
        if (problem.Data.ScalarCount > MostEffects)
        {
            throw new FormulaException(problem.Frame.Formula.Text, problem.Frame.Random[0].Position, FormattableString.Invariant(
                $"Kenward and Roger's method works on a dense matrix over all random effects, {MostEffects} at most, and there are {problem.Data.ScalarCount}. Use --df satterthwaite, which is close to it with so many levels."));
        }
        return new KenwardRoger(problem, criterion).Compute();
    }

    private (double[] Covariance, double[] Df) Compute()
    {
        int count = components.Count + 1;
        double sigma = criterion.ResidualVariance; // on the standardized scale
        Matrix<double> phi = Dense(criterion.Equations.FixedCovariance(), p, p);
        Matrix<double> h = Dense(withFixed, q, p);
        Matrix<double> gammaH = Dense(TimesCovariance(withFixed, p), q, p);
        double[] twiceFixed = Subtract(withFixed, Multiply(between, gammaH)); // ZᵀV⁻²X
        Matrix<double> h2 = Dense(twiceFixed, q, p);
        Matrix<double> x2 = phi.Inverse() - h.Transpose() * gammaH;
        Matrix<double> x3 = x2 - gammaH.Transpose() * h2;

        Matrix<double>[] first = new Matrix<double>[count]; // P_i, relative
        Matrix<double>[] selected = new Matrix<double>[count - 1]; // E_i H
        for (int i = 0; i < count - 1; i++)
        {
            selected[i] = Select(i, withFixed);
            first[i] = -h.Transpose() * selected[i];
        }
        first[count - 1] = -x2;
        Matrix<double>[,] second = new Matrix<double>[count, count];
        double[,] traces = new double[count, count];
        double[][] diagonalSquares = SquaredDiagonal();
        for (int i = 0; i < count - 1; i++)
        {
            Matrix<double> product = Dense(Multiply(between, selected[i]), q, p);
            for (int j = 0; j <= i; j++)
            {
                second[j, i] = selected[j].Transpose() * product;
                second[i, j] = second[j, i].Transpose();
                traces[i, j] = traces[j, i] = PairTrace(i, j);
            }
            second[i, count - 1] = selected[i].Transpose() * h2;
            second[count - 1, i] = second[i, count - 1].Transpose();
            traces[i, count - 1] = traces[count - 1, i] = Trace(i, diagonalSquares);
        }
        second[count - 1, count - 1] = x3;
        traces[count - 1, count - 1] = ResidualTrace(diagonalSquares);

        Matrix<double> information = Matrix<double>.Build.Dense(count, count, (i, j) =>
            traces[i, j] - 2 * (phi * second[i, j]).Trace() + (phi * first[i] * phi * first[j]).Trace());
        Matrix<double> w = 2 * information.Inverse(); // in units of σ⁴
        Matrix<double> sum = Matrix<double>.Build.Dense(p, p);
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
                sum += w[i, j] * (second[i, j] - first[i] * phi * first[j]);
        }
        Matrix<double> adjusted = sigma * (phi + 2 * phi * sum * phi);
        double scale = problem.Scale * problem.Scale;
        double[] covariance = Array.ConvertAll(problem.FixedBasis.Congruence(RowMajor(adjusted)), value => value * scale);

        double[] variances = problem.FixedBasis.Congruence(RowMajor(phi));
        double[][] changes = [.. first.Select(matrix => problem.FixedBasis.Congruence(RowMajor(phi * matrix * phi)))];
        double[] df = new double[p];
        for (int effect = 0; effect < p; effect++)
        {
            double quadratic = 0;
            for (int i = 0; i < count; i++)
            {
                for (int j = 0; j < count; j++)
                    quadratic += w[i, j] * changes[i][effect * p + effect] * changes[j][effect * p + effect];
            }
            double variance = variances[effect * p + effect];
            df[effect] = 2 * variance * variance / quadratic;
        }
        return (covariance, df);
    }

    private static Matrix<double> Dense(double[] rowMajor, int rows, int columns) => Matrix<double>.Build.Dense(rows, columns, (i, j) => rowMajor[i * columns + j]);

    private static double[] RowMajor(Matrix<double> matrix) => matrix.ToRowMajorArray();

    private static double[] Subtract(double[] left, double[] right) => [.. left.Zip(right, (first, second) => first - second)];

    /// <summary>K column by column: A − AΛΩ⁻¹ΛᵀA, as −[what is left of A e] of the response column's formula.</summary>
    private double[] Between()
    {
        double[] result = new double[q * q];
        double[] unit = new double[q];
        for (int column = 0; column < q; column++)
        {
            unit[column] = 1;
            criterion.TimesPrecision(unit).CopyTo(result, column * q);
            unit[column] = 0;
        }
        return result; // symmetric, so rows and columns are the same
    }

    private double[] Multiply(double[] square, Matrix<double> right)
    {
        double[] result = new double[q * right.ColumnCount];
        double[] values = right.ToRowMajorArray();
        for (int row = 0; row < q; row++)
        {
            Span<double> target = result.AsSpan(row * right.ColumnCount, right.ColumnCount);
            for (int inner = 0; inner < q; inner++)
            {
                double weight = square[row * q + inner];
                for (int column = 0; column < target.Length; column++)
                    target[column] += weight * values[inner * right.ColumnCount + column];
            }
        }
        return result;
    }

    /// <summary>Γ M with Γ = TTᵀ within levels.</summary>
    private double[] TimesCovariance(double[] matrix, int columns)
    {
        double[] result = new double[matrix.Length];
        for (int index = 0; index < problem.Data.Groupings.Length; index++)
        {
            Grouping grouping = problem.Data.Groupings[index];
            double[] gamma = Gamma(index);
            for (int scalar = grouping.FirstScalar; scalar < grouping.EndScalar; scalar += grouping.Width)
            {
                for (int row = 0; row < grouping.Width; row++)
                {
                    for (int inner = 0; inner < grouping.Width; inner++)
                    {
                        for (int column = 0; column < columns; column++)
                            result[(scalar + row) * columns + column] += gamma[row * grouping.Width + inner] * matrix[(scalar + inner) * columns + column];
                    }
                }
            }
        }
        return result;
    }

    private double[] Gamma(int index)
    {
        int k = problem.Data.Groupings[index].Width;
        double[] t = criterion.Equations.Relative[index];
        double[] gamma = new double[k * k];
        for (int i = 0; i < k; i++)
        {
            for (int j = 0; j < k; j++)
            {
                for (int c = 0; c < k; c++)
                    gamma[i * k + j] += t[i * k + c] * t[j * k + c];
            }
        }
        return gamma;
    }

    /// <summary>E_i M, E_i the derivative of G in one of its elements.</summary>
    private Matrix<double> Select(int component, double[] matrix)
    {
        (int index, int row, int column) = components[component];
        Grouping grouping = problem.Data.Groupings[index];
        Matrix<double> result = Matrix<double>.Build.Dense(q, p);
        for (int scalar = grouping.FirstScalar; scalar < grouping.EndScalar; scalar += grouping.Width)
        {
            for (int fixedColumn = 0; fixedColumn < p; fixedColumn++)
            {
                result[scalar + row, fixedColumn] = matrix[(scalar + column) * p + fixedColumn];
                result[scalar + column, fixedColumn] = matrix[(scalar + row) * p + fixedColumn];
            }
        }
        return result;
    }

    /// <summary>tr(K E_i K E_j).</summary>
    private double PairTrace(int first, int second)
    {
        double sum = 0;
        foreach ((int a, int b) in Elements(first))
        {
            foreach ((int c, int d) in Elements(second))
                sum += between[b * q + c] * between[d * q + a];
        }
        return sum;
    }

    /// <summary>Places of the ones of E_i.</summary>
    private IEnumerable<(int Row, int Column)> Elements(int component)
    {
        (int index, int row, int column) = components[component];
        Grouping grouping = problem.Data.Groupings[index];
        for (int scalar = grouping.FirstScalar; scalar < grouping.EndScalar; scalar += grouping.Width)
        {
            yield return (scalar + row, scalar + column);
            if (row != column)
                yield return (scalar + column, scalar + row);
        }
    }

    /// <summary>ZᵀV⁻²Z = K − KΓK within levels. [grouping][level, k, k]</summary>
    private double[][] SquaredDiagonal()
    {
        double[] product = TimesCovariance(between, q); // ΓK
        double[][] result = new double[problem.Data.Groupings.Length][];
        for (int index = 0; index < result.Length; index++)
        {
            Grouping grouping = problem.Data.Groupings[index];
            int k = grouping.Width;
            result[index] = new double[grouping.LevelCount * k * k];
            for (int level = 0; level < grouping.LevelCount; level++)
            {
                for (int i = 0; i < k; i++)
                {
                    for (int j = 0; j < k; j++)
                    {
                        int row = grouping.Scalar(level) + i;
                        int column = grouping.Scalar(level) + j;
                        double sum = between[row * q + column];
                        for (int inner = 0; inner < q; inner++)
                            sum -= between[row * q + inner] * product[inner * q + column];
                        result[index][(level * k + i) * k + j] = sum;
                    }
                }
            }
        }
        return result;
    }

    private double Trace(int component, double[][] diagonal)
    {
        (int index, int row, int column) = components[component];
        int k = problem.Data.Groupings[index].Width;
        double sum = 0;
        for (int start = 0; start < diagonal[index].Length; start += k * k)
            sum += diagonal[index][start + row * k + column] * (row == column ? 1 : 2);
        return sum;
    }

    /// <summary>tr V⁻² = n − tr(KΓ) − tr(ZᵀV⁻²Z Γ).</summary>
    private double ResidualTrace(double[][] squared)
    {
        double trace = problem.RowCount;
        for (int index = 0; index < problem.Data.Groupings.Length; index++)
        {
            Grouping grouping = problem.Data.Groupings[index];
            int k = grouping.Width;
            double[] gamma = Gamma(index);
            for (int level = 0; level < grouping.LevelCount; level++)
            {
                for (int i = 0; i < k; i++)
                {
                    for (int j = 0; j < k; j++)
                        trace -= gamma[i * k + j] * (between[(grouping.Scalar(level) + j) * q + grouping.Scalar(level) + i] + squared[index][(level * k + j) * k + i]);
                }
            }
        }
        return trace;
    }
}
