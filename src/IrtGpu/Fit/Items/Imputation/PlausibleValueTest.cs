using IrtGpu.Inference.Testing;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Fit.Items.Imputation;

/// <summary>PV-Q1 of an item from its sums, and how it is distributed when the model holds.</summary>
/// <remarks>
/// With z the residuals of a draw over √E, z = z̄ + ε: z̄ has the covariance M = Σ v̄v̄ᵀ − B Cov(η̂) Bᵀ, as B = Σ v̄sᵀ is what z̄ has in common
/// with the score s, and ε, independent from draw to draw, V = Σ (v − v̄)(v − v̄)ᵀ/(D − 1), all over √(E E). (The mean over D draws has its part of
/// ε in Σ v̄v̄ᵀ already.) So the mean of D statistics |z|² is distributed as χ² variables weighted by the eigenvalues of M, once, and of V/D, D − 1
/// times: far less variable than the χ² that it is usually compared with.
/// </remarks>
internal static class PlausibleValueTest
{
    /// <summary>Tests.</summary>
    /// <param name="sums">The item's sums.</param>
    /// <param name="categoryCount">M.</param>
    /// <param name="drawCount">D.</param>
    /// <param name="parameters">Free parameters of the item.</param>
    /// <param name="covariance">Of all free parameters; null: the corrected p is left out. [free, free]</param>
    public static ItemTest Of(ImputedResiduals sums, int categoryCount, int drawCount, int parameters, double[]? covariance)
    {
        double[] expected = new double[sums.CellCount];
        for (int cell = 0; cell < sums.Expected.Length; cell++)
            expected[cell % sums.CellCount] += sums.Expected[cell] / drawCount;
        if (MergedCells.Of(expected, categoryCount) is not { } merged)
            return new ItemTest(double.NaN, -parameters, sums.Persons, sums.Persons > 0 ? "too few persons in all but one category" : "nobody answered");
        double statistic = 0;
        for (int draw = 0; draw < drawCount; draw++)
        {
            double[] seen = merged.Sum(sums.Observed.AsSpan(draw * sums.CellCount, sums.CellCount));
            double[] due = merged.Sum(sums.Expected.AsSpan(draw * sums.CellCount, sums.CellCount));
            for (int cell = 0; cell < merged.Count; cell++)
                statistic += (seen[cell] - due[cell]) * (seen[cell] - due[cell]) / due[cell] / drawCount;
        }
        int df = merged.Df - parameters;
        double corrected = covariance is null ? double.NaN : Corrected(sums, merged, merged.Sum(expected), drawCount, covariance, statistic);
        return df > 0 && double.IsFinite(statistic)
            ? new ItemTest(statistic, df, sums.Persons, null) { CorrectedP = corrected }
            : new ItemTest(double.NaN, df, sums.Persons, df > 0 ? "a range of θ without persons in a draw" : "no degrees of freedom left by its parameters");
    }

    private static double Corrected(ImputedResiduals sums, MergedCells merged, double[] expected, int drawCount, double[] covariance, double statistic)
    {
        Matrix<double> ofMeans = Merge(sums.Between, merged);
        int freeCount = sums.WithScores.Length / sums.CellCount;
        if (freeCount > 0)
        {
            Matrix<double> scores = Matrix<double>.Build.Dense(merged.Count, freeCount);
            for (int cell = 0; cell < sums.CellCount; cell++)
            {
                for (int free = 0; free < freeCount; free++)
                    scores[merged.CellOf[cell], free] += sums.WithScores[cell * freeCount + free];
            }
            ofMeans -= scores * Matrix<double>.Build.DenseOfRowMajor(freeCount, freeCount, covariance).TransposeAndMultiply(scores);
        }
        Matrix<double> ofDraws = Merge(sums.Within, merged) / ((drawCount - 1.0) * drawCount);
        double[] first = Eigenvalues(ofMeans, expected);
        double[] second = Eigenvalues(ofDraws, expected);
        return WeightedChiSquare.UpperTail(statistic, [.. first, .. second], [.. first.Select(_ => 1.0), .. second.Select(_ => drawCount - 1.0)]);
    }

    private static Matrix<double> Merge(double[] products, MergedCells merged)
    {
        Matrix<double> sum = Matrix<double>.Build.Dense(merged.Count, merged.Count);
        int count = merged.CellOf.Length;
        for (int row = 0; row < count; row++)
        {
            for (int column = 0; column < count; column++)
                sum[merged.CellOf[row], merged.CellOf[column]] += products[row * count + column];
        }
        return sum;
    }

    private static double[] Eigenvalues(Matrix<double> matrix, double[] expected)
    {
        Matrix<double> scaled = matrix.MapIndexed((row, column, value) => 0.5 * (value + matrix[column, row]) / Math.Sqrt(expected[row] * expected[column]));
        return [.. scaled.Evd(Symmetricity.Symmetric).EigenValues.Select(value => Math.Max(0, value.Real))]; // below 0 by the error of estimation
    }
}
