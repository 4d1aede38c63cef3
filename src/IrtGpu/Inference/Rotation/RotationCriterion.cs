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
}
