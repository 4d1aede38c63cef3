namespace IrtGpu.Estimation.Stochastic.Persons;

/// <summary>One value of the attributes for every person of a tile, and what it counts by.</summary>
/// <param name="attributeCount">J.</param>
internal sealed class WeightedPoint(int attributeCount)
{
    /// <summary>θ. [attribute, lane]</summary>
    public double[] Theta { get; } = TileScratch.Rows(attributeCount);

    /// <summary>Part of the persons' weights. [lane]</summary>
    public double[] Weight { get; } = TileScratch.Rows(1);
}
