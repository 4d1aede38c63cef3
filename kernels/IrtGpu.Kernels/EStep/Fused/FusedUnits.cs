using System.Reflection;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;

namespace IrtGpu.Kernels.EStep.Fused;

/// <summary>The fused kernel for a device and a number of parts, with as much shared memory as it needs.</summary>
/// <param name="Launch">Launches it.</param>
/// <param name="Rows">Rows of the products of matrices: 16 or 8.</param>
/// <param name="GroupsPerMultiprocessor">Groups that a multiprocessor has room for.</param>
internal sealed record FusedUnits(
    Action<AcceleratorStream, KernelConfig, FusedShape, PatternViews, ArrayView<int>, FusedViews> Launch, int Rows, int GroupsPerMultiprocessor)
{
    private const int GroupReserve = 1024; // of a group's shared memory, for the driver

    /// <summary>Structure and rows of the products of each target, by parts.</summary>
    internal static Type UnitFor(int partCount, bool keepsTerms, bool isHopper) => (partCount, keepsTerms, isHopper) switch
    {
        (1, false, true) => typeof(HopperOne),
        (2, false, true) => typeof(HopperTwo),
        (4, false, true) => typeof(HopperFour),
        (4, true, true) => typeof(HopperMany),
        (1, false, false) => typeof(AmpereOne),
        (2, false, false) => typeof(AmpereTwo),
        (4, false, false) => typeof(AmpereFour),
        _ => throw new ArgumentOutOfRangeException(nameof(partCount), partCount, "1, 2 or 4 parts; several column groups of 4, with products of 16 rows."),
    };

    /// <summary>Threads a group, and groups of a multiprocessor by which the assembler limits registers.</summary>
    internal static KernelSpecialization Specialization(int partCount) =>
        new(partCount * FusedKernels.PartThreads, GroupsFor(partCount));

    /// <summary>Groups of a multiprocessor whose registers fit.</summary>
    private static int GroupsFor(int partCount) => partCount switch { 1 => 3, 2 => 2, _ => 1 };

    /// <summary>Compiles the kernel where the device can run it.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="layout">Columns.</param>
    /// <returns>Null: no products of matrices in double precision, or none of 16 rows for several column groups, or too little shared memory.</returns>
    public static FusedUnits? TryLoad(CudaAccelerator accelerator, ColumnLayout layout)
    {
        if (accelerator.Architecture.Major < 8)
            return null;
        bool isHopper = HopperTarget.IsRaised(accelerator);
        if (layout.ColumnGroupCount > 1 && !isHopper)
            return null; // with products of eight rows registers do not suffice
        MethodInfo method = typeof(FusedKernels).GetMethod(nameof(FusedKernels.Fuse))!.MakeGenericMethod(UnitFor(layout.PartCount, layout.ColumnGroupCount > 1, isHopper));
        CudaKernel kernel = (CudaKernel)KernelLoading.LoadGrouped(accelerator, method, Specialization(layout.PartCount));
        if (!DynamicSharedMemory.TryAllow(kernel, layout.SharedBytes))
            return null;
        int perMultiprocessor = Math.Clamp(accelerator.MaxSharedMemoryPerMultiprocessor / (layout.SharedBytes + GroupReserve), 1, GroupsFor(layout.PartCount));
        return new FusedUnits(
            kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, FusedShape, PatternViews, ArrayView<int>, FusedViews>>(),
            isHopper ? 16 : 8, perMultiprocessor);
    }
}
