namespace IrtGpu.Population;

/// <summary>A population on a grid: where its nodes are and what they weigh, and the formula for whoever evaluates that elsewhere.</summary>
/// <remarks>
/// Fixed nodes: log π(θ) = −½ (θ − centre)ᵀ matrix (θ − centre) − log normaliser − log total. Moving nodes: θ = centre + matrix ξ, where ξ are
/// the nodes of the grid, and log π are the grid's.
/// </remarks>
/// <param name="Theta">Nodes. [node, attribute]</param>
/// <param name="LogWeight">Log weights, exp of which sum to 1. [node]</param>
/// <param name="Centre">The mean. [attribute]</param>
/// <param name="Matrix">Fixed nodes: the precision; moving nodes: the lower Cholesky factor of the covariance. [attribute, attribute]</param>
/// <param name="LogNormalizer">Of the density; 0 with moving nodes.</param>
/// <param name="LogTotal">Logarithm of the sum of the density over the nodes; 0 with moving nodes.</param>
internal sealed record PlacedPopulation(double[] Theta, double[] LogWeight, double[] Centre, double[] Matrix, double LogNormalizer, double LogTotal);
