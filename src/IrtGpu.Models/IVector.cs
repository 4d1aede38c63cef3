namespace IrtGpu.Models;

/// <summary>A strided or contiguous row of doubles, the only way item models see memory.</summary>
/// <remarks>
/// Host code wraps a <see cref="Span{T}"/> (<see cref="SpanVector"/>), device code an array view, so that
/// one model body serves both. Indices are not checked on devices. Generic code constrains it by
/// <c>struct, IVector, allows ref struct</c>: without <c>struct</c> the compiler boxes to test for a reference type,
/// and device compilers fail on that.
/// </remarks>
public interface IVector
{
    /// <summary>Element <paramref name="index"/>, 0-based.</summary>
    /// <param name="index">Position in the row.</param>
    double this[int index] { get; set; }
}
