namespace IrtGpu.Compute.Devices;

/// <summary>What a backend knows of its device.</summary>
/// <param name="Traffic">What was launched and copied since the backend was made.</param>
/// <param name="Memory">One sentence: what lies where on the device.</param>
public sealed record DeviceReport(DeviceTraffic Traffic, string Memory);

/// <summary>What a backend asked of its device, counted by the backend itself.</summary>
/// <param name="Launches">Kernels launched.</param>
/// <param name="BytesUp">Bytes copied to the device.</param>
/// <param name="BytesDown">Bytes copied from the device.</param>
/// <param name="CopiesUp">Copies to the device.</param>
/// <param name="CopiesDown">Copies from the device, each of which waits for what was launched before.</param>
public readonly record struct DeviceTraffic(long Launches, long BytesUp, long BytesDown, long CopiesUp = 0, long CopiesDown = 0)
{
    /// <summary>What came in between.</summary>
    public static DeviceTraffic operator -(DeviceTraffic later, DeviceTraffic earlier) => Subtract(later, earlier);

    /// <summary>Both together.</summary>
    public static DeviceTraffic operator +(DeviceTraffic left, DeviceTraffic right) => Add(left, right);

    /// <summary>What came in between.</summary>
    /// <param name="later">The later reading.</param>
    /// <param name="earlier">The earlier one.</param>
    public static DeviceTraffic Subtract(DeviceTraffic later, DeviceTraffic earlier) =>
        new(
            later.Launches - earlier.Launches, later.BytesUp - earlier.BytesUp, later.BytesDown - earlier.BytesDown, later.CopiesUp - earlier.CopiesUp,
            later.CopiesDown - earlier.CopiesDown);

    /// <summary>Both together.</summary>
    /// <param name="left">Of one device.</param>
    /// <param name="right">Of another.</param>
    public static DeviceTraffic Add(DeviceTraffic left, DeviceTraffic right) =>
        new(
            left.Launches + right.Launches, left.BytesUp + right.BytesUp, left.BytesDown + right.BytesDown, left.CopiesUp + right.CopiesUp,
            left.CopiesDown + right.CopiesDown);
}
