namespace IrtGpu.Foundation.Sampling.Nuts;

/// <summary>Where chains begin: uniformly within two scales of a centre.</summary>
/// <remarks>Centre 0 and scales 1 are the usual start where nothing is known; a mode and its standard errors make a short warmup.</remarks>
/// <param name="Center">[parameter]</param>
/// <param name="Scale">Positive; the first metric and the unit of its shrinkage too. [parameter]</param>
internal sealed record ChainStart(double[] Center, double[] Scale)
{
    /// <summary>Half the width, in scales.</summary>
    public const double Reach = 2;

    /// <summary>Around 0, within −2 … 2.</summary>
    /// <param name="count">Number of parameters.</param>
    public static ChainStart Around0(int count)
    {
        double[] scale = new double[count];
        Array.Fill(scale, 1);
        return new ChainStart(new double[count], scale);
    }
}
