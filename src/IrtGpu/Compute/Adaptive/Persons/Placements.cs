using IrtGpu.Foundation.LinearAlgebra;

namespace IrtGpu.Compute.Adaptive.Persons;

/// <summary>Where the nodes of every pattern lie, θ = m + U z: written once when nodes are placed, and held from then on.</summary>
internal sealed class Placements
{
    private readonly int attributeCount;
    private readonly int classCount;
    private readonly double[] centres; // [pattern, class, attribute]
    private readonly double[] factors; // [pattern, class, packed]
    private readonly double[] logDeterminants; // [pattern, class]

    /// <summary>Makes room.</summary>
    /// <param name="patternCount">P.</param>
    /// <param name="classCount">K.</param>
    /// <param name="attributeCount">J.</param>
    public Placements(int patternCount, int classCount, int attributeCount)
    {
        this.attributeCount = attributeCount;
        this.classCount = classCount;
        centres = new double[(long)patternCount * classCount * attributeCount];
        factors = new double[(long)patternCount * classCount * PackedTriangle.Length(attributeCount)];
        logDeterminants = new double[(long)patternCount * classCount];
    }

    /// <summary>Doubles a pattern takes.</summary>
    public static long Length(int classCount, int attributeCount) => (long)classCount * (attributeCount + PackedTriangle.Length(attributeCount) + 1);

    /// <summary>m of all. [pattern, class, attribute]</summary>
    public double[] Centres => centres;

    /// <summary>U of all. [pattern, class, packed]</summary>
    public double[] Factors => factors;

    /// <summary>log |U| of all. [pattern, class]</summary>
    public double[] LogDeterminants => logDeterminants;

    /// <summary>m: the mode of the posterior in a class. [attribute]</summary>
    public Span<double> Centre(int pattern, int k) => centres.AsSpan((pattern * classCount + k) * attributeCount, attributeCount);

    /// <summary>U, upper, U Uᵀ the inverse of the curvature there: element (j, k), k ≥ j, at <see cref="PackedTriangle"/> (k, j).</summary>
    public Span<double> Factor(int pattern, int k) =>
        factors.AsSpan((pattern * classCount + k) * PackedTriangle.Length(attributeCount), PackedTriangle.Length(attributeCount));

    /// <summary>log |U|.</summary>
    public ref double LogDeterminant(int pattern, int k) => ref logDeterminants[pattern * classCount + k];
}
