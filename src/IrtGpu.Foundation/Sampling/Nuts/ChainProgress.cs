namespace IrtGpu.Foundation.Sampling.Nuts;

/// <summary>How far a chain is.</summary>
/// <param name="Chain">0-based number.</param>
/// <param name="Done">Transitions done, warmup included.</param>
/// <param name="Total">Transitions in all.</param>
/// <param name="IsWarmup">Whether it still adapts.</param>
/// <param name="Divergences">Divergences after the warmup.</param>
/// <param name="ChainCount">Chains in all.</param>
public sealed record ChainProgress(int Chain, int Done, int Total, bool IsWarmup, int Divergences, int ChainCount);
