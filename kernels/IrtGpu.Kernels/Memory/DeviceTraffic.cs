namespace IrtGpu.Kernels.Memory;

/// <summary>A backend that knows what it asks of its device.</summary>
public interface IDeviceReport
{
    /// <summary>What was launched and copied since the backend was made.</summary>
    DeviceTraffic Traffic { get; }

    /// <summary>One sentence: what lies where on the device.</summary>
    string MemoryDescription { get; }
}

/// <summary>What a backend asked of its device, counted by the backend itself.</summary>
/// <param name="Launches">Kernels launched.</param>
/// <param name="BytesUp">Bytes copied to the device.</param>
/// <param name="BytesDown">Bytes copied from the device.</param>
public readonly record struct DeviceTraffic(long Launches, long BytesUp, long BytesDown)
{
    /// <summary>What came in between.</summary>
    public static DeviceTraffic operator -(DeviceTraffic later, DeviceTraffic earlier) => Subtract(later, earlier);

    /// <summary>What came in between.</summary>
    /// <param name="later">The later reading.</param>
    /// <param name="earlier">The earlier one.</param>
    public static DeviceTraffic Subtract(DeviceTraffic later, DeviceTraffic earlier) =>
        new(later.Launches - earlier.Launches, later.BytesUp - earlier.BytesUp, later.BytesDown - earlier.BytesDown);
}
