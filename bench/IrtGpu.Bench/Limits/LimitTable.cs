using IrtGpu.Kernels.Measuring;

namespace IrtGpu.Bench.Limits;

/// <summary>The limits of this machine's processor and devices, measured once a run and when first asked for.</summary>
/// <param name="isQuick">Short repeats and small copies: the figures then mean little.</param>
internal sealed class LimitTable(bool isQuick)
{
    private const double MultiplyAddsPerPin = 2; // one addition to the log-likelihood, one to the expected counts

    private readonly Dictionary<(string Device, int Threads), MachineLimits> measured = [];

    private double SecondsPerRepeat => isQuick ? 0.002 : 0.05;

    private long CopyBytes => isQuick ? 16L << 20 : 256L << 20;

    /// <summary>Limits of a device.</summary>
    /// <param name="device">Device name; cpu and reference are the processor.</param>
    /// <param name="threads">Of the processor; a device ignores it.</param>
    public MachineLimits Of(string device, int threads)
    {
        bool isHost = device is "auto" or "cpu" or "reference";
        (string, int) key = isHost ? ("cpu", device == "reference" ? 1 : threads) : (device, 0);
        if (!measured.TryGetValue(key, out MachineLimits? limits))
        {
            limits = isHost ? HostLimits.Measure(key.Item2, SecondsPerRepeat, CopyBytes) : MachineLimitProbe.Measure(BenchDevices.Require(device), SecondsPerRepeat, CopyBytes);
            measured.Add(key, limits);
        }
        return limits;
    }

    /// <summary>
    /// The rate of E-steps that arithmetic allows when every (pattern, item, node, class) costs two additions, one on the way to the
    /// log-likelihood and one on the way to the counts: half the rate of multiply-adds.
    /// </summary>
    public double PinsPerSecond(string device, int threads) => Of(device, threads).MultiplyAddsPerSecond / MultiplyAddsPerPin;
}
