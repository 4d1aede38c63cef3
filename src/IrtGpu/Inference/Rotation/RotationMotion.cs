using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Inference.Rotation;

/// <summary>How the minimising transformation moves with the loadings that are rotated.</summary>
/// <remarks>
/// At the minimum the gradient by what moves T vanishes: F(x, Λ) = 0, x the angles of its columns about where they stand. So dx = −(∂F/∂x)⁻¹ dF along a
/// change of Λ (implicit function theorem; Jennrich 1973, Psychometrika 38, 593–604), with central differences of F, which is in closed form.
/// </remarks>
internal sealed class RotationMotion
{
    private const double Step = 1e-5;

    private readonly Matrix<double> loadings; // unrotated [item, attribute]
    private readonly Matrix<double> transformation; // at the minimum
    private readonly RotationRule rule;
    private readonly (int Row, int Column)[] angles; // oblique: direction and column; orthogonal: the plane that turns
    private readonly Matrix<double>[] complement; // of each column of T, oblique [attribute, attribute − 1]
    private readonly Matrix<double> inverse; // (∂F/∂x)⁻¹

    private RotationMotion(Matrix<double> loadings, Matrix<double> transformation, RotationRule rule)
    {
        this.loadings = loadings;
        this.transformation = transformation;
        this.rule = rule;
        int count = transformation.ColumnCount;
        angles = rule.IsOblique
            ? [.. Enumerable.Range(0, count).SelectMany(column => Enumerable.Range(0, count - 1).Select(row => (row, column)))]
            : [.. Enumerable.Range(0, count).SelectMany(row => Enumerable.Range(0, row).Select(column => (row, column)))];
        complement = rule.IsOblique ? [.. Enumerable.Range(0, count).Select(Complement)] : [];
        Matrix<double> jacobian = Matrix<double>.Build.Dense(angles.Length, angles.Length);
        for (int k = 0; k < angles.Length; k++)
            jacobian.SetColumn(k, (Slope(loadings, At(Unit(k, Step))) - Slope(loadings, At(Unit(k, -Step)))) / (2 * Step));
        inverse = jacobian.Inverse();
        IsDetermined = inverse.Enumerate().All(double.IsFinite) && inverse.L1Norm() * jacobian.L1Norm() < 1e10;
    }

    /// <summary>Whether the minimum is one point and no valley.</summary>
    public bool IsDetermined { get; }

    /// <summary>Prepares.</summary>
    /// <param name="loadings">What is rotated. [item, attribute]</param>
    /// <param name="transformation">T at the minimum.</param>
    /// <param name="rule">The criterion.</param>
    public static RotationMotion Of(Matrix<double> loadings, Matrix<double> transformation, RotationRule rule) => new(loadings, transformation, rule);

    /// <summary>T where the loadings have changed a little, to first order.</summary>
    /// <param name="change">Of the loadings. [item, attribute]</param>
    public Matrix<double> After(Matrix<double> change)
    {
        double scale = Step / Math.Max(change.InfinityNorm(), 1e-300);
        Vector<double> slope = (Slope(loadings + change * scale, transformation) - Slope(loadings - change * scale, transformation)) / (2 * scale);
        return At(-(inverse * slope));
    }

    /// <summary>F: the derivatives of the criterion by the angles.</summary>
    private Vector<double> Slope(Matrix<double> unrotated, Matrix<double> at)
    {
        GradientProjection.Evaluate(unrotated, at, rule.Criterion, out Matrix<double> gradient);
        if (!rule.IsOblique)
        {
            Matrix<double> turn = at.TransposeThisAndMultiply(gradient);
            return Vector<double>.Build.Dense(angles.Length, k => turn[angles[k].Row, angles[k].Column] - turn[angles[k].Column, angles[k].Row]);
        }
        return Vector<double>.Build.Dense(angles.Length, k =>
        {
            Vector<double> column = at.Column(angles[k].Column);
            Vector<double> own = gradient.Column(angles[k].Column);
            return complement[angles[k].Column].Column(angles[k].Row).DotProduct(own - column * column.DotProduct(own));
        });
    }

    private Matrix<double> At(Vector<double> x)
    {
        int count = transformation.ColumnCount;
        if (rule.IsOblique)
        {
            Matrix<double> moved = transformation.Clone();
            for (int k = 0; k < angles.Length; k++)
                moved.SetColumn(angles[k].Column, moved.Column(angles[k].Column) + complement[angles[k].Column].Column(angles[k].Row) * x[k]);
            return moved.NormalizeColumns(2);
        }
        Matrix<double> skew = Matrix<double>.Build.DenseIdentity(count);
        for (int k = 0; k < angles.Length; k++)
        {
            skew[angles[k].Row, angles[k].Column] += x[k];
            skew[angles[k].Column, angles[k].Row] -= x[k];
        }
        return GradientProjection.NearestOrthogonal(transformation * skew);
    }

    private Vector<double> Unit(int k, double size) => Vector<double>.Build.Dense(angles.Length, index => index == k ? size : 0);

    /// <summary>Directions across a column of T.</summary>
    private Matrix<double> Complement(int column)
    {
        int count = transformation.ColumnCount;
        Matrix<double> frame = Matrix<double>.Build.DenseIdentity(count);
        int largest = transformation.Column(column).AbsoluteMaximumIndex();
        frame.SetColumn(largest, frame.Column(0));
        frame.SetColumn(0, transformation.Column(column));
        return frame.QR().Q.SubMatrix(0, count, 1, count - 1);
    }
}
