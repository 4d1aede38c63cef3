using System.Numerics.Tensors;

namespace IrtGpu.Fit.Items.Imputation;

/// <summary>What an item's answers sum to over persons and their plausible values, by range of θ and category.</summary>
/// <remarks>
/// A person's residual of a draw is v = 1[category given] − P(category | θ) in the cells of the range of θ, 0 elsewhere; v̄ is its mean over the
/// draws. Sums of products are kept for the distribution of the statistic; not where there is no covariance of the estimates.
/// </remarks>
internal sealed class ImputedResiduals
{
    private readonly int categoryCount;
    private readonly int drawCount;
    private readonly int freeCount;
    private readonly double[] mean; // v̄ of a person. [cell]
    private readonly List<int> touched = []; // ranges

    /// <summary>Makes empty sums.</summary>
    /// <param name="categoryCount">M.</param>
    /// <param name="drawCount">Plausible values a person.</param>
    /// <param name="freeCount">Free parameters of the model; −1: no products are kept.</param>
    public ImputedResiduals(int categoryCount, int drawCount, int freeCount)
    {
        this.categoryCount = categoryCount;
        this.drawCount = drawCount;
        this.freeCount = freeCount;
        CellCount = AbilityRanges.Count * categoryCount;
        mean = new double[CellCount];
        Observed = new double[drawCount * CellCount];
        Expected = new double[drawCount * CellCount];
        bool hasProducts = freeCount >= 0;
        Between = hasProducts ? new double[CellCount * CellCount] : [];
        Within = hasProducts ? new double[CellCount * CellCount] : [];
        WithScores = hasProducts ? new double[CellCount * freeCount] : [];
    }

    public int CellCount { get; }

    /// <summary>Persons who answered.</summary>
    public double Persons { get; private set; }

    /// <summary>Answers. [draw, cell]</summary>
    public double[] Observed { get; }

    /// <summary>What was expected of them. [draw, cell]</summary>
    public double[] Expected { get; }

    /// <summary>Σ v̄ v̄ᵀ. [cell, cell]</summary>
    public double[] Between { get; }

    /// <summary>Σ Σ_d (v − v̄)(v − v̄)ᵀ. [cell, cell]</summary>
    public double[] Within { get; }

    /// <summary>Σ v̄ sᵀ, s the gradient of the person's log-likelihood. [cell, free]</summary>
    public double[] WithScores { get; }

    /// <summary>Doubles that such sums take.</summary>
    public static long Size(int categoryCount, int drawCount, int freeCount)
    {
        long cells = AbilityRanges.Count * categoryCount;
        return 2 * drawCount * cells + (freeCount >= 0 ? 2 * cells * cells + cells * freeCount : 0);
    }

    /// <summary>Adds a person who answered.</summary>
    /// <param name="category">The answer.</param>
    /// <param name="ranges">Range of each draw. [draw]</param>
    /// <param name="probability">P of each category at each draw. [category, stride]</param>
    /// <param name="stride">Distance of its rows.</param>
    /// <param name="score">Gradient of the person's log-likelihood. [free]</param>
    public void Add(byte category, ReadOnlySpan<byte> ranges, ReadOnlySpan<double> probability, int stride, ReadOnlySpan<double> score)
    {
        Persons++;
        bool hasProducts = freeCount >= 0;
        Span<double> residual = stackalloc double[categoryCount];
        for (int draw = 0; draw < drawCount; draw++)
        {
            int first = ranges[draw] * categoryCount;
            Observed[draw * CellCount + first + category]++;
            for (int c = 0; c < categoryCount; c++)
            {
                double p = probability[c * stride + draw];
                Expected[draw * CellCount + first + c] += p;
                residual[c] = (c == category ? 1 : 0) - p;
            }
            if (!hasProducts)
                continue;
            if (!touched.Contains(ranges[draw]))
                touched.Add(ranges[draw]);
            for (int c = 0; c < categoryCount; c++)
            {
                mean[first + c] += residual[c] / drawCount;
                for (int e = 0; e < categoryCount; e++)
                    Within[(first + c) * CellCount + first + e] += residual[c] * residual[e];
            }
        }
        if (hasProducts)
            AddProducts(score);
    }

    /// <summary>Adds the sums of other persons.</summary>
    /// <param name="other">Theirs.</param>
    public void Add(ImputedResiduals other)
    {
        Persons += other.Persons;
        TensorPrimitives.Add(Observed, other.Observed, Observed);
        TensorPrimitives.Add(Expected, other.Expected, Expected);
        TensorPrimitives.Add(Between, other.Between, Between);
        TensorPrimitives.Add(Within, other.Within, Within);
        TensorPrimitives.Add(WithScores, other.WithScores, WithScores);
    }

    private void AddProducts(ReadOnlySpan<double> score)
    {
        foreach (int range in touched)
        {
            for (int row = range * categoryCount; row < (range + 1) * categoryCount; row++)
            {
                foreach (int other in touched)
                {
                    for (int column = other * categoryCount; column < (other + 1) * categoryCount; column++)
                    {
                        double product = mean[row] * mean[column];
                        Between[row * CellCount + column] += product;
                        Within[row * CellCount + column] -= drawCount * product;
                    }
                }
                Span<double> sum = WithScores.AsSpan(row * freeCount, freeCount);
                TensorPrimitives.MultiplyAdd(score, mean[row], sum, sum);
            }
        }
        foreach (int range in touched)
            mean.AsSpan(range * categoryCount, categoryCount).Clear();
        touched.Clear();
    }
}
