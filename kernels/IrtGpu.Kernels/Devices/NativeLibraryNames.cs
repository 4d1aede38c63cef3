using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace IrtGpu.Kernels.Devices;

/// <summary>Finds native libraries under the versioned names that installations without development packages have.</summary>
/// <remarks>
/// ILGPU asks for libOpenCL.so, libcuda.so and libcublas.so.12 to .10, and finds nothing, silently, where only
/// libOpenCL.so.1, libcuda.so.1 or libcublas.so.13 is installed.
/// </remarks>
internal static class NativeLibraryNames
{
    private const string LinuxCuda = "libcuda.so.1";
    private const string LinuxOpenCl = "libOpenCL.so.1";
    private const string LinuxCublas = "libcublas.so.13";

    /// <summary>File name of the CUDA driver on this system.</summary>
    public static string Cuda => OperatingSystem.IsWindows() ? "nvcuda.dll" : LinuxCuda;

    /// <summary>File name of the OpenCL loader on this system.</summary>
    public static string OpenCl =>
        OperatingSystem.IsWindows() ? "OpenCL.dll"
        : OperatingSystem.IsMacOS() ? "/System/Library/Frameworks/OpenCL.framework/OpenCL"
        : LinuxOpenCl;

    /// <summary>Makes the versioned names known to the runtime. Calling it again changes nothing.</summary>
    public static void Register()
    {
        AssemblyLoadContext.Default.ResolvingUnmanagedDll -= Resolve;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;
    }

    /// <summary>Whether the library can be loaded. It then stays loaded, for ILGPU to use.</summary>
    /// <param name="fileName">One of <see cref="Cuda"/>, <see cref="OpenCl"/>.</param>
    public static bool CanLoad(string fileName) => NativeLibrary.TryLoad(fileName, out _);

    /// <summary>The file to load for a name that the runtime did not find; null when it is none of ours.</summary>
    /// <param name="requested">As written in the import: <c>cuda</c>, <c>libcuda</c>, <c>libOpenCL.so</c>, <c>libcublas.so.12</c>…</param>
    internal static string? VersionedName(string requested)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        string name = requested.StartsWith("lib", StringComparison.Ordinal) ? requested[3..] : requested;
        int suffix = name.IndexOf(".so", StringComparison.Ordinal);
        return (suffix < 0 ? name : name[..suffix]) switch
        {
            "cuda" => LinuxCuda,
            "OpenCL" => LinuxOpenCl,
            "cublas" => LinuxCublas,
            _ => null,
        };
    }

    private static nint Resolve(Assembly assembly, string requested) =>
        VersionedName(requested) is { } fileName && NativeLibrary.TryLoad(fileName, out nint handle) ? handle : 0;
}
