using IrtGpu.Compute;
using IrtGpu.Compute.Cpu;
using IrtGpu.Data;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Memory;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Kernels.Tests;

/// <summary>The backends that the conformance suite holds against the reference.</summary>
internal static class TestDevices
{
    public static readonly string[] Names = ["cpu", "ilgpu-cpu", "opencl", "cuda"];

    public static readonly string[] Accelerators = ["ilgpu-cpu", "opencl", "cuda"];

    /// <summary>Each device with each of the names, as theory data.</summary>
    public static TheoryData<string, string> Each(string[] devices, IEnumerable<string> names)
    {
        TheoryData<string, string> data = [];
        foreach (string device in devices)
        {
            foreach (string name in names)
                data.Add(device, name);
        }
        return data;
    }

    /// <summary>Relative agreement: device compilers may fuse a multiplication and an addition.</summary>
    public static double Tolerance(string device) => device is "cuda" or "opencl" ? 1e-10 : 1e-12;

    /// <summary>A backend on that device; the test is skipped, with the reason, where there is none.</summary>
    /// <param name="device">Its name.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="cut">Changes the memory plan.</param>
    public static IComputeBackend Open(string device, CalibrationPlan plan, PatternTable patterns, Func<MemoryPlan, MemoryPlan>? cut = null) =>
        device == "cpu" ? new CpuBackend(plan, patterns, threads: 2, EStepChoice.ForHost(plan, patterns, EStepForm.Tables)) : OpenAccelerator(device, plan, patterns, cut);

    /// <summary>As <see cref="Open"/>, for accelerators.</summary>
    public static IlgpuBackend OpenAccelerator(string device, CalibrationPlan plan, PatternTable patterns, Func<MemoryPlan, MemoryPlan>? cut = null,
        AnsweredSets? sets = null)
    {
        Require(device);
        return new IlgpuBackend(OpenSession(device), plan, patterns, sets, Cut(device, plan, patterns, cut, sets));
    }

    /// <summary>What is here; the drivers are asked once for all tests.</summary>
    public static AcceleratorCatalog Catalog { get; } = new();

    /// <summary>The device of that name, available or not.</summary>
    public static ComputeDevice Find(string device) => Catalog.Find(DeviceName.TryParse(device)!)!;

    /// <summary>Opens the device of that name.</summary>
    public static DeviceSession OpenSession(string device, Action<long>? beforeAllocation = null) => DeviceSession.Open(Find(device), beforeAllocation);

    /// <summary>Skips the test, with the reason, where the device is missing.</summary>
    public static void Require(string device)
    {
        if (device is "cpu" or "ilgpu-cpu")
            return;
        ComputeDevice found = Find(device);
        Assert.SkipUnless(found.IsAvailable, found.Reason);
    }

    /// <summary>A memory plan for one thread and a GiB, changed by <paramref name="cut"/>.</summary>
    public static MemoryPlan Cut(
        string device, CalibrationPlan plan, PatternTable patterns, Func<MemoryPlan, MemoryPlan>? cut, AnsweredSets? sets = null)
    {
        MemoryPlan memory = MemoryPlan.Create(ProblemSize.Of(plan, patterns.PatternCount, sets?.IsAnswered.Count ?? 0), 1L << 30, threadTarget: 1, device);
        return cut is null ? memory : cut(memory);
    }
}

/// <summary>Devices that stay open through the tests of a class, so that each kernel is compiled once.</summary>
public sealed class OpenDevices : IDisposable
{
    private readonly Dictionary<string, DeviceSession> sessions = [];

    /// <summary>As <see cref="TestDevices.Open"/>, on the open device.</summary>
    internal IComputeBackend Open(string device, CalibrationPlan plan, PatternTable patterns, Func<MemoryPlan, MemoryPlan>? cut = null)
    {
        TestDevices.Require(device);
        if (device == "cpu")
            return new CpuBackend(plan, patterns, threads: 2, EStepChoice.ForHost(plan, patterns, EStepForm.Tables));
        return OpenAccelerator(device, plan, patterns, TestDevices.Cut(device, plan, patterns, cut));
    }

    /// <summary>A backend on the open device with a memory plan of its own.</summary>
    internal IlgpuBackend OpenAccelerator(string device, CalibrationPlan plan, PatternTable patterns, MemoryPlan memory, AnsweredSets? sets = null)
    {
        TestDevices.Require(device);
        if (!sessions.TryGetValue(device, out DeviceSession? session))
            sessions[device] = session = TestDevices.OpenSession(device);
        return new IlgpuBackend(session, plan, patterns, sets, memory, ownsSession: false);
    }

    public void Dispose()
    {
        foreach (DeviceSession session in sessions.Values)
            session.Dispose();
    }
}
