using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Inference.Rotation;

/// <summary>What rotations minimise, as a function of the loadings Λ [item, attribute], with its derivative.</summary>
/// <remarks>Bernaards &amp; Jennrich (2005), Educational and Psychological Measurement 65, 676–696.</remarks>
internal static class RotationCriterion
{
    /// <summary>Quartimin: f = ¼ Σ_i Σ_{j≠k} λ_ij² λ_ik²; ∂f/∂λ_ij = λ_ij Σ_{k≠j} λ_ik².</summary>
    /// <param name="loadings">Λ.</param>
    /// <param name="gradient">∂f/∂Λ.</param>
    public static double Quartimin(Matrix<double> loadings, out Matrix<double> gradient)
    {
        Vector<double> communality = loadings.PointwisePower(2).RowSums();
        gradient = loadings.MapIndexed((i, j, value) => value * (communality[i] - value * value));
        return loadings.PointwiseMultiply(gradient).RowSums().Sum() / 4;
    }

    /// <summary>Varimax: f = −¼ Σ_j Σ_i (λ_ij² − m_j)², m_j the mean of λ_ij² over items; ∂f/∂λ_ij = −λ_ij (λ_ij² − m_j).</summary>
    /// <param name="loadings">Λ.</param>
    /// <param name="gradient">∂f/∂Λ.</param>
    public static double Varimax(Matrix<double> loadings, out Matrix<double> gradient)
    {
        Vector<double> mean = loadings.PointwisePower(2).ColumnSums() / loadings.RowCount;
        gradient = loadings.MapIndexed((_, j, value) => -value * (value * value - mean[j]));
        double value = 0;
        for (int i = 0; i < loadings.RowCount; i++)
        {
            for (int j = 0; j < loadings.ColumnCount; j++)
            {
                double deviation = loadings[i, j] * loadings[i, j] - mean[j];
                value -= deviation * deviation / 4;
            }
        }
        return value;
    }

    /// <summary>Geomin: f = Σ_i Π_j (λ_ij² + ε)^(1/J); ∂f/∂λ_ij = 2/J · λ_ij / (λ_ij² + ε) · Π_j (λ_ij² + ε)^(1/J). Yates (1987); Browne (2001).</summary>
    /// <param name="loadings">Λ.</param>
    /// <param name="gradient">∂f/∂Λ.</param>
    public static double Geomin(Matrix<double> loadings, out Matrix<double> gradient)
    {
        const double Epsilon = 0.01;
        int count = loadings.ColumnCount;
        double[] product = new double[loadings.RowCount];
        double value = 0;
        for (int i = 0; i < product.Length; i++)
        {
            double logarithm = 0;
            for (int j = 0; j < count; j++)
                logarithm += Math.Log(loadings[i, j] * loadings[i, j] + Epsilon);
            product[i] = Math.Exp(logarithm / count);
            value += product[i];
        }
        gradient = loadings.MapIndexed((i, _, loading) => 2.0 / count * loading / (loading * loading + Epsilon) * product[i]);
        return value;
    }

    /// <summary>Bi-quartimin: quartimin of all columns but the first, which is general. Jennrich &amp; Bentler (2011), Psychometrika 76, 537–549.</summary>
    /// <param name="loadings">Λ.</param>
    /// <param name="gradient">∂f/∂Λ.</param>
    public static double Bifactor(Matrix<double> loadings, out Matrix<double> gradient)
    {
        double value = Quartimin(loadings.RemoveColumn(0), out Matrix<double> ofGroups);
        gradient = ofGroups.InsertColumn(0, Vector<double>.Build.Dense(loadings.RowCount));
        return value;
    }

    /// <summary>Partially specified target: f = Σ (λ_ij − τ_ij)² over the loadings τ that are given; ∂f/∂λ_ij = 2 (λ_ij − τ_ij). Browne (1972).</summary>
    /// <param name="target">τ, NaN where any loading will do. [item, attribute]</param>
    public static GradientProjection.Criterion Target(Matrix<double> target)
    {
        return Evaluate;

        double Evaluate(Matrix<double> loadings, out Matrix<double> gradient)
        {
            gradient = loadings.MapIndexed((i, j, loading) => double.IsNaN(target[i, j]) ? 0 : 2 * (loading - target[i, j]));
            double value = 0;
            foreach (double element in gradient.Enumerate())
                value += element * element / 4;
            return value;
        }
    }
}
