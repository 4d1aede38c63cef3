using IrtGpu.Compute;

namespace IrtGpu.Kernels;

/// <summary>Has no tables on a device: the catalogue of this build has none that is available.</summary>
internal sealed class ItemTableProbe : IDisposable
{
    /// <summary>Refuses.</summary>
    /// <exception cref="ArgumentException">Always.</exception>
    public ItemTableProbe(string device, ModelPoint point) =>
        throw new ArgumentException($"The device '{device}' is not available. {AcceleratorCatalog.Find(device)?.Reason}", nameof(device));

    /// <summary>Never called.</summary>
    public void Fill(ModelPoint point)
    {
    }

    /// <summary>Never called.</summary>
    public double[] Download() => [];

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
