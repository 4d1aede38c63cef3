using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Tables;
using IrtGpu.Compute.WeightedScore.Interpolation;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.WeightedScore;

/// <summary>What the weighted-score form needs of one model point: scores of joint rows, priors, and grids of every block and answered set.</summary>
internal sealed unsafe class WeightedScoreTables : IDisposable
{
    private const long KeptLikelihoods = 1L << 22; // of all grids by point and node; beyond, node totals take them anew

    private readonly CalibrationPlan plan;
    private readonly AnsweredSets sets;
    private readonly WeightedScoreLayout layout;
    private readonly ParallelOptions parallel;
    private readonly AlignedBuffer scores; // [table, joint row, width]: t, and Σ d with classes
    private readonly AlignedBuffer theta; // [node set, padded node]
    private readonly AlignedBuffer logPrior; // [block, set, padded node]: log π − A
    private readonly double[][][] logPartition; // A_i(θ) [table][item][node]

    /// <summary>Makes room.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="sets">Distinct sets of answered items.</param>
    /// <param name="layout">Codes and order of the patterns.</param>
    /// <param name="parallel">Threads.</param>
    public WeightedScoreTables(CalibrationPlan plan, AnsweredSets sets, WeightedScoreLayout layout, ParallelOptions parallel)
    {
        this.plan = plan;
        this.sets = sets;
        this.layout = layout;
        this.parallel = parallel;
        PaddedNodeCount = NodeTiling.Of(plan.NodeCount).PaddedCount;
        Grids = new WeightedScoreGrid?[plan.Blocks.Count * sets.IsAnswered.Count];
        foreach (WeightedScoreRun run in layout.Strata.Shards.SelectMany(runs => runs))
        {
            for (int k = 0; k < plan.ClassCount; k++)
                Grids[(run.Group * plan.ClassCount + k) * sets.IsAnswered.Count + run.Set] ??= new WeightedScoreGrid(PaddedNodeCount, needsLogZ: plan.ClassCount > 1);
        }
        logPartition = new double[plan.Tables.Count][][];
        for (int table = 0; table < logPartition.Length; table++)
        {
            logPartition[table] = new double[plan.ItemCount][];
            for (int item = 0; item < plan.ItemCount; item++)
                logPartition[table][item] = plan.Tables[table].SetOfItem[item] >= 0 ? new double[plan.NodeCount] : [];
        }
        scores = new AlignedBuffer((long)layout.Width * plan.Tables.Count * layout.Joint.TotalRows);
        theta = new AlignedBuffer((long)plan.NodeSetCount * PaddedNodeCount);
        logPrior = new AlignedBuffer((long)Grids.Length * PaddedNodeCount);
    }

    /// <summary>Nodes with padding.</summary>
    public int PaddedNodeCount { get; }

    /// <summary>Null where no pattern needs it. [block, set]</summary>
    public WeightedScoreGrid?[] Grids { get; }

    /// <summary>t of joint rows, and Σ d with classes. [table, joint row, width]</summary>
    public double* Scores => scores.Pointer;

    /// <summary>Nodes of a block. [padded node]</summary>
    public double* ThetaOf(int block) => theta.Pointer + (long)plan.Tables[layout.TableOfBlock[block]].NodeSet * PaddedNodeCount;

    /// <summary>log π − A of a block and set; padding −∞. [padded node]</summary>
    public double* PriorOf(int index) => logPrior.Pointer + (long)index * PaddedNodeCount;

    public void Dispose()
    {
        foreach (WeightedScoreGrid? grid in Grids)
            grid?.Dispose();
        scores.Dispose();
        theta.Dispose();
        logPrior.Dispose();
    }

