using System.Runtime.InteropServices;
using ILGPU.Runtime.Cuda;

namespace IrtGpu.Kernels.Devices;

/// <summary>More shared memory for a kernel than the 48 KiB that a driver gives unasked.</summary>
internal static partial class DynamicSharedMemory
{
    private const int LargestDynamicSize = 8; // CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES

    /// <summary>Asks the driver.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="bytes">What its launches will ask for.</param>
    /// <returns>Whether it has as much.</returns>
    public static bool TryAllow(CudaKernel kernel, int bytes) => SetFunctionAttribute(kernel.FunctionPtr, LargestDynamicSize, bytes) == 0;

    [LibraryImport("cuda", EntryPoint = "cuFuncSetAttribute")]
    private static partial int SetFunctionAttribute(nint function, int attribute, int value);
}
