using ILGPU;

namespace IrtGpu.Kernels.EStep.Populations;

/// <summary>How many of everything there are in <see cref="PopulationKernels"/>, and where.</summary>
internal readonly struct PopulationGridShape
{
    public int AttributeCount { get; init; }

    /// <summary>Without padding.</summary>
    public int NodeCount { get; init; }

    public int PaddedNodeCount { get; init; }

    /// <summary>Numbers of a population: log τ, log normaliser, log total, centre, matrix.</summary>
    public int Stride { get; init; }
}

/// <summary>Evaluates populations at the nodes from their moments, so that no more than those has to be moved up in a cycle.</summary>
/// <remarks>One thread: one node of one block of one point. The operations are those of the host, in its order.</remarks>
internal static class PopulationKernels
{
    /// <summary>Numbers before the centre.</summary>
    public const int Centre = 3;

    /// <summary>log τ + log π at fixed nodes.</summary>
    /// <param name="cell">(point · blocks + block) · padded nodes + node.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="populations">[point, block][log τ, log normaliser, log total, centre, precision]</param>
    /// <param name="theta">Nodes. [padded node, attribute]</param>
    /// <param name="logWeight">Receives them; −∞ in the padding. [point, block, padded node]</param>
    public static void WeighNodes(Index1D cell, PopulationGridShape shape, ArrayView<double> populations, ArrayView<double> theta, ArrayView<double> logWeight)
    {
        int node = cell.X % shape.PaddedNodeCount;
        int first = cell.X / shape.PaddedNodeCount * shape.Stride;
        int centre = first + Centre;
        int precision = centre + shape.AttributeCount;
        long position = (long)node * shape.AttributeCount;
        double square = 0.0;
        for (int j = 0; j < shape.AttributeCount; j++)
        {
            double own = theta[position + j] - populations[centre + j];
            for (int k = 0; k < shape.AttributeCount; k++)
                square += own * populations[precision + j * shape.AttributeCount + k] * (theta[position + k] - populations[centre + k]);
        }

        double logDensity = -0.5 * square - populations[first + 1];
        logWeight[cell] = node < shape.NodeCount ? populations[first] + (logDensity - populations[first + 2]) : double.NegativeInfinity;
    }

    /// <summary>Moving nodes, and log τ + log π, where log π is the grid's.</summary>
    /// <param name="cell">(point · blocks + block) · padded nodes + node.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="populations">[point, block][log τ, 0, 0, centre, lower Cholesky factor of the covariance]</param>
    /// <param name="standard">Nodes of the grid. [padded node, attribute]</param>
    /// <param name="gridLogWeight">Their log weights; −∞ in the padding. [padded node]</param>
    /// <param name="theta">Receives the nodes. [point, block, padded node, attribute]</param>
    /// <param name="logWeight">Receives log weights. [point, block, padded node]</param>
    public static void PlaceNodes(
        Index1D cell, PopulationGridShape shape, ArrayView<double> populations, ArrayView<double> standard, ArrayView<double> gridLogWeight,
        ArrayView<double> theta, ArrayView<double> logWeight)
    {
        int node = cell.X % shape.PaddedNodeCount;
        int first = cell.X / shape.PaddedNodeCount * shape.Stride;
        int centre = first + Centre;
        int factor = centre + shape.AttributeCount;
        for (int j = 0; j < shape.AttributeCount; j++)
        {
            double value = populations[centre + j];
            for (int k = 0; k <= j; k++)
                value += populations[factor + j * shape.AttributeCount + k] * standard[(long)node * shape.AttributeCount + k];
            theta[(long)cell.X * shape.AttributeCount + j] = value;
        }

        logWeight[cell] = populations[first] + gridLogWeight[node];
    }
}
