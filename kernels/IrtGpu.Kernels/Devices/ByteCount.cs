using System.Globalization;

namespace IrtGpu.Kernels.Devices;

/// <summary>Amounts of memory in words.</summary>
internal static class ByteCount
{
    /// <summary>In MiB, from 1 GiB on in GiB.</summary>
    /// <param name="bytes">How many.</param>
    public static string Show(long bytes) => bytes < 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):f1} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):f2} GiB");
}
