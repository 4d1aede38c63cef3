using IrtGpu.Data;

namespace IrtGpu.Compute.Adaptive;

/// <summary>How far the log-likelihood is off by its integration.</summary>
/// <param name="Difference">That of richer rules less that of the rule used, over all persons.</param>
/// <param name="Error">
/// What the rule used is taken to err by at most: the size of the difference, a fifth more as the richer rules err themselves, and twice the
/// standard error of that.
/// </param>
/// <param name="PatternCount">Patterns it was measured at.</param>
/// <param name="RicherCount">Number of richer rules.</param>
/// <param name="RicherNodeCount">Nodes of each.</param>
public sealed record IntegrationError(double Difference, double Error, int PatternCount, int RicherCount, int RicherNodeCount)
{
    private const int MostPatterns = 500;
    private const double OfRicherRules = 0.2; // of the difference; against 8,192 shifted lattice points it was .18 at most in thirteen models of three to ten dimensions, by spheres at two radii
    private const double LargePerPerson = 0.01; // an order above what the default rules leave

    /// <summary>A sentence where the error is so large that estimates may have gone to where nodes err; null elsewhere.</summary>
    /// <param name="persons">Sum of the weights.</param>
    internal string? Warning(double persons) => Error <= LargePerPerson * persons ? null : FormattableString.Invariant(
        $"Integration leaves the log-likelihood uncertain by {Error:g2}, {Error / persons:g2} a person, so that estimates may have gone to where the nodes err. Ask for more --nodes, or for the default of --integration adaptive.");

    /// <summary>Patterns to measure at: all where they are few, else some, evenly apart.</summary>
    internal static int[] Choose(PatternTable patterns)
    {
        int count = Math.Min(MostPatterns, patterns.PatternCount);
        return [.. Enumerable.Range(0, count).Select(index => (int)((long)patterns.PatternCount * index / count))];
    }

    /// <summary>Compares.</summary>
    /// <param name="patterns">The data.</param>
    /// <param name="chosen">Patterns.</param>
    /// <param name="own">Their log-likelihoods by the rule used.</param>
    /// <param name="richer">Those by richer rules. [rule][pattern]</param>
    /// <param name="nodeCount">Nodes of each of these.</param>
    internal static IntegrationError Of(PatternTable patterns, int[] chosen, double[] own, IReadOnlyList<double[]> richer, int nodeCount)
    {
        double weight = 0;
        double sum = 0;
        double squares = 0;
        double[] totals = new double[richer.Count];
        for (int index = 0; index < chosen.Length; index++)
        {
            double frequency = patterns.Frequency[chosen[index]];
            double largest = richer.Max(one => one[index]);
            double mean = 0;
            for (int variant = 0; variant < totals.Length; variant++)
            {
                mean += Math.Exp(richer[variant][index] - largest) / totals.Length;
                totals[variant] += frequency * richer[variant][index];
            }
            double difference = largest + Math.Log(mean) - own[index];
            weight += frequency;
            sum += frequency * difference;
            squares += frequency * difference * difference;
        }
        if (weight == 0)
            return new IntegrationError(0, 0, chosen.Length, richer.Count, nodeCount);
        double scale = patterns.TotalWeight / weight;
        double ofRules = scale * scale * Variance(totals) / totals.Length;
        double ofPatterns = scale * patterns.TotalWeight * Math.Max(0, squares / weight - sum / weight * (sum / weight)) * (1 - chosen.Length / (double)patterns.PatternCount);
        return new IntegrationError(scale * sum, (1 + OfRicherRules) * Math.Abs(scale * sum) + 2 * Math.Sqrt(ofRules + ofPatterns), chosen.Length, richer.Count, nodeCount);
    }

    private static double Variance(double[] values)
    {
        if (values.Length == 1)
            return 0;
        double mean = 0;
        foreach (double value in values)
            mean += value / values.Length;
        double sum = 0;
        foreach (double value in values)
            sum += (value - mean) * (value - mean);
        return sum / (values.Length - 1);
    }
}
