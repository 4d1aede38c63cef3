using MathNet.Numerics.Distributions;

namespace IrtGpu.Planning.Grids;

/// <summary>How the population of one block lies on fixed nodes in one dimension.</summary>
/// <param name="Block">Block.</param>
/// <param name="Attribute">Attribute.</param>
/// <param name="Mean">Mean of θ.</param>
/// <param name="Deviation">Standard deviation of θ.</param>
/// <param name="Weight">Expected number of persons.</param>
/// <param name="Below">Expected number of them below the lowest node: by the density, or by what the posteriors leave there, if that is more.</param>
/// <param name="Above">Expected number of them above the highest node.</param>
/// <param name="GridDeviation">Standard deviation of the density normalised over the nodes, which is <paramref name="Deviation"/> on good ones.</param>
public sealed record PopulationReach(
    int Block, int Attribute, double Mean, double Deviation, double Weight, double Below, double Above, double GridDeviation)
{
    private const double LargestRatio = 0.95; // of the totals of two neighbouring nodes

    /// <summary>Share of the persons beyond the nodes.</summary>
    public double ShareBeyond => Weight > 0 ? Math.Min(1, (Below + Above) / Weight) : 0;

    /// <summary>Looks at a population.</summary>
    /// <param name="grid">Fixed nodes.</param>
    /// <param name="block">Block.</param>
    /// <param name="attribute">Attribute.</param>
    /// <param name="mean">Mean of θ.</param>
    /// <param name="deviation">Standard deviation of θ.</param>
    /// <param name="weight">Expected number of persons.</param>
    /// <param name="line">Expected number of persons by node of the attribute's line, from the posteriors; empty: not known. [node of the line]</param>
    internal static PopulationReach Of(
        QuadratureGrid grid, int block, int attribute, double mean, double deviation, double weight, ReadOnlySpan<double> line)
    {
        double half = grid.Spacing / 2;
        double below = weight * Normal.CDF(mean, deviation, grid.Low - half);
        double above = weight * Normal.CDF(-mean, deviation, -grid.High - half);
        if (!line.IsEmpty)
        {
            below = Math.Max(below, Tail(line[0], line[1], weight));
            above = Math.Max(above, Tail(line[^1], line[^2], weight));
        }
        return new PopulationReach(block, attribute, mean, deviation, weight, below, above, DeviationOnGrid(grid, mean, deviation));
    }

    /// <summary>
    /// What lies beyond the last of some nodes where the totals go on falling as they did, or faster, as those of any log-concave density
    /// do; where they hardly fall, a multiple of the last.
    /// </summary>
    private static double Tail(double last, double before, double weight)
    {
        double ratio = last <= 0 ? 0 : Math.Min(LargestRatio, last / before);
        return Math.Min(weight, last * ratio / (1 - ratio));
    }

    private static double DeviationOnGrid(QuadratureGrid grid, double mean, double deviation)
    {
        double largest = double.NegativeInfinity;
        double total = 0;
        double first = 0;
        double second = 0;
        foreach (bool isSum in (ReadOnlySpan<bool>)[false, true])
        {
            for (int k = 0; k < grid.NodesPerAttribute; k++)
            {
                double centred = (grid.LineNode(k) - mean) / deviation;
                double logWeight = -0.5 * centred * centred;
                largest = isSum ? largest : Math.Max(largest, logWeight);
                double weight = isSum ? Math.Exp(logWeight - largest) : 0;
                if (weight == 0)
                    continue;
                total += weight;
                first += weight * centred;
                second += weight * centred * centred;
            }
        }
        return total > 0 ? deviation * Math.Sqrt(Math.Max(0, second / total - first / total * (first / total))) : 0;
    }
}
