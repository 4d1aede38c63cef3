namespace IrtGpu.Compute.Expectations;

/// <summary>What posteriors tell of the population of a block.</summary>
/// <param name="Weight">Expected number of persons.</param>
/// <param name="Powers">
/// Σ w · 1, then Σ w θ_j, then Σ w θ_j θ_k for k ≤ j, w the posterior weights of the block's persons. The first is the weight again,
/// added in the order of the others, whose differences it enters. [1 + J + J(J+1)/2]
/// </param>
public sealed record PopulationMoments(double Weight, double[] Powers);
