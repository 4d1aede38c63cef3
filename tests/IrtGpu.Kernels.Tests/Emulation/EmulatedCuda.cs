using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IrtGpu.Kernels.Devices;

namespace IrtGpu.Kernels.Tests.Emulation;

/// <summary>A CUDA driver that interprets kernels on the processor, for machines without a card: a device for tests, whose seconds mean nothing.</summary>
/// <remarks>
/// Its C sources beside this file are compiled when the tests start, where there is a C compiler and no driver, on Linux. ILGPU then goes its whole
/// way: it lists the device, writes assembly and launches it. Misaligned accesses, accesses to what was not allocated, and lanes that wait for each
/// other at different instructions end the launch with an error; memory that was not written is NaN. Races, and what an assembler or a card may do
/// wrong, it cannot find. Of its two devices the first rounds products and sums each for itself, the second a product and the sum that it enters
/// once, as assemblers may have it.
/// </remarks>
internal static class EmulatedCuda
{
    /// <summary>What its name begins with.</summary>
    public const string Name = "Emulated CUDA";

    /// <summary>Why there is none; null: there is one, or a driver.</summary>
    public static string? Absence { get; private set; }

    [ModuleInitializer]
    internal static void Start()
    {
        if (Environment.GetEnvironmentVariable("IRTGPU_CACHE") is null) // assembly is kept with the tests, not in the user's cache
            Environment.SetEnvironmentVariable("IRTGPU_CACHE", Path.Combine(AppContext.BaseDirectory, "kernels"));
        NativeLibraryNames.Register();
        if (NativeLibraryNames.CanLoad(NativeLibraryNames.Cuda))
            return;
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            Absence = "emulated CUDA: Linux on x86-64 alone";
            return;
        }
        string folder = Path.Combine(AppContext.BaseDirectory, "Emulation");
        string library = Path.Combine(folder, NativeLibraryNames.Cuda);
        Absence = Compile(folder, library);
        if (Absence is null)
            NativeLibrary.Load(library); // by its name it is found from now on
    }

    private static string? Compile(string folder, string library)
    {
        string[] sources = Directory.GetFiles(folder, "*.c");
        if (File.Exists(library) && sources.All(source => File.GetLastWriteTimeUtc(source) < File.GetLastWriteTimeUtc(library)))
            return null;
        string draft = $"{library}.{Environment.ProcessId}";
        ProcessStartInfo start = new(
            "cc", ["-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC", "-fvisibility=hidden", $"-Wl,-soname,{NativeLibraryNames.Cuda}", "-o", draft, .. sources, "-lm", "-lpthread"])
        {
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"The emulated CUDA driver does not compile:\n{errors}");
            File.Move(draft, library, overwrite: true);
            return null;
        }
        catch (Win32Exception)
        {
            return "emulated CUDA: there is no C compiler (cc)";
        }
    }
}
