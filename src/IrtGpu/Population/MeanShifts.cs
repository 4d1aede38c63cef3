namespace IrtGpu.Population;

/// <summary>How far the means of persons lie from that of their block: δ of each row of covariates that occurs.</summary>
/// <param name="AttributeCount">J.</param>
/// <param name="Values">[block][row of covariates, attribute]</param>
internal sealed record MeanShifts(int AttributeCount, double[][] Values)
{
    /// <summary>Number of rows of covariates.</summary>
    public int RowCount => Values[0].Length / AttributeCount;

    /// <summary>δ.</summary>
    /// <param name="block">Block.</param>
    /// <param name="row">Row of covariates.</param>
    /// <returns>[attribute]</returns>
    public ReadOnlySpan<double> Of(int block, int row) => Values[block].AsSpan(row * AttributeCount, AttributeCount);
}
