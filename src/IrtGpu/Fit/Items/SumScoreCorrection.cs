using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Fit.Items;

/// <summary>Mean and variance of S-X² of an item when the parameters are estimated, summed over strata of answered items.</summary>
/// <remarks>
/// Given the scores, residuals of the cells have the covariance matrix A = A₀ − B Cov(η̂) Bᵀ after division by √E: A₀ that of the multinomials of
/// the scores that were merged, B the derivatives of E over √E. For efficient estimates that holds whatever they share with other items and
/// groups. S-X² then has mean tr A and variance 2 tr A², and the χ² of Satterthwaite with these is compared.
/// </remarks>
internal sealed class SumScoreCorrection(Matrix<double> covariance)
{
    private readonly Matrix<double> cross = Matrix<double>.Build.Dense(covariance.RowCount, covariance.RowCount); // BᵀB
    private readonly Matrix<double> weighted = Matrix<double>.Build.Dense(covariance.RowCount, covariance.RowCount); // BᵀA₀B
    private double trace; // of A₀
    private double squares; // of A₀²

    /// <summary>Adds a stratum.</summary>
    /// <param name="table">Its merged table.</param>
    /// <param name="share">P(category | score). [score, category]</param>
    /// <param name="persons">By score.</param>
    /// <param name="derivatives">∂P(category | score) by free parameter. [free][score · categories + category]</param>
    public void Add(CellTable table, double[,] share, double[] persons, double[][] derivatives)
    {
        int categoryCount = share.GetLength(1);
        foreach (ScoreCell[] row in table.Rows)
        {
            ScoreCell[] cells = [.. row.Where(cell => cell.Expected > 0)];
            Matrix<double> multinomial = Multinomial(cells, share, persons, categoryCount);
            Matrix<double> b = Matrix<double>.Build.Dense(cells.Length, covariance.RowCount, (cell, free) =>
                cells[cell].Sources.Sum(source => persons[source / categoryCount] * derivatives[free][source]) / Math.Sqrt(cells[cell].Expected));
            trace += multinomial.Trace();
            squares += multinomial.PointwiseMultiply(multinomial).RowSums().Sum();
            cross.Add(b.TransposeThisAndMultiply(b), cross);
            weighted.Add(b.TransposeThisAndMultiply(multinomial * b), weighted);
        }
    }

    /// <summary>P of a larger S-X²; NaN where nothing varies.</summary>
    /// <param name="chiSquare">S-X².</param>
    public double P(double chiSquare)
    {
        Matrix<double> product = cross * covariance;
        double mean = trace - product.Trace();
        double square = squares - 2 * weighted.PointwiseMultiply(covariance).RowSums().Sum() + product.PointwiseMultiply(product.Transpose()).RowSums().Sum();
        return mean > 1e-9 && square > 0 ? LimitedInformation.ChiSquareTail.Of(chiSquare * mean / square, mean * mean / square) : double.NaN;
    }

    /// <summary>Covariance of the residuals of merged cells of merged scores, divided by √E.</summary>
    private static Matrix<double> Multinomial(ScoreCell[] cells, double[,] share, double[] persons, int categoryCount)
    {
        Matrix<double> matrix = Matrix<double>.Build.Dense(cells.Length, cells.Length);
        foreach (int score in cells.SelectMany(cell => cell.Sources).Select(source => source / categoryCount).Distinct())
        {
            double[] p = [.. cells.Select(cell => cell.Sources.Where(source => source / categoryCount == score).Sum(source => share[score, source % categoryCount]))];
            for (int a = 0; a < p.Length; a++)
            {
                for (int b = 0; b < p.Length; b++)
                    matrix[a, b] += persons[score] * ((a == b ? p[a] : 0) - p[a] * p[b]);
            }
        }
        return matrix.MapIndexed((a, b, value) => value / Math.Sqrt(cells[a].Expected * cells[b].Expected));
    }
}
