namespace IrtGpu.Planning.Grids;

/// <summary>How narrow posteriors are, and what error a spacing of nodes makes of them.</summary>
/// <remarks>
/// Sums over equally spaced nodes integrate a normal density of standard deviation σ with the relative error 2 exp(−2π²σ²/h²) cos(phase), the
/// first term of Poisson's summation; the phase is where the nodes lie, which differs from pattern to pattern.
/// </remarks>
internal sealed class PosteriorWidths
{
    private const double NegligibleExponent = 60;

    private readonly double[] variances; // [pattern, attribute]
    private readonly double[] frequency; // [pattern]

    /// <summary>Takes the posteriors' variances.</summary>
    /// <param name="variances">In squares of the unit of the spacing; taken over. [pattern, attribute]</param>
    /// <param name="frequency">[pattern]</param>
    /// <param name="spacing">Of the nodes they were found on: what is much narrower than that was not seen.</param>
    public PosteriorWidths(double[] variances, double[] frequency, double spacing)
    {
        this.frequency = frequency;
        this.variances = variances;
        double smallest = double.PositiveInfinity;
        foreach (ref double variance in variances.AsSpan())
        {
            smallest = Math.Min(smallest, variance);
            variance = Math.Max(variance, spacing * spacing / 16);
        }
        Smallest = Math.Sqrt(smallest);
        Error = ErrorAt(spacing);
    }

    /// <summary>Smallest standard deviation of a posterior, as the nodes show it.</summary>
    public double Smallest { get; }

    /// <summary>Likely size of the error of the log-likelihood on those nodes.</summary>
    public double Error { get; }

    /// <summary>Likely size of the error of the log-likelihood.</summary>
    /// <param name="spacing">Distance of neighbouring nodes.</param>
    public double ErrorAt(double spacing)
    {
        int attributeCount = frequency.Length > 0 ? variances.Length / frequency.Length : 0;
        double factor = 4 * Math.PI * Math.PI / (spacing * spacing); // of the squared error
        double sum = 0;
        for (int k = 0; k < variances.Length; k++)
        {
            double exponent = factor * variances[k];
            double weight = frequency[k / attributeCount];
            if (exponent < NegligibleExponent)
                sum += 2 * weight * weight * Math.Exp(-exponent); // the mean of cos² is ½
        }
        return Math.Sqrt(sum);
    }

    /// <summary>The fewest nodes whose error is small enough.</summary>
    /// <param name="fewest">At least.</param>
    /// <param name="most">At most; the answer where even these do not suffice.</param>
    /// <param name="error">What the error may be.</param>
    /// <param name="spacingOf">Spacing by number of nodes, falling.</param>
    public int Nodes(int fewest, int most, double error, Func<int, double> spacingOf)
    {
        if (ErrorAt(spacingOf(most)) > error)
            return most;
        while (fewest < most)
        {
            int middle = fewest + (most - fewest) / 2;
            if (ErrorAt(spacingOf(middle)) > error)
                fewest = middle + 1;
            else
                most = middle;
        }
        return most;
    }
}
