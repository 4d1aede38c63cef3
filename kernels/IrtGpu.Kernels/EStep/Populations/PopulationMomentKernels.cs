using ILGPU;

namespace IrtGpu.Kernels.EStep.Populations;

/// <summary>Where node totals and nodes are, and how nodes are cut into runs.</summary>
internal readonly struct PopulationShape
{
    public int AttributeCount { get; init; }

    /// <summary>1, θ_j, θ_j θ_k for k ≤ j.</summary>
    public int PowerCount { get; init; }

    /// <summary>Blocks of one point.</summary>
    public int BlockCount { get; init; }

    /// <summary>Blocks of all points.</summary>
    public int AllBlockCount { get; init; }

    public int NodeCount { get; init; }

    /// <summary>Nodes of a run.</summary>
    public int RunLength { get; init; }

    /// <summary>Distance of node sets.</summary>
    public long ThetaStride { get; init; }

    /// <summary>Distance of the points' node sets; 0 where all have the same.</summary>
    public long ThetaOfPoint { get; init; }
}

/// <summary>Sums of powers of θ over the nodes, weighted by node totals: what the update of a population needs of an E-step.</summary>
/// <remarks>A thread owns a power of a block at a run of nodes and adds in node order; runs are then added in order.</remarks>
internal static class PopulationMomentKernels
{
    /// <summary>One power of one block over one run of nodes.</summary>
    /// <param name="cell">(run · blocks + block) · powers + power.</param>
    /// <param name="shape">Where things are.</param>
    /// <param name="nodeSetOfBlock">[block of one point]</param>
    /// <param name="theta">Nodes. [point where nodes move, node set, node, attribute]</param>
    /// <param name="totals">Expected number of persons. [point, block, node]</param>
    /// <param name="sums">Receives the sums. [run][point, block, power]</param>
    public static void SumPowers(
        Index1D cell, PopulationShape shape, ArrayView<int> nodeSetOfBlock, ArrayView<double> theta, ArrayView<double> totals, ArrayView<double> sums)
    {
        int power = cell.X % shape.PowerCount;
        int rest = cell.X / shape.PowerCount;
        int block = rest % shape.AllBlockCount;
        int first = rest / shape.AllBlockCount * shape.RunLength;
        int end = IntrinsicMath.Min(first + shape.RunLength, shape.NodeCount);
        int j = power - 1; // of θ_j; of θ_j θ_k, k ≤ j, below
        int k = -1;
        if (j >= shape.AttributeCount)
        {
            k = j - shape.AttributeCount;
            j = 0;
            while (k > j)
            {
                j++;
                k -= j;
            }
        }

        long position = block / shape.BlockCount * shape.ThetaOfPoint + nodeSetOfBlock[block % shape.BlockCount] * shape.ThetaStride;
        double sum = 0.0;
        for (int node = first; node < end; node++)
        {
            double term = totals[(long)block * shape.NodeCount + node];
            if (j >= 0)
                term *= theta[position + (long)node * shape.AttributeCount + j];
            if (k >= 0)
                term *= theta[position + (long)node * shape.AttributeCount + k];
            sum += term;
        }

        sums[cell] = sum;
    }
}
