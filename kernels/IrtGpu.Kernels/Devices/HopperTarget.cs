using System.Reflection;
using ILGPU.Runtime.Cuda;

namespace IrtGpu.Kernels.Devices;

/// <summary>Lets kernels of devices of compute capability 9.0 use its products of 16 × 8 × 4 doubles.</summary>
/// <remarks>
/// ILGPU 1.5.3 writes code for the least target that has the capabilities it knows, 8.0 there, and keeps the setter to itself. Where a later
/// version has none, nothing is raised, and kernels that ask <see cref="IsRaised"/> take products that capability 8.0 has.
/// </remarks>
internal static class HopperTarget
{
    /// <summary>Raises the target of a device that has the capability, before an accelerator is made of it.</summary>
    /// <param name="capabilities">Of the device.</param>
    /// <param name="architecture">What it is; null: unknown.</param>
    public static void TryRaise(CudaCapabilityContext capabilities, CudaArchitecture? architecture)
    {
        if (architecture is { Major: >= 9 })
            Setter?.Invoke(capabilities, [CudaArchitecture.SM_90]);
    }

    /// <summary>Whether code for the accelerator is for compute capability 9.0 or later.</summary>
    /// <param name="accelerator">An open device.</param>
    public static bool IsRaised(CudaAccelerator accelerator) => accelerator.Capabilities.TargetArchitecture.Major >= 9;

    /// <summary>Null: ILGPU has it no longer.</summary>
    internal static MethodInfo? Setter { get; } =
        typeof(CudaCapabilityContext).GetProperty(nameof(CudaCapabilityContext.TargetArchitecture))?.GetSetMethod(nonPublic: true);
}
