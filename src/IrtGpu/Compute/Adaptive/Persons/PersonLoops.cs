using IrtGpu.Foundation.Vectors;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.Adaptive.Persons;

/// <summary>Loops over the nodes of one person; rows are whole vectors.</summary>
internal abstract class PersonLoops
{
    /// <summary>Those of this process's vectors.</summary>
    public static readonly PersonLoops Chosen = VectorWidth.Bits switch
    {
        512 => new PersonLoops<Lanes512>(),
        256 => new PersonLoops<Lanes256>(),
        _ => new PersonLoops<Lanes128>(),
    };

    /// <summary>θ = m + U z.</summary>
    /// <param name="nodes">z.</param>
    /// <param name="centre">m. [attribute]</param>
    /// <param name="factor">U, as <see cref="Placements.Factor"/> has it.</param>
    /// <param name="theta">Receives θ. [attribute, stride]</param>
    public abstract void Place(PersonNodes nodes, ReadOnlySpan<double> centre, ReadOnlySpan<double> factor, Span<double> theta);

    /// <summary>The largest value; −∞ where none is a number above that.</summary>
    public abstract double Largest(ReadOnlySpan<double> values);

    /// <summary>values = exp(values − largest).</summary>
    /// <returns>Their sum.</returns>
    public abstract double Exponentiate(Span<double> values, double largest);

    /// <summary>sum −= log factors, which become 1.</summary>
    /// <param name="factors">Positive, and normal numbers.</param>
    /// <param name="sum">Subtracted from.</param>
    public abstract void TakeLogarithms(Span<double> factors, Span<double> sum);

    /// <summary>values *= factor.</summary>
    public abstract void Scale(Span<double> values, double factor);

    /// <summary>product = a · b; returns its sum.</summary>
    public abstract double Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> product);

    /// <summary>Σ a · b.</summary>
    public abstract double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b);

    /// <summary>values = (values − mean) · factors.</summary>
    public abstract void Centre(Span<double> values, double mean, ReadOnlySpan<double> factors);

    /// <summary>sum += factor · values.</summary>
    public abstract void Add(Span<double> sum, double factor, ReadOnlySpan<double> values);
}
