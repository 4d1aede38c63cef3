using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Kernels.Backend;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Measuring;

/// <summary>A backend whose E-steps upload the responses every time although they would fit, so that the transfers can be timed.</summary>
internal static class StreamedBackend
{
    /// <summary>Opens the device; everything but the responses is cut as where they stay on it.</summary>
    /// <param name="device">An available one.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    public static IComputeBackend Open(ComputeDevice device, CalibrationPlan plan, PatternTable patterns)
    {
        MemoryPlan memory;
        DeviceSession session = DeviceSession.Open(device);
        try
        {
            using IlgpuBackend resident = new(session, plan, patterns);
            memory = resident.Memory with { IsResident = false };
        }
        catch
        {
            session.Dispose();
            throw;
        }
        return new IlgpuBackend(session, plan, patterns, memory: memory, lease: session);
    }
}
