using System.Collections.Concurrent;
using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Kernels.Backend;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.Memory;
using IrtGpu.Kernels.Tests.Emulation;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.TestCases;

[assembly: AssemblyFixture(typeof(IrtGpu.Kernels.Tests.SessionPool))]

namespace IrtGpu.Kernels.Tests;

/// <summary>The accelerators that are here; rows of tests are made for these alone.</summary>
internal static class TestDevices
{
    /// <summary>The first of each kind and the emulated driver's second, which rounds otherwise; or those that IRTGPU_TEST_DEVICES names, by commas: a run on a card need not repeat the others.</summary>
    private static readonly string[] Asked = Environment.GetEnvironmentVariable("IRTGPU_TEST_DEVICES")?.Split(',') ?? ["ilgpu-cpu", "opencl", "cuda", "cuda:1"];

    /// <summary>What is here; the drivers are asked once for all tests.</summary>
    public static AcceleratorCatalog Catalog { get; } = new();

    public static string[] Accelerators { get; } = [.. Asked.Where(name => TryFind(name) is { IsAvailable: true })];

    /// <summary>Those of CUDA.</summary>
    public static string[] CudaDevices { get; } = [.. Accelerators.Where(IsCuda)];

    /// <summary>Why others are not.</summary>
    public static string[] Absent { get; } = [.. Asked.Select(TryFind).OfType<ComputeDevice>().Where(device => !device.IsAvailable).Select(device => $"{device.Name}: {device.Reason}"),
        .. EmulatedCuda.Absence is { } absence ? [absence] : Array.Empty<string>()];

    /// <summary>Whether the processor stands in for the device: beyond small problems it takes seconds.</summary>
    public static bool IsEmulated(string device) => device == "ilgpu-cpu" || Find(device).Description.StartsWith(EmulatedCuda.Name, StringComparison.Ordinal);

    public static TheoryData<string> Names => [.. Accelerators];

    /// <summary>Each device with each of the names, as theory data.</summary>
    public static TheoryData<string, string> Each(IEnumerable<string> names) =>
        [.. Accelerators.SelectMany(device => names.Select(name => new TheoryDataRow<string, string>(device, name)))];

    /// <summary>Agreement in parts of a person: device compilers may fuse a multiplication and an addition.</summary>
    public static double Tolerance(string device) => device == "ilgpu-cpu" ? 1e-12 : 1e-10;

    /// <summary>The device of that name, available or not.</summary>
    public static ComputeDevice Find(string device) => TryFind(device)!;

    /// <summary>Whether it goes the way of CUDA.</summary>
    public static bool IsCuda(string device) => device.StartsWith("cuda", StringComparison.Ordinal);

    private static ComputeDevice? TryFind(string device) => Catalog.Find(DeviceName.TryParse(device)!);

    /// <summary>Opens the device of that name anew.</summary>
    public static DeviceSession OpenSession(string device, Action<long>? beforeAllocation = null) => DeviceSession.Open(Find(device), beforeAllocation);

    /// <summary>A memory plan for one thread and a GiB, changed by <paramref name="cut"/>.</summary>
    public static MemoryPlan Cut(
        string device, CalibrationPlan plan, PatternTable patterns, Func<MemoryPlan, MemoryPlan>? cut, AnsweredSets? sets = null)
    {
        MemoryPlan memory = MemoryPlan.Create(ProblemSize.Of(plan, patterns.PatternCount, sets?.IsAnswered.Count ?? 0), 1L << 30, threadTarget: 1, device);
        return cut is null ? memory : cut(memory);
    }
}

/// <summary>Sessions that stay open through all tests, so that each kernel is compiled once or, by classes that run at a time, twice.</summary>
public sealed class SessionPool : IDisposable
{
    private static readonly ConcurrentDictionary<string, ConcurrentBag<DeviceSession>> Free = new();

    internal static DeviceSession Take(string device) => BagOf(device).TryTake(out DeviceSession? session) ? session : TestDevices.OpenSession(device);

    internal static void Return(string device, DeviceSession session) => BagOf(device).Add(session);

    public void Dispose()
    {
        foreach (DeviceSession session in Free.Values.SelectMany(bag => bag))
            session.Dispose();
    }

    private static ConcurrentBag<DeviceSession> BagOf(string device) => Free.GetOrAdd(device, _ => []);
}

/// <summary>The sessions of one class of tests.</summary>
public sealed class OpenDevices : IDisposable
{
    private readonly Dictionary<string, DeviceSession> sessions = [];

    internal DeviceSession Session(string device)
    {
        if (!sessions.TryGetValue(device, out DeviceSession? session))
            sessions[device] = session = SessionPool.Take(device);
        return session;
    }

    /// <summary>A backend that goes by tables, with a memory plan that may be changed.</summary>
    internal IlgpuBackend Open(string device, CalibrationPlan plan, PatternTable patterns, Func<MemoryPlan, MemoryPlan>? cut = null) =>
        Open(device, plan, patterns, TestDevices.Cut(device, plan, patterns, cut));

    /// <summary>A backend that goes by weighted scores, with a memory plan that may be changed.</summary>
    internal IlgpuBackend OpenByScores(string device, CalibrationPlan plan, PatternTable patterns, Func<MemoryPlan, MemoryPlan>? cut = null)
    {
        AnsweredSets? sets = EStepChoice.ForDevice(plan, patterns, EStepForm.WeightedScore).DeviceSets!;
        return Open(device, plan, patterns, TestDevices.Cut(device, plan, patterns, cut, sets), sets);
    }

    internal IlgpuBackend Open(string device, CalibrationPlan plan, PatternTable patterns, MemoryPlan memory, AnsweredSets? sets = null, bool fuse = false) =>
        new(Session(device), plan, patterns, sets, memory, fuse: fuse);

    /// <summary>Both forms on every device; tables by a kernel a step, and by products of matrices where the device is one of CUDA.</summary>
    internal IEnumerable<Engine> Engines(string device) =>
    [
        new($"{device}, tables", EStepForm.Tables, _ => true, _ => TestDevices.Tolerance(device),
            (plan, patterns) => Open(device, plan, patterns, memory => memory with { PatternTileCapacity = 16 })),
        new($"{device}, fused tables", EStepForm.Tables, _ => TestDevices.IsCuda(device), _ => TestDevices.Tolerance(device),
            (plan, patterns) => Open(device, plan, patterns, TestDevices.Cut(device, plan, patterns, cut: null), fuse: true)) { CountFloor = 1e-15 },
        new($"{device}, weighted scores", EStepForm.WeightedScore, Engine.IsOfFamily, _ => TestDevices.Tolerance(device), (plan, patterns) => OpenByScores(device, plan, patterns)),
    ];

    public void Dispose()
    {
        foreach ((string device, DeviceSession session) in sessions)
            SessionPool.Return(device, session);
    }
}
