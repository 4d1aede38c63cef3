using System.Numerics.Tensors;
using IrtGpu.Fit.Branches;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Fit.LimitedInformation.Moments;

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

    private readonly (int Branch, int Position)[] places; // [item here]

    public MomentBasis(BranchedPopulation population, bool withCategories)
    {
        Population = population;
        Items = [.. population.Items.Where(item => Moments(population, item).Variance > LeastVariance)];
        Branches = [.. population.Branches.Select(branch => new BranchMoments(branch, [.. Enumerable.Range(0, Items.Length).Where(i => population.BranchOf(Items[i]) == branch)]))];
        places = new (int, int)[Items.Length];
        for (int branch = 0; branch < Branches.Length; branch++)
        {
            for (int position = 0; position < Branches[branch].Items.Length; position++)
                places[Branches[branch].Items[position]] = (branch, position);
        }
        Location = new double[Items.Length];
        Scale = new double[Items.Length];
        List<ItemFunctions> further = [];
        for (int i = 0; i < Items.Length; i++)
        {
            (Location[i], double variance) = Moments(population, Items[i]);
            Scale[i] = Math.Sqrt(variance);
            BranchOf(i).Fill(PositionOf(i), population.LocalOf(Items[i]), Score(i));
            if (withCategories && Plan.Items[Items[i]].CategoryCount > 2)
                further.Add(new ItemFunctions(BranchOf(i).Source.Population, population.LocalOf(Items[i]), i, Score(i)));
        }
        Further = [.. further];
        FurtherCount = Further.Sum(functions => functions.Count);
        PairStart = Items.Length + FurtherCount;
        Count = PairStart + Items.Length * (Items.Length - 1) / 2;
    }

    public BranchedPopulation Population { get; }

    public CalibrationPlan Plan => Population.Plan;

    /// <summary>Items that have moments, ascending.</summary>
    public int[] Items { get; }

    /// <summary>What the items of each branch have at its nodes.</summary>
    public BranchMoments[] Branches { get; }

    public double[] Location { get; } // [item here]

    public double[] Scale { get; } // [item here]

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
        [.. Enumerable.Range(0, Plan.Items[Items[i]].CategoryCount).Select(category => (category - Location[i]) / Scale[i])];

    /// <summary>The branch of an item.</summary>
    /// <param name="i">Item here.</param>
    public BranchMoments BranchOf(int i) => Branches[places[i].Branch];

    /// <summary>Which branch that is.</summary>
    /// <param name="i">Item here.</param>
    public int BranchIndexOf(int i) => places[i].Branch;

    /// <summary>An item among those of its branch.</summary>
    /// <param name="i">Item here.</param>
    public int PositionOf(int i) => places[i].Position;

    /// <summary>E(z | node of the item's branch). [node]</summary>
    /// <param name="i">Item here.</param>
    public Span<double> MeanOf(int i) => BranchOf(i).MeanOf(PositionOf(i));

    /// <summary>Var(z | node of the item's branch). [node]</summary>
    /// <param name="i">Item here.</param>
    public Span<double> VarianceOf(int i) => BranchOf(i).VarianceOf(PositionOf(i));

    /// <summary>E(z | core node). [core node]</summary>
    /// <param name="i">Item here.</param>
    public Span<double> CoreMeanOf(int i) => BranchOf(i).CoreMeanOf(PositionOf(i));

    /// <summary>E(z_i z_j), the model's correlation of the two items.</summary>
    /// <param name="i">Item here.</param>
    /// <param name="j">Another.</param>
    /// <param name="scratch">Room for a number a node.</param>
    public double Product(int i, int j, double[] scratch)
    {
        bool isWithin = BranchOf(i) == BranchOf(j);
        ReadOnlySpan<double> weight = isWithin ? BranchOf(i).Source.Population.Weight : Population.CoreWeight;
        Span<double> weighted = scratch.AsSpan(0, weight.Length);
        TensorPrimitives.Multiply(weight, isWithin ? MeanOf(i) : CoreMeanOf(i), weighted);
        return FixedOrderSums.Dot(weighted, isWithin ? MeanOf(j) : CoreMeanOf(j));
    }

    /// <summary>Room for a number a node of any branch.</summary>
    public double[] CreateScratch() => new double[Math.Max(Population.CoreWeight.Length, Branches.Max(branch => branch.NodeCount))];

    /// <summary>Mean and variance of the number of an item's category in the population.</summary>
    private static (double Mean, double Variance) Moments(BranchedPopulation population, int item)
    {
        GroupPopulation branch = population.BranchOf(item).Population;
        PlannedItem planned = branch.Plan.Items[population.LocalOf(item)];
        double mean = 0;
        double square = 0;
        for (int category = 1; category < planned.CategoryCount; category++)
        {
            double share = FixedOrderSums.Dot(branch.Weight, branch.Row(planned.FirstRow + category));
            mean += category * share;
            square += (double)category * category * share;
        }
        return (mean, square - mean * mean);
    }
}
