namespace IrtGpu.Linking.Drift;

/// <summary>z = (x − median)/(0.74 · interquartile range): Huynh &amp; Meyer (2010), Practical Assessment, Research &amp; Evaluation 15(2).</summary>
internal static class RobustZ
{
    private const int FewestValues = 4;
    private const double Rounding = 1e-9; // below which values are equal

    /// <summary>The z of each value; null where there is none, or with fewer than four values.</summary>
    /// <param name="values">NaN where there is none.</param>
    public static double?[] Of(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        if (sorted.Length < FewestValues)
            return new double?[values.Count];
        double median = Quantile(sorted, 0.5);
        double spread = 0.74 * (Quantile(sorted, 0.75) - Quantile(sorted, 0.25));
        return [.. values.Select(value => !double.IsFinite(value) ? (double?)null
            : Math.Abs(value - median) < Rounding ? 0
            : spread < Rounding ? Math.CopySign(double.PositiveInfinity, value - median)
            : (value - median) / spread)];
    }

    /// <summary>Linear between order statistics (type 7 of Hyndman and Fan).</summary>
    private static double Quantile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)Math.Floor(place);
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
