namespace IrtGpu.Linking;

/// <summary>How the scale of one form reads on another: θ_base = A θ + B.</summary>
/// <param name="A">Unit of the form in units of the base; above 0.</param>
/// <param name="B">Where the form's origin lies on the base.</param>
public readonly record struct MetricTransformation(double A, double B)
{
    /// <summary>The form is on the scale of the base.</summary>
    public static MetricTransformation Identity { get; } = new(1, 0);

    /// <summary>A θ + B.</summary>
    /// <param name="theta">On the form's scale.</param>
    public double ToBase(double theta) => A * theta + B;

    /// <summary>(θ − B)/A.</summary>
    /// <param name="theta">On the scale of the base.</param>
    public double FromBase(double theta) => (theta - B) / A;

    /// <summary>The transformation to the base's own base: first this, then <paramref name="next"/>.</summary>
    /// <param name="next">Of the base.</param>
    public MetricTransformation Then(MetricTransformation next) => new(next.A * A, next.A * B + next.B);
}
