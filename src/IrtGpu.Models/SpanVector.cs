namespace IrtGpu.Models;

/// <summary>The host's <see cref="IVector"/>: every <c>stride</c>-th element of a span.</summary>
/// <param name="values">The memory seen.</param>
/// <param name="stride">Distance between neighbouring elements; 1 when contiguous.</param>
public readonly ref struct SpanVector(Span<double> values, int stride = 1) : IVector
{
    private readonly Span<double> values = values;
    private readonly int stride = stride;

    /// <inheritdoc/>
    public double this[int index]
    {
        get => values[index * stride];
        set => values[index * stride] = value;
    }
}
