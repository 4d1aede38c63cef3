using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Regression.Mixtures.Levels.Density;

namespace IrtGpu.Regression.Mixtures.Levels.Quadrature;

/// <summary>Classes of units within levels, such as rows: the effects of a level are integrated by adaptive Gauss–Hermite quadrature.</summary>
/// <remarks>
/// Nodes are put about the mode of each level's effects, as wide as the curvature there says (Liu and Pierce 1994, Biometrika 81, 624–629), and
/// from there about their mean, as wide as their covariance (Rabe-Hesketh, Skrondal and Pickles 2005, J. Econometrics 128, 301–323), which
/// also suits levels whose effects have several modes. They stay where <see cref="Place"/> put them, so that EM climbs and the gradient is
/// that of the sum over nodes; without a placement each E-step puts them anew. Shards of levels have sums of their own, added in order.
/// </remarks>
internal sealed class QuadratureLevels : ILevelModel
{
    private const int LevelsPerShard = 8;
    private const int MostShards = 256;

    private readonly LevelCells cells;
    private readonly CellProducts products;
    private readonly NodeGrid grid;
    private readonly NodePlacement? placement;
    private readonly int threads;
    private readonly Shards shards;
    private readonly int mostUnits;

    /// <param name="cells">Levels as parents, their units as children.</param>
    /// <param name="fixedColumns">X, rows multiplied by the root of their weight. [p][row]</param>
    /// <param name="effectColumns">Z, likewise. [q][row]</param>
    /// <param name="response">y, likewise. [row]</param>
    /// <param name="nodes">Nodes a dimension.</param>
    /// <param name="threads">Threads that work; results do not depend on it.</param>
    public QuadratureLevels(LevelCells cells, double[][] fixedColumns, double[][] effectColumns, double[] response, int nodes, int threads)
        : this(cells, CellProducts.Build(cells, fixedColumns, effectColumns, response, 1, cells.Count, cell => cell), new NodeGrid(nodes, effectColumns.Length), null, threads)
    {
    }

    private QuadratureLevels(LevelCells cells, CellProducts products, NodeGrid grid, NodePlacement? placement, int threads)
    {
        (this.cells, this.products, this.grid, this.placement, this.threads) = (cells, products, grid, placement, threads);
        Layout = new SumLayout(products.Layout.FixedCount, products.Layout.EffectCount);
        UnitCount = cells.Child.Max() + 1;
        shards = Shards.Cut(cells.ParentCount, LevelsPerShard, MostShards);
        mostUnits = Enumerable.Range(0, cells.ParentCount).Max(level => cells.ParentStart[level + 1] - cells.ParentStart[level]);
    }

    public int UnitCount { get; }

    public SumLayout Layout { get; }

    public LevelStep PlainStep => LevelStep.Standardized;

    /// <summary>Nodes a dimension.</summary>
    public int Nodes => grid.Nodes;

    /// <summary>Number of levels.</summary>
    public int LevelCount => cells.ParentCount;

    public ILevelModel ForChain() => new QuadratureLevels(cells, products, grid, null, 1);

    /// <summary>The same rows with another number of nodes, not placed.</summary>
    public QuadratureLevels WithNodes(int nodes) => new(cells, products, new NodeGrid(nodes, Layout.EffectCount), null, threads);

    /// <summary>The same with nodes that stay where they are best at a point; the search for the modes begins at the means of the last placement.</summary>
    public QuadratureLevels Place(LevelParameters parameters, double[][] logPrior)
    {
        int q = Layout.EffectCount;
        int width = parameters.SetCount * q;
        NodePlacement modes = new(placement?.Centres.Length == LevelCount * width ? (double[])placement.Centres.Clone() : new double[LevelCount * width], new double[LevelCount * width * q]);
        Parallel.For(0, shards.Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, shard =>
        {
            ModeSearch search = new(cells, Density(shard, parameters), parameters, logPrior, q);
            for (int level = shards.Begin(shard); level < shards.End(shard); level++)
                search.Run(level, modes.Centres.AsSpan(level * width, width), modes.Scales.AsSpan(level * width * q, width * q));
        });
        return new QuadratureLevels(cells, products, grid, new QuadratureLevels(cells, products, grid, modes, threads).AtMoments(modes, parameters, logPrior), threads);
    }

    /// <summary>About the means of the effects, as wide as their covariances, both over the nodes of another placement, which stays where they are no numbers.</summary>
    private NodePlacement AtMoments(NodePlacement modes, LevelParameters parameters, double[][] logPrior)
    {
        const double narrowest = 0.1; // of the deviations by the curvature
        int q = Layout.EffectCount;
        int sets = parameters.SetCount;
        double[][] moments = EffectMoments(parameters, logPrior);
        int width = q + PackedTriangle.Length(q);
        NodePlacement next = new((double[])modes.Centres.Clone(), (double[])modes.Scales.Clone());
        double[] covariance = new double[q * q];
        for (int level = 0; level < LevelCount; level++)
        {
            for (int set = 0; set < sets; set++)
            {
                ReadOnlySpan<double> own = moments[set].AsSpan(level * width, width);
                for (int c = 0; c < q; c++)
                {
                    for (int d = 0; d < q; d++)
                        covariance[c * q + d] = own[q + PackedTriangle.SymmetricIndex(c, d)];
                }
                int first = (level * sets + set) * q;
                double[] scale = SemidefiniteCholesky.Factor(covariance, q);
                bool isSound = Enumerable.Range(0, q).All(c => double.IsFinite(scale[c * q + c]) && scale[c * q + c] > narrowest * modes.Scales[first * q + c * q + c]);
                if (!isSound)
                    continue;
                own[..q].CopyTo(next.Centres.AsSpan(first));
                scale.CopyTo(next.Scales, first * q);
            }
        }
        return next;
    }

