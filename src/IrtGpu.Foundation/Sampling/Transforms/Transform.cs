namespace IrtGpu.Foundation.Sampling.Transforms;

/// <summary>A map from unconstrained numbers to parameters with a domain, whose density gains the log Jacobian.</summary>
/// <remarks>Immutable; one instance serves all chains.</remarks>
/// <param name="free">Unconstrained numbers.</param>
/// <param name="count">Parameters.</param>
internal abstract class Transform(int free, int count)
{
    /// <summary>Number of unconstrained numbers.</summary>
    public int FreeCount { get; } = free;

    /// <summary>Number of parameters, those included that others determine.</summary>
    public int Count { get; } = count;

    /// <summary>Maps.</summary>
    /// <param name="x">Unconstrained. [FreeCount]</param>
    /// <param name="parameters">Out. [Count]</param>
    /// <returns>Log of the absolute Jacobian determinant.</returns>
    public abstract double Constrain(ReadOnlySpan<double> x, Span<double> parameters);

    /// <summary>Maps back; for points in the open domain.</summary>
    /// <param name="parameters">[Count]</param>
    /// <param name="x">Out. [FreeCount]</param>
    public abstract void Unconstrain(ReadOnlySpan<double> parameters, Span<double> x);

    /// <summary>Gradient in x of a function of the parameters plus the log Jacobian.</summary>
    /// <param name="x">As given to <see cref="Constrain"/>.</param>
    /// <param name="parameters">As it gave them.</param>
    /// <param name="gradient">Of the function in the parameters, each taken as free. [Count]</param>
    /// <param name="result">Out; may not overlap with the gradient. [FreeCount]</param>
    public abstract void PullBack(ReadOnlySpan<double> x, ReadOnlySpan<double> parameters, ReadOnlySpan<double> gradient, Span<double> result);
}
