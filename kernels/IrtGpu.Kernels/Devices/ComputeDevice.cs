using IrtGpu.Compute.Devices;

namespace IrtGpu.Kernels.Devices;

/// <summary>One accelerator that could compute here, or one kind of accelerator and why there is none.</summary>
/// <param name="Name">What <c>--device</c> takes: <c>cuda:0</c>, <c>opencl:0</c>, <c>ilgpu-cpu</c>; without a number (<c>cuda</c>) where the kind is missing altogether.</param>
/// <param name="Description">The device as its driver calls it, or the kind in words.</param>
/// <param name="IsAvailable">Whether it can be opened and computes in double precision.</param>
/// <param name="Reason">Why it is not available and what to do about it; empty when it is.</param>
/// <param name="MemoryBytes">Device memory in bytes; 0 where unknown.</param>
/// <param name="Multiprocessors">Streaming multiprocessors or compute units; 0 where unknown.</param>
/// <param name="SupportsDouble">Whether the device has 64-bit floating point.</param>
/// <param name="Driver">Driver or platform with its version; empty where unknown.</param>
public sealed record ComputeDevice(
    DeviceName Name,
    string Description,
    bool IsAvailable,
    string Reason = "",
    long MemoryBytes = 0,
    int Multiprocessors = 0,
    bool SupportsDouble = false,
    string Driver = "")
{
    /// <summary>Whether it multiplies matrices of doubles in units of their own: CUDA, compute capability 8.0 and later.</summary>
    internal bool HasMatrixUnits { get; init; }
}
