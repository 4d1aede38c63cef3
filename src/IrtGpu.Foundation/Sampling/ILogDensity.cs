namespace IrtGpu.Foundation.Sampling;

/// <summary>Log density of a distribution to draw from, on unconstrained parameters, up to a constant.</summary>
/// <remarks>An instance has buffers of its own and serves one chain at a time; who runs chains in parallel makes one for each.</remarks>
internal interface ILogDensity
{
    /// <summary>Number of unconstrained parameters.</summary>
    int Count { get; }

    /// <summary>The log density, Jacobians of the transforms included.</summary>
    /// <param name="x">Unconstrained parameters. [Count]</param>
    /// <param name="gradient">Out: derivatives of the log density; without meaning where it is not finite. [Count]</param>
    /// <returns>Negative infinity outside the domain; never an exception for a number.</returns>
    double Evaluate(ReadOnlySpan<double> x, Span<double> gradient);
}
