namespace IrtGpu.Foundation.Sampling.Nuts;

/// <summary>What a transition came to, beside its draw.</summary>
/// <param name="AcceptanceStatistic">Mean over the trajectory of min(1, exp(H₀ − H)).</param>
/// <param name="Energy">H of the draw with its momentum.</param>
/// <param name="TreeDepth">Number of doublings.</param>
/// <param name="Leapfrogs">Number of leapfrog steps.</param>
/// <param name="IsDivergent">Whether the energy rose by more than 1000 on the way.</param>
internal readonly record struct Transition(double AcceptanceStatistic, double Energy, int TreeDepth, int Leapfrogs, bool IsDivergent);
