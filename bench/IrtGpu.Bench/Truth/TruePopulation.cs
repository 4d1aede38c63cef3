namespace IrtGpu.Bench.Truth;

/// <summary>A normal population of persons: one mean and SD for each attribute, one correlation for all pairs.</summary>
/// <param name="Mean">[attribute]</param>
/// <param name="Sd">[attribute]</param>
/// <param name="Correlation">Of every pair of attributes; at least 0.</param>
internal sealed record TruePopulation(double[] Mean, double[] Sd, double Correlation = 0)
{
    public static TruePopulation Standard(int attributeCount, double correlation = 0) =>
        new(new double[attributeCount], [.. Enumerable.Repeat(1.0, attributeCount)], correlation);

    /// <summary>Draws a person: a common part √ρ·z₀ and an own part √(1 − ρ)·z_j give every pair the correlation ρ.</summary>
    public void Draw(Random random, Span<double> theta)
    {
        double common = Math.Sqrt(Correlation) * NormalDraw.Next(random);
        for (int j = 0; j < theta.Length; j++)
            theta[j] = Mean[j] + Sd[j] * (common + Math.Sqrt(1 - Correlation) * NormalDraw.Next(random));
    }
}
