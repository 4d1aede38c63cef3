using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Sampling;

namespace IrtGpu.Estimation.Stochastic.Persons;

/// <summary>Persons of one block side by side: their answers, and where their chains stand.</summary>
/// <remarks>
/// A chain moves in the coordinates z of its person's Laplace approximation, θ = m + s L⁻ᵀ z with m the mode and L Lᵀ the information
/// there. It has two points, z and −z, which share the weight of the chain as the posterior has them. Lanes behind the last person
/// have no answers and weight 0.
/// </remarks>
internal sealed class PersonTile
{
    /// <summary>Lanes of a tile: the rows of ten attributes and of an item's derivatives stay in a first-level cache.</summary>
    public const int Size = 128;

    public PersonTile(int block, int group, int table, int itemCount, int attributeCount, int count, int firstStream)
    {
        FirstStream = firstStream;
        Block = block;
        Group = group;
        Table = table;
        Count = count;
        Codes = new byte[itemCount * Size];
        Pattern = new int[count];
        Weight = new double[Size];
        Random = new StreamRandom[count];
        CrossWeight = new double[Size];
        Point = new WeightedPoint(attributeCount);
        Mirror = new WeightedPoint(attributeCount);
        Share = new double[Size];
        Standard = new double[attributeCount * Size];
        Mode = new double[attributeCount * Size];
        Factor = new double[PackedTriangle.Length(attributeCount) * Size];
        LogRatio = new double[Size];
    }

    /// <summary>Block of all its persons.</summary>
    public int Block { get; }

    /// <summary>Observed group of all its persons.</summary>
    public int Group { get; }

    /// <summary>Item table of the block.</summary>
    public int Table { get; }

    /// <summary>Number of persons.</summary>
    public int Count { get; }

    /// <summary>Number of the first person's chain among all chains.</summary>
    public int FirstStream { get; }

    /// <summary>Items that any of them answered.</summary>
    public int[] Items { get; set; } = [];

    /// <summary>Categories; where there is no answer, the number of categories. [item, lane]</summary>
    public byte[] Codes { get; }

    /// <summary>Pattern of each person. [person]</summary>
    public int[] Pattern { get; }

    /// <summary>Weight of each chain. [lane]</summary>
    public double[] Weight { get; }

    /// <summary>What the square of each person's score counts by in the cross-product of scores. [lane]</summary>
    public double[] CrossWeight { get; }

    /// <summary>Random numbers of each person. [person]</summary>
    public StreamRandom[] Random { get; }

    /// <summary>Where the chains stand.</summary>
    public WeightedPoint Point { get; }

    /// <summary>The same seen from the other side of the modes.</summary>
    public WeightedPoint Mirror { get; }

    /// <summary>Share of a chain's weight that <see cref="Point"/> has. [lane]</summary>
    public double[] Share { get; }

    /// <summary><see cref="Point"/> in coordinates of the approximation. [attribute, lane]</summary>
    public double[] Standard { get; }

    /// <summary>Modes of the posteriors. [attribute, lane]</summary>
    public double[] Mode { get; }

    /// <summary>L, packed lower triangle. [element, lane]</summary>
    public double[] Factor { get; }

    /// <summary>Log posterior, as the mean of both points has it, less the log density of the approximation, each up to a constant. [lane]</summary>
    public double[] LogRatio { get; }

    /// <summary>Answers of an item. [lane]</summary>
    /// <param name="item">Item.</param>
    public ReadOnlySpan<byte> CodesOf(int item) => Codes.AsSpan(item * Size, Size);
}
