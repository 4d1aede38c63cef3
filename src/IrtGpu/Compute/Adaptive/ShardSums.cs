using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Loops;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Adaptive;

/// <summary>What item parameter sets are asked for, summed by lane in each shard of patterns and then over shards in their order.</summary>
/// <param name="plan">The plan.</param>
/// <param name="layout">Shards, and where the sums of a set lie.</param>
internal sealed class ShardSums(CalibrationPlan plan, AdaptiveLayout layout) : IDisposable
{
    private readonly AlignedBuffer?[] buffers = new AlignedBuffer?[layout.Shards.Count]; // [shard]

    /// <summary>Begins a shard's sums.</summary>
    /// <param name="shard">Shard.</param>
    /// <param name="sets">Sets that are asked for.</param>
    public void Begin(int shard, ReadOnlySpan<int> sets)
    {
        AlignedBuffer buffer = buffers[shard] ??= new AlignedBuffer(layout.SumsLength);
        foreach (int index in sets)
        {
            (ItemParameterSet set, PlannedItem item) = Find(index);
            item.Family.Operations.ClearSums(set.SlopeCount, item.CategoryCount, set.ShapeCount, Of(buffer, index));
        }
    }

    /// <summary>The sums of a set in a shard that has begun.</summary>
    /// <param name="shard">Shard.</param>
    /// <param name="set">Set.</param>
    public Span<double> Of(int shard, int set) => Of(buffers[shard]!, set);

    /// <summary>Adds up all shards.</summary>
    /// <param name="evaluation">The question; receives the answer.</param>
    public void Take(ItemEvaluation evaluation)
    {
        evaluation.ClearAnswer();
        foreach (int index in evaluation.Sets)
        {
            (ItemParameterSet set, PlannedItem item) = Find(index);
            foreach (AlignedBuffer? buffer in buffers)
            {
                evaluation.Value[index] += item.Family.Operations.TakeSums(
                    set.SlopeCount, item.CategoryCount, set.ShapeCount, Of(buffer!, index),
                    evaluation.WithDerivatives ? evaluation.Gradient[index] : [], evaluation.WithDerivatives ? evaluation.Hessian[index] : []);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AlignedBuffer? buffer in buffers)
            buffer?.Dispose();
    }

    private (ItemParameterSet Set, PlannedItem Item) Find(int index) => (plan.ParameterSets[index], plan.Items[plan.ParameterSets[index].Item]);

    private unsafe Span<double> Of(AlignedBuffer buffer, int set) => new(buffer.Pointer + layout.Offset(set), layout.Length(set));
}
