namespace IrtGpu.Foundation.Estimation;

/// <summary>How EM runs and when it stops.</summary>
internal sealed record EmOptions
{
    /// <summary>Stop when no parameter changes by this much in a plain EM step.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Largest number of cycles.</summary>
    public int MaxCycles { get; init; } = 500;

    /// <summary>How cycles are accelerated.</summary>
    public Acceleration Acceleration { get; init; } = Acceleration.Auto;
}
