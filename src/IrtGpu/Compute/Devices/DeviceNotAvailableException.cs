namespace IrtGpu.Compute.Devices;

/// <summary>The device asked for cannot compute here: it is missing, or cannot hold the problem.</summary>
/// <param name="message">What was asked for, why it cannot be had, what to do.</param>
/// <param name="inner">What the driver said, if it did.</param>
public class DeviceNotAvailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The device's memory does not suffice.</summary>
/// <param name="message">What was asked for, the figures, what to do.</param>
/// <param name="neededBytes">The least that would do; 0 when unknown.</param>
/// <param name="availableBytes">What there is; 0 when unknown.</param>
/// <param name="inner">What the driver said, if it did.</param>
public sealed class DeviceMemoryException(string message, long neededBytes = 0, long availableBytes = 0, Exception? inner = null)
    : DeviceNotAvailableException(message, inner)
{
    /// <summary>The least that would do, bytes; 0 when unknown.</summary>
    public long NeededBytes { get; } = neededBytes;

    /// <summary>What there is, bytes; 0 when unknown.</summary>
    public long AvailableBytes { get; } = availableBytes;
}
