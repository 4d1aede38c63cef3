namespace IrtGpu.Foundation.Sampling.Posterior;

/// <summary>A chain as reported: the draws of the parameters, and how the sampler fared.</summary>
/// <param name="Values">Reported parameters. [draw, parameter]</param>
/// <param name="LogDensity">Log posterior density of the unconstrained parameters, up to a constant. [draw]</param>
/// <param name="IsDivergent">Whether the trajectory diverged. [draw]</param>
/// <param name="TreeDepth">Doublings of the trajectory. [draw]</param>
/// <param name="EnergyFraction">E-BFMI; NaN with too few draws.</param>
/// <param name="StepSize">Step size after the warmup.</param>
/// <param name="MeanAcceptance">Mean acceptance statistic after the warmup.</param>
/// <param name="Evaluations">Evaluations of the density, warmup included.</param>
public sealed record ChainRecord(
    double[] Values, double[] LogDensity, bool[] IsDivergent, int[] TreeDepth, double EnergyFraction, double StepSize, double MeanAcceptance, long Evaluations)
{
    /// <summary>Number of draws.</summary>
    public int Count => LogDensity.Length;
}
