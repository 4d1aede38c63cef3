using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Compute;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;
using IrtGpu.Population;

namespace IrtGpu.Kernels.EStep.Populations;

/// <summary>Nodes and log weights of the blocks on the device, evaluated there from the moments of the populations.</summary>
internal sealed class DevicePopulations
{
    /// <summary>Why there is no E-step for persons whose means differ within a block.</summary>
    public const string ShiftRefusal = "Kernels know the log weights of blocks, and none that differ by person. Take --device cpu, whose E-steps do.";

    private readonly CalibrationPlan plan;
    private readonly DeviceBuffers buffers;
    private readonly PopulationGridShape shape;
    private readonly double[] hostPopulations; // as on the device
    private readonly ArrayView<double> populations; // [point, block][log τ, log normaliser, log total, centre, matrix]
    private readonly ArrayView<double> standard; // nodes of a moving grid [padded node, attribute]
    private readonly ArrayView<double> gridLogWeight; // of a moving grid; padding −∞ [padded node]
    private readonly Action<Index1D, PopulationGridShape, ArrayView<double>, ArrayView<double>, ArrayView<double>> weigh;
    private readonly Action<Index1D, PopulationGridShape, ArrayView<double>, ArrayView<double>, ArrayView<double>, ArrayView<double>, ArrayView<double>> place;

    /// <summary>Compiles the kernels and puts the grid on the device.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="size">Sizes.</param>
    /// <param name="buffers">Where to allocate.</param>
    /// <param name="capacity">Model points side by side.</param>
    public DevicePopulations(CalibrationPlan plan, ProblemSize size, DeviceBuffers buffers, int capacity = 1)
    {
        this.plan = plan;
        this.buffers = buffers;
        shape = new PopulationGridShape
        {
            AttributeCount = plan.AttributeCount,
            NodeCount = plan.NodeCount,
            PaddedNodeCount = size.PaddedNodeCount,
            Stride = PopulationKernels.Centre + plan.AttributeCount * (1 + plan.AttributeCount),
        };
        ThetaStride = (long)size.PaddedNodeCount * plan.AttributeCount;
        Theta = buffers.Allocate<double>((plan.Grid.Moves ? capacity : 1) * plan.NodeSetCount * ThetaStride);
        LogWeight = buffers.Allocate<double>((long)capacity * plan.Blocks.Count * size.PaddedNodeCount);
        hostPopulations = new double[capacity * plan.Blocks.Count * shape.Stride];
        populations = buffers.Allocate<double>(hostPopulations.Length);
        weigh = buffers.Accelerator.LoadIndexed<PopulationGridShape, ArrayView<double>, ArrayView<double>, ArrayView<double>>(PopulationKernels.WeighNodes);
        place = buffers.Accelerator.LoadIndexed<PopulationGridShape, ArrayView<double>, ArrayView<double>, ArrayView<double>, ArrayView<double>, ArrayView<double>>(
            PopulationKernels.PlaceNodes);
        standard = buffers.Allocate<double>(plan.Grid.Moves ? ThetaStride : 0);
        gridLogWeight = buffers.Allocate<double>(plan.Grid.Moves ? size.PaddedNodeCount : 0);
        buffers.Upload(plan.Grid.Moves ? standard : Theta, plan.Grid.Theta);
        if (plan.Grid.Moves)
            buffers.Upload(gridLogWeight, [.. plan.Grid.LogWeight, .. Enumerable.Repeat(double.NegativeInfinity, size.PaddedNodeCount - plan.NodeCount)]);
    }

    /// <summary>Nodes; padding anything. [point where nodes move, node set, padded node, attribute]</summary>
    public ArrayView<double> Theta { get; }

    /// <summary>Distance of node sets.</summary>
    public long ThetaStride { get; }

    /// <summary>log τ + log π; padding −∞. [point, block, padded node]</summary>
    public ArrayView<double> LogWeight { get; }

    /// <summary>Uploads the moments of the populations of some points and evaluates them.</summary>
    /// <param name="points">No more than there is room for.</param>
    /// <exception cref="NotSupportedException">Means differ within blocks.</exception>
    public void Evaluate(params IReadOnlyList<ModelPoint> points)
    {
        Span<double> rest = hostPopulations;
        foreach (ModelPoint point in points)
        {
            if (point.Tilts is not null)
                throw new NotSupportedException(ShiftRefusal);
            for (int block = 0; block < plan.Blocks.Count; block++)
            {
                PlacedPopulation placed = point.Placed[block];
                rest[0] = point.LogProportion[block];
                rest[1] = placed.LogNormalizer;
                rest[2] = placed.LogTotal;
                placed.Centre.CopyTo(rest[PopulationKernels.Centre..]);
                placed.Matrix.CopyTo(rest[(PopulationKernels.Centre + plan.AttributeCount)..]);
                rest = rest[shape.Stride..];
            }
        }
        buffers.Upload(populations, hostPopulations[..(hostPopulations.Length - rest.Length)]);
        int cells = checked(points.Count * plan.Blocks.Count * shape.PaddedNodeCount);
        if (plan.Grid.Moves)
            place(cells, shape, populations, standard, gridLogWeight, Theta, LogWeight);
        else
            weigh(cells, shape, populations, Theta, LogWeight);
        buffers.CountLaunch();
    }
}
