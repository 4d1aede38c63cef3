namespace IrtGpu.Foundation.Sampling.Nuts;

/// <summary>Dual averaging of the step size towards a mean acceptance statistic.</summary>
/// <remarks>Nesterov (2009); Hoffman &amp; Gelman (2014), with their constants γ = 0.05, t₀ = 10, κ = 0.75.</remarks>
/// <param name="target">Acceptance statistic to come to.</param>
internal sealed class StepSizeAdaptation(double target)
{
    private const double Shrinkage = 0.05;
    private const double Delay = 10;
    private const double Decay = 0.75;

    private double anchor;
    private double meanError;
    private double meanLogStep;
    private int count;

    /// <summary>The step size to settle on.</summary>
    public double Settled => Math.Exp(meanLogStep);

    /// <summary>Begins anew.</summary>
    /// <param name="stepSize">A sound step size; larger ones are tried first.</param>
    public void Restart(double stepSize)
    {
        anchor = Math.Log(10 * stepSize);
        (meanError, meanLogStep, count) = (0, 0, 0);
    }

    /// <summary>Learns from a transition.</summary>
    /// <param name="acceptanceStatistic">Of the transition.</param>
    /// <returns>Step size of the next one.</returns>
    public double Learn(double acceptanceStatistic)
    {
        count++;
        double weight = 1 / (count + Delay);
        meanError += weight * (target - Math.Min(1, acceptanceStatistic) - meanError);
        double logStep = anchor - meanError * Math.Sqrt(count) / Shrinkage;
        meanLogStep += Math.Pow(count, -Decay) * (logStep - meanLogStep);
        return Math.Exp(logStep);
    }
}
