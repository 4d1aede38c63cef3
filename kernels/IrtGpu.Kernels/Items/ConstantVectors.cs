using IrtGpu.Models;

namespace IrtGpu.Kernels.Items;

/// <summary>1 at one place, 0 elsewhere; nothing can be written.</summary>
/// <param name="place">Where the 1 is.</param>
internal readonly struct UnitVector(int place) : IVector
{
    private readonly int place = place;

    /// <inheritdoc/>
    public double this[int index]
    {
        get => index == place ? 1.0 : 0.0;
        set { }
    }
}

/// <summary>For results that nobody wants: reads as 0, forgets what is written.</summary>
internal readonly struct DiscardingVector : IVector
{
    /// <inheritdoc/>
    public double this[int index]
    {
        get => 0.0;
        set { }
    }
}

/// <summary>A number at one place, 0 elsewhere; nothing can be written.</summary>
/// <param name="place">Where the number is.</param>
/// <param name="value">The number.</param>
internal readonly struct PlacedVector(int place, double value) : IVector
{
    private readonly int place = place;
    private readonly double value = value;

    /// <inheritdoc/>
    public double this[int index]
    {
        get => index == place ? value : 0.0;
        set { }
    }
}
