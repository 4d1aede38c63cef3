using IrtGpu.Foundation.Sampling.Nuts;

namespace IrtGpu.Regression;

/// <summary>Which draws from the posterior of a regression are wanted.</summary>
/// <param name="Sampler">How they are made, with seed and threads.</param>
/// <param name="IsPriorOnly">Whether they are of the priors alone.</param>
/// <param name="PredictiveSets">Sets of responses drawn anew at the rows of the data.</param>
public sealed record DrawRequest(SamplerOptions Sampler, bool IsPriorOnly = false, int PredictiveSets = 0)
{
    /// <summary>Threads that work.</summary>
    internal int ThreadCount => Sampler.Threads > 0 ? Sampler.Threads : Environment.ProcessorCount;
}
