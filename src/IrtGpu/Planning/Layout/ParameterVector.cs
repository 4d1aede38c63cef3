namespace IrtGpu.Planning.Layout;

/// <summary>A point of the parameter space: free parameters and the slots they imply. Immutable by convention.</summary>
public sealed class ParameterVector
{
    /// <summary>Expands free parameters.</summary>
    /// <param name="layout">The map.</param>
    /// <param name="free">Free parameters, kept, not copied. [free]</param>
    public ParameterVector(ParameterLayout layout, double[] free)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(free);
        ArgumentOutOfRangeException.ThrowIfNotEqual(free.Length, layout.FreeCount, nameof(free));
        Layout = layout;
        Free = free;
        Slots = new double[layout.SlotCount];
        layout.Expand(free, Slots);
    }

    /// <summary>The map from free parameters to slots.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>Free parameters on the working scale. [free]</summary>
    public double[] Free { get; }

    /// <summary>All parameters on the working scale. [slot]</summary>
    public double[] Slots { get; }
}
