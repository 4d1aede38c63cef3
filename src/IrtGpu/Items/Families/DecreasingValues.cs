namespace IrtGpu.Items.Families;

/// <summary>Starts of values that must decrease, some of which are given.</summary>
internal static class DecreasingValues
{
    private const double Gap = 0.5; // from a given value to the next where nothing lies beyond

    /// <summary>Moves the values that are not given to where all decrease; does nothing where the given ones do not.</summary>
    /// <param name="isGiven">Which ones stay. [step]</param>
    /// <param name="values">Moved. [step]</param>
    public static void Place(ReadOnlySpan<bool> isGiven, Span<double> values)
    {
        int first = 0;
        while (first < values.Length)
        {
            if (isGiven[first])
            {
                first++;
                continue;
            }
            int end = first;
            while (end < values.Length && !isGiven[end])
                end++;
            PlaceRun(values, first, end);
            first = end;
        }
    }

    private static void PlaceRun(Span<double> values, int first, int end)
    {
        double above = first > 0 ? values[first - 1] : double.PositiveInfinity;
        double below = end < values.Length ? values[end] : double.NegativeInfinity;
        if (Decrease(above, values[first..end], below))
            return;
        if (double.IsInfinity(above) && !double.IsInfinity(below))
        {
            for (int k = end - 1; k >= first; k--)
                values[k] = Math.Max(values[k], values[k + 1] + Gap);
            return;
        }
        for (int k = first; k < end; k++)
        {
            values[k] = double.IsInfinity(below)
                ? k == 0 ? values[0] : Math.Min(values[k], values[k - 1] - Gap)
                : above - (above - below) * (k - first + 1) / (end - first + 1);
        }
    }

    private static bool Decrease(double above, ReadOnlySpan<double> values, double below)
    {
        bool decrease = true;
        foreach (double value in values)
        {
            decrease &= value < above;
            above = value;
        }
        return decrease && above > below;
    }
}
