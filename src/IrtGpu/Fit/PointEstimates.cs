namespace IrtGpu.Fit;

/// <summary>Estimates of θ at which residuals are taken.</summary>
/// <param name="Name"><c>eap</c>, <c>wle</c>, <c>ml</c> or <c>map</c>.</param>
/// <param name="Theta">NaN where there is none. [pattern, attribute]</param>
/// <param name="Notes">Why there is none; null: all have one. [pattern]</param>
internal sealed record PointEstimates(string Name, double[] Theta, string[]? Notes)
{
    /// <summary>Whether a pattern has one.</summary>
    /// <param name="pattern">Pattern.</param>
    /// <param name="attributeCount">J.</param>
    public bool Has(int pattern, int attributeCount)
    {
        for (int j = 0; j < attributeCount; j++)
        {
            if (!double.IsFinite(Theta[pattern * attributeCount + j]))
                return false;
        }
        return true;
    }
}
