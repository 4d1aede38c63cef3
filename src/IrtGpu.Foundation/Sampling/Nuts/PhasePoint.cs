namespace IrtGpu.Foundation.Sampling.Nuts;

/// <summary>A point of a trajectory: position, momentum, and the log density there with its gradient.</summary>
internal sealed class PhasePoint(int count)
{
    /// <summary>Unconstrained parameters. [parameter]</summary>
    public double[] Position { get; } = new double[count];

    /// <summary>Momentum. [parameter]</summary>
    public double[] Momentum { get; } = new double[count];

    /// <summary>Gradient of the log density. [parameter]</summary>
    public double[] Gradient { get; } = new double[count];

    /// <summary>Log density at the position.</summary>
    public double LogDensity { get; set; }

    /// <summary>Takes over all of another point.</summary>
    public void CopyFrom(PhasePoint other)
    {
        other.Position.AsSpan().CopyTo(Position);
        other.Momentum.AsSpan().CopyTo(Momentum);
        other.Gradient.AsSpan().CopyTo(Gradient);
        LogDensity = other.LogDensity;
    }
}
