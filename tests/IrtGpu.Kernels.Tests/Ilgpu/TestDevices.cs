using IrtGpu.Compute;
using IrtGpu.Compute.Cpu;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Tests;

/// <summary>The backends that the conformance suite holds against the reference.</summary>
internal static class TestDevices
{
    public static readonly string[] Names = ["cpu", "ilgpu-cpu", "opencl", "cuda"];

    public static readonly string[] Accelerators = ["ilgpu-cpu", "opencl", "cuda"];

    /// <summary>Relative agreement: device compilers may fuse a multiplication and an addition.</summary>
    public static double Tolerance(string device) => device is "cuda" or "opencl" ? 1e-10 : 1e-12;

    /// <summary>A backend on that device; the test is skipped, with the reason, where there is none.</summary>
    /// <param name="device">Its name.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="cut">Changes the memory plan.</param>
    public static IComputeBackend Open(string device, CalibrationPlan plan, PatternTable patterns, Func<MemoryPlan, MemoryPlan>? cut = null) =>
        device == "cpu" ? new CpuBackend(plan, patterns, threads: 2) : OpenAccelerator(device, plan, patterns, cut);

    /// <summary>As <see cref="Open"/>, for accelerators.</summary>
    public static IlgpuBackend OpenAccelerator(string device, CalibrationPlan plan, PatternTable patterns, Func<MemoryPlan, MemoryPlan>? cut = null, AnsweredSets? sets = null)
    {
        ComputeDevice found = AcceleratorCatalog.Find(device)!;
        if (device != "ilgpu-cpu")
            Assert.SkipUnless(found.IsAvailable, found.Reason);
        MemoryPlan memory = MemoryPlan.Create(ProblemSize.Of(plan, patterns.PatternCount, sets?.IsAnswered.Count ?? 0), 1L << 30, threadTarget: 1, device);
        return new IlgpuBackend(DeviceSession.Open(device), plan, patterns, sets, cut is null ? memory : cut(memory));
    }
}
