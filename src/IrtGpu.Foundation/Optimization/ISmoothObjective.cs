namespace IrtGpu.Foundation.Optimization;

/// <summary>A smooth function to be made small.</summary>
internal interface ISmoothObjective
{
    /// <summary>Number of arguments.</summary>
    int Count { get; }

    /// <summary>Value and gradient at a point; not finite where the point is outside the domain.</summary>
    /// <param name="x">The point.</param>
    /// <param name="gradient">Receives the gradient.</param>
    double Evaluate(ReadOnlySpan<double> x, Span<double> gradient);

    /// <summary>An approximation of the Hessian at the point of the last <see cref="Evaluate"/>; false where there is none to be had.</summary>
    /// <param name="hessian">Receives a symmetric matrix, which need not be positive definite. [n, n]</param>
    bool TryApproximateHessian(Span<double> hessian);
}
