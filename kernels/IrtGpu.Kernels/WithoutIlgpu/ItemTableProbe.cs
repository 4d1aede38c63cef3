using IrtGpu.Compute;

namespace IrtGpu.Kernels;

/// <summary>Has no tables on a device: the catalogue of this build has none that is available.</summary>
internal sealed class ItemTableProbe : IDisposable
{
    private readonly string reason;

    /// <summary>Refuses.</summary>
    /// <exception cref="ArgumentException">Always.</exception>
    public ItemTableProbe(string device, ModelPoint point)
    {
        reason = $"The device '{device}' is not available. {AcceleratorCatalog.Find(device)?.Reason}";
        throw new ArgumentException(reason, nameof(device));
    }

    /// <summary>Never reached, as there is no instance.</summary>
    public void Fill(ModelPoint point) => throw new InvalidOperationException(reason);

    /// <summary>Never reached, as there is no instance.</summary>
    public double[] Download() => throw new InvalidOperationException(reason);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
