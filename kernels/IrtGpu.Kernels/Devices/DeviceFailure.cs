using System.Globalization;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using IrtGpu.Compute.Devices;

namespace IrtGpu.Kernels.Devices;

/// <summary>Turns what ILGPU and the drivers throw into the library's own exceptions, which say what to do.</summary>
internal static class DeviceFailure
{
    /// <summary>Runs work on a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="task">What is being done: "in an E-step".</param>
    /// <param name="work">The work.</param>
    /// <exception cref="DeviceMemoryException">The driver has no more memory.</exception>
    /// <exception cref="DeviceNotAvailableException">The driver failed otherwise.</exception>
    public static T Guard<T>(ComputeDevice device, string task, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (AcceleratorException exception) when (IsOutOfMemory(exception))
        {
            throw new DeviceMemoryException(
                $"The memory of device '{device.Name}' ({device.Description}) ran out {task}: {exception.Message} Other programs may use the device; end them, use fewer --nodes, or --device cpu.",
                inner: exception);
        }
        catch (AcceleratorException exception)
        {
            throw new DeviceNotAvailableException(
                $"The device '{device.Name}' ({device.Description}) failed {task}: {exception.Message} Check its driver, or use --device cpu.", exception);
        }
    }

    /// <inheritdoc cref="Guard{T}(ComputeDevice, string, Func{T})"/>
    public static void Guard(ComputeDevice device, string task, Action work) => Guard(device, task, () =>
    {
        work();
        return true;
    });

    /// <summary>What a refused allocation becomes; null where the exception has another cause.</summary>
    /// <param name="device">The device.</param>
    /// <param name="exception">What allocating threw.</param>
    /// <param name="bytes">What was asked for.</param>
    /// <param name="allocatedBytes">What had been had before.</param>
    public static DeviceMemoryException? OfAllocation(ComputeDevice device, Exception exception, long bytes, long allocatedBytes) =>
        exception is not (AcceleratorException or OutOfMemoryException or OverflowException)
            ? null
            : new DeviceMemoryException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{device.Name} ({device.Description}) refused {ByteCount.Show(bytes)} after {ByteCount.Show(allocatedBytes)}: {exception.Message} Other programs may use the device; end them, use fewer --nodes, or --device cpu."),
                allocatedBytes + bytes,
                allocatedBytes,
                exception);

    private static bool IsOutOfMemory(AcceleratorException exception) => exception switch
    {
        CudaException cuda => cuda.Error is nameof(CudaError.CUDA_ERROR_OUT_OF_MEMORY) or nameof(CudaError.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES),
        CLException opencl => opencl.Error is CLError.CL_MEM_OBJECT_ALLOCATION_FAILURE or CLError.CL_OUT_OF_HOST_MEMORY or CLError.CL_OUT_OF_RESOURCES,
        _ => false,
    };
}
