namespace IrtGpu.Models;

/// <summary>A row of memory that item models read and write a number at a time, whatever a number is.</summary>
/// <typeparam name="TReal">The number.</typeparam>
public interface IRealVector<TReal>
    where TReal : struct, IReal<TReal>
{
    /// <summary>Element <paramref name="index"/>, 0-based.</summary>
    /// <param name="index">Position in the row.</param>
    TReal this[int index] { get; set; }
}

/// <summary>A row of doubles as a row of <see cref="Scalar"/>.</summary>
/// <typeparam name="TVector">The row of doubles.</typeparam>
/// <param name="values">The row of doubles.</param>
public readonly ref struct ScalarVector<TVector>(TVector values) : IRealVector<Scalar>
    where TVector : struct, IVector, allows ref struct
{
    private readonly TVector values = values;

    /// <inheritdoc/>
    public Scalar this[int index]
    {
        get => new(values[index]);
        set
        {
            TVector row = values; // a copy sees the same memory, and may be written through
            row[index] = value.Value;
        }
    }
}
