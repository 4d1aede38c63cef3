using ILGPU;
using IrtGpu.Compute.Expectations;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.EStep.Populations;

/// <summary>Reduces node totals on the device to the moments of populations, so that no more than those comes down in a cycle.</summary>
internal sealed class PopulationMomentLauncher
{
    private readonly CalibrationPlan plan;
    private readonly DeviceBuffers buffers;
    private readonly EStepLauncher launcher;
    private readonly ArrayView<double> theta; // [point where nodes move, node set, padded node, attribute]
    private readonly PopulationShape shape;
    private readonly int runCount;
    private readonly ArrayView<int> nodeSetOfBlock; // [block]
    private readonly ArrayView<double> sums; // [run][point, block, power]
    private readonly Action<Index1D, PopulationShape, ArrayView<int>, ArrayView<double>, ArrayView<double>, ArrayView<double>> sumPowers;

    /// <summary>Compiles the kernel and allocates sums.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="memory">How the problem is cut; nodes in one tile.</param>
    /// <param name="buffers">Where to allocate.</param>
    /// <param name="launcher">Has the node totals.</param>
    /// <param name="theta">Nodes.</param>
    /// <param name="capacity">Model points side by side.</param>
    public PopulationMomentLauncher(
        CalibrationPlan plan, MemoryPlan memory, DeviceBuffers buffers, EStepLauncher launcher, ArrayView<double> theta, int capacity)
    {
        this.plan = plan;
        this.buffers = buffers;
        this.launcher = launcher;
        this.theta = theta;
        long thetaStride = (long)memory.Size.PaddedNodeCount * plan.AttributeCount;
        shape = new PopulationShape
        {
            AttributeCount = plan.AttributeCount,
            PowerCount = memory.Size.PowerCount,
            BlockCount = plan.Blocks.Count,
            NodeCount = memory.Size.PaddedNodeCount,
            RunLength = memory.Size.PowerRunLength,
            ThetaStride = thetaStride,
            ThetaOfPoint = plan.Grid.Moves ? plan.NodeSetCount * thetaStride : 0,
        };
        runCount = memory.Size.PowerRunCount;
        nodeSetOfBlock = buffers.Allocate<int>(plan.Blocks.Count);
        buffers.Upload(nodeSetOfBlock, [.. plan.Blocks.Select(block => plan.Tables[block.Table].NodeSet)]);
        sums = buffers.Allocate<double>((long)capacity * runCount * plan.Blocks.Count * shape.PowerCount);
        sumPowers = buffers.Accelerator.LoadIndexed<PopulationShape, ArrayView<int>, ArrayView<double>, ArrayView<double>, ArrayView<double>>(PopulationMomentKernels.SumPowers);
    }

    /// <summary>Sums of the powers of all blocks of a point.</summary>
    public int Length => plan.Blocks.Count * shape.PowerCount;

    /// <summary>Reduces the totals of the last E-step.</summary>
    /// <param name="pointCount">Model points.</param>
    /// <returns>On the device. [point, block, power]</returns>
    public ArrayView<double> Sum(int pointCount)
    {
        int stride = pointCount * Length;
        sumPowers(runCount * stride, shape with { AllBlockCount = pointCount * plan.Blocks.Count }, nodeSetOfBlock, theta, launcher.Totals, sums);
        buffers.CountLaunch();
        launcher.AddSlices(sums, stride, runCount);
        return sums.SubView(0, stride);
    }

    /// <summary>Cuts the sums of a point by block.</summary>
    /// <param name="powers">[block, power]</param>
    public PopulationMoments[] ByBlock(ReadOnlySpan<double> powers)
    {
        PopulationMoments[] moments = new PopulationMoments[plan.Blocks.Count];
        for (int block = 0; block < moments.Length; block++)
        {
            double[] own = powers.Slice(block * shape.PowerCount, shape.PowerCount).ToArray();
            moments[block] = new PopulationMoments(own[0], own);
        }
        return moments;
    }
}
