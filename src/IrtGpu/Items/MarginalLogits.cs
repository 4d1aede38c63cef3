namespace IrtGpu.Items;

/// <summary>Logits of an item's marginal category shares, stretched for the spread of θ: where intercepts start.</summary>
internal static class MarginalLogits
{
    /// <summary>What logits of shares are stretched by: the mean of σ(d + z) over a standard normal z is about σ(d/1.2).</summary>
    public const double Stretch = 1.2;

    /// <summary>Of being above each step.</summary>
    /// <param name="totals">Positive weights. [category]</param>
    /// <param name="intercepts">Receives the logits. [step]</param>
    public static void Cumulative(ReadOnlySpan<double> totals, Span<double> intercepts)
    {
        double sum = Sum(totals);
        double above = sum;
        for (int step = 0; step < totals.Length - 1; step++)
        {
            above -= totals[step];
            intercepts[step] = Stretch * Math.Log(above / (sum - above));
        }
    }

    /// <summary>Of passing each step once it is reached.</summary>
    /// <param name="totals">Positive weights. [category]</param>
    /// <param name="intercepts">Receives the logits. [step]</param>
    public static void Sequential(ReadOnlySpan<double> totals, Span<double> intercepts)
    {
        double passed = Sum(totals);
        for (int step = 0; step < totals.Length - 1; step++)
        {
            passed -= totals[step];
            intercepts[step] = Stretch * Math.Log(passed / totals[step]);
        }
    }

    /// <summary>Σ in order.</summary>
    public static double Sum(ReadOnlySpan<double> totals)
    {
        double sum = 0;
        foreach (double total in totals)
            sum += total;
        return sum;
    }
}
