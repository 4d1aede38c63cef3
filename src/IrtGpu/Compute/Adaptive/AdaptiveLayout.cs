using IrtGpu.Data;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Sharding;
using IrtGpu.Items.Evaluation;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Adaptive;

/// <summary>How patterns are cut into shards, and how each shard's sums lie in memory: by numbers of the problem alone.</summary>
internal sealed class AdaptiveLayout
{
    private const int PatternsPerShard = 32;
    private const int MostShards = 64;
    private const long SumsBytes = 256L << 20;
    private const long WeightsBytes = 1L << 30;
    private const long MatrixBytes = 512L << 20;

    private readonly long[] offsets; // [parameter set]

    /// <summary>Lays out.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="stride">Nodes of a person, padded.</param>
    public AdaptiveLayout(CalibrationPlan plan, PatternTable patterns, int stride)
    {
        offsets = new long[plan.ParameterSets.Count + 1];
        for (int index = 0; index < plan.ParameterSets.Count; index++)
        {
            ItemParameterSet set = plan.ParameterSets[index];
            offsets[index + 1] = offsets[index] + ItemSums.ScratchLength(set.SlopeCount, plan.Items[set.Item].CategoryCount, set.ShapeCount);
        }
        Shards = Shards.Cut(patterns.PatternCount, PatternsPerShard, Math.Min(MostShards, SumsBytes / (sizeof(double) * Math.Max(1, SumsLength))));
        WeightsLength = plan.ClassCount * stride;
        KeepsWeights = sizeof(double) * (long)patterns.PatternCount * WeightsLength <= WeightsBytes;
        MatrixOrder = (plan.Layout.FreeCount + RowProducts.Lane - 1) / RowProducts.Lane * RowProducts.Lane;
        MatrixShards = Shards.Cut(patterns.PatternCount, PatternsPerShard, Math.Min(MostShards, MatrixBytes / (sizeof(double) * Math.Max(1, (long)MatrixOrder * MatrixOrder))));
    }

    /// <summary>Runs of patterns.</summary>
    public Shards Shards { get; }

    /// <summary>Runs of patterns where a shard's sums are a matrix by free parameters.</summary>
    public Shards MatrixShards { get; }

    /// <summary>Number of free parameters, padded.</summary>
    public int MatrixOrder { get; }

    /// <summary>Doubles of the sums of all items by lane.</summary>
    public long SumsLength => offsets[^1];

    /// <summary>Posterior weights of a pattern.</summary>
    public int WeightsLength { get; }

    /// <summary>Whether an expectation keeps the weights of all patterns; else they are computed again for every question.</summary>
    public bool KeepsWeights { get; }

    /// <summary>Where the sums of a set begin, from a cache line on.</summary>
    public long Offset(int set) => offsets[set];

    /// <summary>Doubles of the sums of a set.</summary>
    public int Length(int set) => (int)(offsets[set + 1] - offsets[set]);
}
