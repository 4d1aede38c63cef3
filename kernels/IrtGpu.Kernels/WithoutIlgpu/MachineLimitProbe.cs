namespace IrtGpu.Kernels;

/// <summary>Measures no device: the catalogue of this build has none that is available.</summary>
internal static class MachineLimitProbe
{
    /// <summary>Refuses.</summary>
    /// <exception cref="ArgumentException">Always.</exception>
    public static MachineLimits Measure(string device, double secondsPerRepeat = 0, long copyBytes = 0) =>
        throw new ArgumentException($"The device '{device}' is not available. {AcceleratorCatalog.Find(device)?.Reason}", nameof(device));
}
