namespace IrtGpu.Foundation.Sampling.Diagnostics;

/// <summary>Energy fraction of missing information: how much of the energy's spread one transition covers.</summary>
/// <remarks>Betancourt (2016), arXiv 1604.00695; below 0.3, chains wander too slowly through the tails.</remarks>
internal static class EnergyDiagnostic
{
    /// <summary>Where chains begin to be too slow.</summary>
    public const double Least = 0.3;

    /// <summary>E-BFMI of a chain.</summary>
    /// <param name="energy">Of its draws, in order.</param>
    public static double Of(ReadOnlySpan<double> energy)
    {
        double steps = 0;
        for (int draw = 1; draw < energy.Length; draw++)
            steps += (energy[draw] - energy[draw - 1]) * (energy[draw] - energy[draw - 1]);
        return steps / (Quantiles.Variance(energy) * (energy.Length - 1));
    }
}
