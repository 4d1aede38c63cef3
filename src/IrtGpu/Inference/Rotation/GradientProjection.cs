using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Inference.Rotation;

/// <summary>Minimises a rotation criterion over orthogonal or oblique transformations, downhill along projected gradients.</summary>
/// <remarks>
/// The transformation T [attribute, attribute] gives new attributes θ* = Tᵀθ, so loadings Λ = A·(Tᵀ)⁻¹ and, for uncorrelated θ,
/// correlations TᵀT. Orthogonal: Jennrich (2001), Psychometrika 66, 289–306; oblique: Jennrich (2002), Psychometrika 67, 7–19.
/// </remarks>
internal static class GradientProjection
{
    private const int LargestIterationCount = 5000;
    private const double SmallestGradient = 1e-9;

    /// <summary>The value and gradient of a criterion.</summary>
    /// <param name="loadings">Λ [item, attribute].</param>
    /// <param name="gradient">∂f/∂Λ.</param>
    public delegate double Criterion(Matrix<double> loadings, out Matrix<double> gradient);

    /// <summary>Runs from one start to the minimum near it.</summary>
    /// <param name="unrotated">A [item, attribute].</param>
    /// <param name="start">T to start from: orthogonal.</param>
    /// <param name="criterion">What to minimise.</param>
    /// <param name="isOblique">Whether columns of T need only have length 1.</param>
    /// <returns>T and the criterion at it.</returns>
    public static (Matrix<double> Transformation, double Value) Minimize(
        Matrix<double> unrotated, Matrix<double> start, Criterion criterion, bool isOblique)
    {
        Matrix<double> transformation = start;
        double value = Evaluate(unrotated, transformation, criterion, out Matrix<double> gradient);
        double step = 1;
        for (int iteration = 0; iteration < LargestIterationCount; iteration++)
        {
            Matrix<double> direction = isOblique ? ProjectOblique(transformation, gradient) : ProjectOrthogonal(transformation, gradient);
            double squaredLength = direction.PointwisePower(2).RowSums().Sum();
            if (Math.Sqrt(squaredLength) < SmallestGradient)
                break;
            step *= 2;
            bool improves = false;
            for (int halving = 0; halving < 40 && !improves; halving++, step /= improves ? 1 : 2)
            {
                Matrix<double> candidate = transformation - direction * step;
                candidate = isOblique ? candidate.NormalizeColumns(2) : NearestOrthogonal(candidate);
                double candidateValue = Evaluate(unrotated, candidate, criterion, out Matrix<double> candidateGradient);
                improves = value - candidateValue > 0.5 * squaredLength * step;
                if (improves)
                    (transformation, value, gradient) = (candidate, candidateValue, candidateGradient);
            }
            if (!improves)
                break; // no step downhill is left above rounding
        }
        return (transformation, value);
    }

    /// <summary>A random orthogonal matrix, uniform over all.</summary>
    /// <param name="size">Rows.</param>
    /// <param name="random">Source.</param>
    public static Matrix<double> RandomOrthogonal(int size, Random random) =>
        Matrix<double>.Build.Dense(size, size, (_, _) => MathNet.Numerics.Distributions.Normal.Sample(random, 0, 1)).QR().Q;

    /// <summary>The criterion at A·(Tᵀ)⁻¹ and its derivative −(Λᵀ ∂f/∂Λ T⁻¹)ᵀ with respect to T.</summary>
    public static double Evaluate(Matrix<double> unrotated, Matrix<double> transformation, Criterion criterion, out Matrix<double> gradient)
    {
        Matrix<double> inverse = transformation.Inverse();
        Matrix<double> loadings = unrotated * inverse.Transpose();
        double value = criterion(loadings, out Matrix<double> byLoadings);
        gradient = -(loadings.TransposeThisAndMultiply(byLoadings) * inverse).Transpose();
        return double.IsNaN(value) ? double.PositiveInfinity : value;
    }

    private static Matrix<double> ProjectOblique(Matrix<double> transformation, Matrix<double> gradient)
    {
        Vector<double> along = transformation.PointwiseMultiply(gradient).ColumnSums();
        return gradient - transformation.MapIndexed((_, j, value) => value * along[j]);
    }

    private static Matrix<double> ProjectOrthogonal(Matrix<double> transformation, Matrix<double> gradient)
    {
        Matrix<double> inner = transformation.TransposeThisAndMultiply(gradient);
        return gradient - transformation * (inner + inner.Transpose()) / 2;
    }

    /// <summary>The orthogonal matrix nearest to one that is nearly so.</summary>
    public static Matrix<double> NearestOrthogonal(Matrix<double> matrix)
    {
        MathNet.Numerics.LinearAlgebra.Factorization.Svd<double> svd = matrix.Svd();
        return svd.U * svd.VT;
    }
}
