namespace IrtGpu.Cli;

/// <summary>The device asked for cannot compute here.</summary>
/// <param name="message">Which, why, and what to do.</param>
internal sealed class DeviceNotAvailableException(string message) : Exception(message);
