namespace IrtGpu.Kernels.Devices;

/// <summary>What can compute here beside the CPU engine: CUDA, then OpenCL, then ILGPU's CPU accelerator.</summary>
public static class AcceleratorCatalog
{
    /// <summary>Lists every accelerator found and, for each kind that is missing, one entry with the reason.</summary>
    /// <remarks>
    /// Loads the drivers and asks them, which takes some tens of milliseconds, so it is for when a device is asked for.
    /// Never throws: what goes wrong becomes a reason. Every call asks anew, so the answer follows the machine.
    /// </remarks>
    /// <returns>CUDA devices in driver order, OpenCL devices in platform order, ILGPU's CPU accelerator (a test device).</returns>
    public static IReadOnlyList<ComputeDevice> List() => DeviceFinder.FindAll();

    /// <summary>The device that <paramref name="name"/> asks for, available or not; null when no such name is known here.</summary>
    /// <param name="name"><c>cuda[:n]</c>, <c>opencl[:n]</c> or <c>ilgpu-cpu</c>; without a number the first available of the kind.</param>
    public static ComputeDevice? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        IReadOnlyList<ComputeDevice> devices = List();
        ComputeDevice? firstOfKind = null;
        foreach (ComputeDevice device in devices)
        {
            if (string.Equals(device.Name, name, StringComparison.OrdinalIgnoreCase))
                return device;
            if (!device.Name.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
                continue;
            if (firstOfKind is null || (device.IsAvailable && !firstOfKind.IsAvailable))
                firstOfKind = device;
        }

        return firstOfKind;
    }
}
