using ILGPU;
using IrtGpu.Compute;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Measuring;

/// <summary>The item tables of a plan on a device, alone, so that they can be timed.</summary>
internal sealed class ItemTableProbe : IDisposable
{
    private readonly DeviceSession session;
    private readonly DeviceBuffers buffers;
    private readonly DeviceItemTables tables;
    private readonly CalibrationPlan plan;
    private readonly ArrayView<double> theta; // [node set, node, attribute]
    private readonly ArrayView<double> logProbability; // [table, row, node]

    /// <summary>Opens the device, compiles the kernels and uploads the nodes.</summary>
    /// <param name="device">An available one.</param>
    /// <param name="point">Nodes.</param>
    public ItemTableProbe(ComputeDevice device, ModelPoint point)
    {
        plan = point.Plan;
        session = DeviceSession.Open(device);
        buffers = new DeviceBuffers(session);
        tables = new DeviceItemTables(plan, buffers);
        theta = buffers.Allocate<double>((long)plan.NodeSetCount * ThetaStride);
        logProbability = buffers.Allocate<double>((long)plan.Tables.Count * plan.RowCount * plan.NodeCount);
        buffers.Upload(theta, [.. point.Theta.SelectMany(nodes => nodes)]);
    }

    private long ThetaStride => (long)plan.NodeCount * plan.AttributeCount;

    /// <summary>Uploads parameters, computes all tables and waits for them.</summary>
    public void Fill(ModelPoint point)
    {
        tables.UploadParameters(point.Parameters.Slots);
        tables.Fill(theta, ThetaStride, 0, plan.NodeCount, logProbability);
        buffers.Accelerator.DefaultStream.Synchronize();
    }

    /// <summary>The tables. [table, row, node]</summary>
    public double[] Download()
    {
        double[] values = new double[logProbability.Length];
        buffers.Download(logProbability, values);
        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        buffers.Dispose();
        session.Dispose();
    }
}
