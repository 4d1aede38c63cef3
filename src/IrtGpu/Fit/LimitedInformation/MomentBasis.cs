using System.Numerics.Tensors;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Items;

namespace IrtGpu.Fit.LimitedInformation;

/// <summary>The moments of a group that are compared, as functions of responses whose distribution given a node is simple.</summary>
/// <remarks>
/// Moments are those of z_i, the number of item i's category, centred and scaled by its model mean and deviation, and of the products
/// z_i z_j; for C2 also of M_i − 2 further functions of the response to item i, orthonormal with z_i, so that all its categories are
/// compared. As functions of responses they span what the raw category numbers, indicators and products span; the statistic does not
/// depend on the basis (a linear map of moments, Ξ and Δ alike leaves M2 as it is), but its arithmetic does: under independence Ξ is the
/// identity here. Items whose response does not vary under the model have no moments.
/// </remarks>
internal sealed class MomentBasis
{
    private const double LeastVariance = 1e-12;

    public MomentBasis(GroupPopulation population, bool withCategories)
    {
        Population = population;
        Items = [.. population.Items.Where(item => Moments(population, item).Variance > LeastVariance)];
        int nodeCount = population.NodeCount;
        Location = new double[Items.Length];
        Scale = new double[Items.Length];
        Mean = new double[Items.Length * nodeCount];
        Variance = new double[Items.Length * nodeCount];
        List<ItemFunctions> further = [];
        for (int i = 0; i < Items.Length; i++)
        {
            (Location[i], double variance) = Moments(population, Items[i]);
            Scale[i] = Math.Sqrt(variance);
            FillNodes(i);
            if (withCategories && population.Plan.Items[Items[i]].CategoryCount > 2)
                further.Add(new ItemFunctions(population, Items[i], i, Score(i)));
        }
        Further = [.. further];
        FurtherCount = Further.Sum(functions => functions.Count);
        PairStart = Items.Length + FurtherCount;
        Count = PairStart + Items.Length * (Items.Length - 1) / 2;
    }

    public GroupPopulation Population { get; }

    /// <summary>Items that have moments, ascending.</summary>
    public int[] Items { get; }

    public double[] Location { get; } // [item here]

    public double[] Scale { get; } // [item here]

    /// <summary>E(z | node). [item here, node]</summary>
    public double[] Mean { get; }

    /// <summary>Var(z | node). [item here, node]</summary>
    public double[] Variance { get; }

    /// <summary>Functions beyond z; none but for C2.</summary>
    public ItemFunctions[] Further { get; }

    public int FurtherCount { get; }

    /// <summary>Number of moments: of z, of the further functions, then of the pairs (1,0), (2,0), (2,1), ….</summary>
    public int Count { get; }

    /// <summary>First moment of a pair.</summary>
    public int PairStart { get; }

    /// <summary>Moment of a pair.</summary>
    /// <param name="later">The later item here.</param>
    /// <param name="earlier">The earlier.</param>
    public int Pair(int later, int earlier) => PairStart + later * (later - 1) / 2 + earlier;

    /// <summary>z of each category.</summary>
    /// <param name="i">Item here.</param>
    public double[] Score(int i) =>
        [.. Enumerable.Range(0, Population.Plan.Items[Items[i]].CategoryCount).Select(category => (category - Location[i]) / Scale[i])];

    /// <summary>E(z | node). [node]</summary>
    /// <param name="i">Item here.</param>
    public Span<double> MeanOf(int i) => Mean.AsSpan(i * Population.NodeCount, Population.NodeCount);

    /// <summary>Var(z | node). [node]</summary>
    /// <param name="i">Item here.</param>
    public Span<double> VarianceOf(int i) => Variance.AsSpan(i * Population.NodeCount, Population.NodeCount);

    /// <summary>Mean and variance of the number of an item's category in the population.</summary>
    private static (double Mean, double Variance) Moments(GroupPopulation population, int item)
    {
        PlannedItem planned = population.Plan.Items[item];
        double mean = 0;
        double square = 0;
        for (int category = 1; category < planned.CategoryCount; category++)
        {
            double share = FixedOrderSums.Dot(population.Weight, population.Row(planned.FirstRow + category));
            mean += category * share;
            square += (double)category * category * share;
        }
        return (mean, square - mean * mean);
    }

    private void FillNodes(int i)
    {
        PlannedItem planned = Population.Plan.Items[Items[i]];
        Span<double> mean = MeanOf(i);
        Span<double> variance = VarianceOf(i);
        double[] score = Score(i);
        for (int category = 0; category < score.Length; category++)
            TensorPrimitives.MultiplyAdd(Population.Row(planned.FirstRow + category), score[category], mean, mean);
        for (int category = 0; category < score.Length; category++)
        {
            ReadOnlySpan<double> probability = Population.Row(planned.FirstRow + category);
            for (int node = 0; node < variance.Length; node++)
                variance[node] += probability[node] * (score[category] - mean[node]) * (score[category] - mean[node]);
        }
    }
}