    public LevelExpectation? TryExpect(LevelParameters parameters, double[][] logPrior)
    {
        if (placement is null)
            return Place(parameters, logPrior).TryExpect(parameters, logPrior);
        int classes = parameters.ClassCount;
        double[][] posterior = [.. Enumerable.Range(0, classes).Select(_ => new double[UnitCount])];
        double[] pieces = new double[LevelCount];
        LevelSums[] sums = new LevelSums[shards.Count];
        Run(parameters, logPrior, (shard, level, integral, logLikelihood) =>
        {
            pieces[level] = logLikelihood;
            LevelSums own = sums[shard] ??= LevelSums.Empty(Layout, classes, parameters.SetCount);
            integral.ForEachUnit(level, (cell, k, moments) =>
            {
                posterior[k][cells.Child[cell]] = moments[0];
                Add(cell, moments, own.Classes[k]);
            });
            integral.ForEachSet((set, moments) =>
            {
                System.Numerics.Tensors.TensorPrimitives.Add(own.Sets[set].AsSpan(..^1), moments.AsSpan(1 + Layout.EffectCount), own.Sets[set].AsSpan(..^1));
                own.Sets[set][^1]++;
            });
        });
        double total = pieces.Sum();
        if (!double.IsFinite(total))
            return null;
        for (int shard = 1; shard < sums.Length; shard++)
            sums[0].Add(sums[shard]);
        return new LevelExpectation(total, pieces, posterior, sums[0]);
    }

    /// <summary>Moments of the standardized effects of every level.</summary>
    /// <returns>E[v], then the covariance matrix of v packed. [set][level, q + q(q + 1)/2]</returns>
    public double[][] EffectMoments(LevelParameters parameters, double[][] logPrior)
    {
        if (placement is null)
            return Place(parameters, logPrior).EffectMoments(parameters, logPrior);
        int q = Layout.EffectCount;
        int width = q + PackedTriangle.Length(q);
        double[][] result = [.. Enumerable.Range(0, parameters.SetCount).Select(_ => new double[LevelCount * width])];
        Run(parameters, logPrior, (_, level, integral, _) => integral.ForEachSet((set, moments) =>
        {
            Span<double> own = result[set].AsSpan(level * width, width);
            moments.AsSpan(1).CopyTo(own);
            for (int c = 0; c < q; c++)
            {
                for (int d = 0; d <= c; d++)
                    own[q + PackedTriangle.Index(c, d)] -= own[c] * own[d];
            }
        }));
        return result;
    }

    /// <summary>Integrates every level over nodes that are placed and hands it on, one shard in order on one thread.</summary>
    private void Run(LevelParameters parameters, double[][] logPrior, Action<int, int, LevelIntegral, double> use)
    {
        int q = Layout.EffectCount;
        int width = parameters.SetCount * q;
        Parallel.For(0, shards.Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => new LevelIntegral(cells, grid, parameters, logPrior, q, mostUnits), (shard, _, integral) =>
        {
            CellDensity density = Density(shard, parameters);
            for (int level = shards.Begin(shard); level < shards.End(shard); level++)
                use(shard, level, integral, integral.Run(level, density, placement!.Centres.AsSpan(level * width, width), placement.Scales.AsSpan(level * width * q, width * q)));
            return integral;
        }, _ => { });
    }

    private CellDensity Density(int shard, LevelParameters parameters) =>
        new(products, parameters, cells.ParentStart[shards.Begin(shard)], cells.ParentStart[shards.End(shard)]);

    /// <summary>Adds a unit to the sums of a class.</summary>
    private void Add(int cell, double[] moments, double[] sums)
    {
        ProductLayout layout = products.Layout;
        (int p, int q) = (layout.FixedCount, layout.EffectCount);
        int packed = PackedTriangle.Length(q);
        ReadOnlySpan<double> own = products.Values.AsSpan(cell * layout.Length, layout.Length);
        for (int index = 0; index < layout.Length - layout.Fixed; index++)
            sums[Layout.Fixed + index] += moments[0] * own[layout.Fixed + index];
        for (int a = 0; a < q; a++)
        {
            for (int c = 0; c < q; c++)
            {
                for (int x = 0; x < p; x++)
                    sums[Layout.Mixed + (a * p + x) * q + c] += own[layout.EffectsFixed + a * p + x] * moments[1 + c];
                sums[Layout.EffectsResponse + a * q + c] += own[layout.EffectsResponse + a] * moments[1 + c];
            }
        }
        for (int ab = 0; ab < packed; ab++)
        {
            for (int cd = 0; cd < packed; cd++)
                sums[SumLayout.Quadratic + ab * packed + cd] += own[ab] * moments[1 + q + cd];
        }
    }
}
