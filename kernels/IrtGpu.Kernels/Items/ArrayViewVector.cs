using ILGPU;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Items;

/// <summary>The device's <see cref="IVector"/>: every <c>stride</c>-th element of an array view. Indices are not checked.</summary>
/// <param name="values">The memory seen.</param>
/// <param name="offset">Position of element 0.</param>
/// <param name="stride">Distance between neighbouring elements; 1 when contiguous.</param>
internal readonly struct ArrayViewVector(ArrayView<double> values, long offset, long stride) : IVector
{
    private readonly ArrayView<double> values = values;
    private readonly long offset = offset;
    private readonly long stride = stride;

    /// <inheritdoc/>
    public double this[int index]
    {
        get => values[offset + index * stride];
        set => values[offset + index * stride] = value;
    }
}
