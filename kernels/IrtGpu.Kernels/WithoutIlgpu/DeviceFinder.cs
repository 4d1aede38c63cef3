namespace IrtGpu.Kernels;

/// <summary>The catalogue's content in a build that has no ILGPU: each kind with the reason it is missing.</summary>
internal static class DeviceFinder
{
    private const string Reason =
        "This build has no accelerators: ILGPU was not found in any NuGet source when it was built, or was left out. "
        + "Add a source that has the packages ILGPU and ILGPU.Algorithms and build with -p:UseIlgpu=true.";

    public static IReadOnlyList<ComputeDevice> FindAll() =>
    [
        new("cuda", "NVIDIA GPUs through CUDA", IsAvailable: false, Reason),
        new("opencl", "OpenCL devices", IsAvailable: false, Reason),
        new("ilgpu-cpu", "ILGPU's CPU accelerator (a device for tests)", IsAvailable: false, Reason),
    ];
}