    /// <summary>Fills scores and grids; false where the grids would not be small.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    public bool TryFill(ModelPoint point)
    {
        (double Low, double High)[] ranges = new (double, double)[Grids.Length];
        long likelihoods = 0;
        for (int index = 0; index < Grids.Length; index++)
        {
            if (Grids[index] is null)
                continue;
            (double low, double high) = ranges[index] = ScoreRange(point, index);
            if (!(high - low <= WeightedScoreGrid.LargestRange))
                return false;
            likelihoods += (long)PaddedNodeCount * WeightedScoreGrid.PointsFor(low, high);
        }
        for (int set = 0; set < plan.NodeSetCount; set++)
            point.Theta[set].CopyTo(new Span<double>(theta.Pointer + (long)set * PaddedNodeCount, plan.NodeCount));
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            WeightedScoreRows.Fill(point, layout.Joint, table, Scores + (long)layout.Width * table * layout.Joint.TotalRows, layout.Width);
            FillLogPartitions(point, table);
        }
        Parallel.For(0, Grids.Length, parallel, index =>
        {
            if (Grids[index] is not { } grid)
                return;
            FillPrior(point, index / sets.IsAnswered.Count, index % sets.IsAnswered.Count);
            grid.Fill(
                ranges[index].Low, ranges[index].High, ThetaOf(index / sets.IsAnswered.Count), PriorOf(index), likelihoods <= KeptLikelihoods);
        });
        return true;
    }

    /// <summary>Largest error of a log-likelihood that interpolation makes, at sampled scores.</summary>
    public double LargestError()
    {
        double largest = 0;
        for (int index = 0; index < Grids.Length; index++)
        {
            if (Grids[index] is { } grid)
                largest = Math.Max(largest, grid.LargestError(16, ThetaOf(index / sets.IsAnswered.Count), PriorOf(index)));
        }
        return largest;
    }

    /// <summary>Lowest and highest weighted score of an answered set, tilts among them.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="index">Block and set.</param>
    public (double Low, double High) ScoreRange(ModelPoint point, int index)
    {
        int block = index / sets.IsAnswered.Count;
        bool[] isAnswered = sets.IsAnswered[index % sets.IsAnswered.Count];
        (double low, double high) = point.Tilts?.Range(block) ?? (0, 0);
        for (int item = 0; item < isAnswered.Length; item++)
        {
            if (!isAnswered[item])
                continue;
            ItemParameterSet parameters = plan.ParameterSets[plan.Tables[layout.TableOfBlock[block]].SetOfItem[item]];
            double slope = point.Parameters.Slots[parameters.FirstSlot];
            (double smallest, double largest) = WeightedScoreRows.Range(point, parameters);
            low += Math.Min(slope * smallest, slope * largest);
            high += Math.Max(slope * smallest, slope * largest);
        }
        return (low, high);
    }

    /// <summary>Fills A_i(θ) of the items that the table administers.</summary>
    private void FillLogPartitions(ModelPoint point, int table)
    {
        int mostCategories = 0;
        foreach (PlannedItem item in plan.Items)
            mostCategories = Math.Max(mostCategories, item.CategoryCount);
        Parallel.For(0, plan.ItemCount, parallel, () => new double[(1 + mostCategories) * plan.NodeCount], (item, _, scratch) =>
        {
            int setIndex = plan.Tables[table].SetOfItem[item];
            if (setIndex >= 0)
            {
                ItemTables.LogPartition(
                    point, plan.ParameterSets[setIndex], point.ThetaOfTable(table), plan.Items[item].Attributes, 1, scratch, logPartition[table][item]);
            }
            return scratch;
        }, _ => { });
    }

    private void FillPrior(ModelPoint point, int block, int set)
    {
        int index = block * sets.IsAnswered.Count + set;
        double* prior = PriorOf(index);
        new Span<double>(prior, PaddedNodeCount).Fill(double.NegativeInfinity);
        point.LogWeight[block].CopyTo(new Span<double>(prior, plan.NodeCount));
        bool[] isAnswered = sets.IsAnswered[set];
        for (int item = 0; item < isAnswered.Length; item++)
        {
            if (!isAnswered[item])
                continue;
            ReadOnlySpan<double> partition = logPartition[layout.TableOfBlock[block]][item];
            for (int node = 0; node < partition.Length; node++)
                prior[node] -= partition[node];
        }
    }
}
