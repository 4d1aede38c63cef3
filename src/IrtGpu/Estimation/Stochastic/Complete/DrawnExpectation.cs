using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation.Stochastic.Persons;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Estimation.Stochastic.Complete;

/// <summary>The complete data as the chains have them, in the place of their expectation: what an M-step asks is answered by sums over draws.</summary>
/// <remarks>Changes as the chains go on; the log-likelihood is not known.</remarks>
internal sealed class DrawnExpectation : Expectation
{
    private readonly CalibrationPlan plan;
    private readonly PersonSampler sampler;
    private readonly ItemEvaluation[] partial; // [shard]
    private readonly TileScratch scratch; // of moments

    /// <summary>Prepares the sums.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="sampler">Whose draws.</param>
    public DrawnExpectation(CalibrationPlan plan, PersonSampler sampler)
    {
        this.plan = plan;
        this.sampler = sampler;
        partial = [.. Enumerable.Range(0, sampler.ShardCount).Select(_ => new ItemEvaluation(plan))];
        scratch = new TileScratch(plan);
        LogLikelihood = double.NaN;
    }

    /// <inheritdoc/>
    public override PopulationMoments Population(int block)
    {
        double[] powers = new double[1 + plan.AttributeCount + PackedTriangle.Length(plan.AttributeCount)];
        foreach (PersonTile tile in sampler.Tiles)
        {
            if (tile.Block != block)
                continue;
            PointSums.AddPowers(tile.Point, scratch, powers);
            PointSums.AddPowers(tile.Mirror, scratch, powers);
        }
        return new PopulationMoments(powers[0], powers);
    }

    /// <inheritdoc/>
    public override double[]? TryNodeTotals(int block) => null;

    /// <inheritdoc/>
    public override void Evaluate(ItemEvaluation evaluation)
    {
        foreach (ItemEvaluation part in partial)
        {
            part.CopyQuestion(evaluation);
            part.ClearAnswer();
        }
        bool[] isAsked = new bool[plan.ParameterSets.Count];
        foreach (int set in evaluation.Sets)
            isAsked[set] = true;
        sampler.ForTiles((tile, scratch, shard) =>
        {
            foreach (int item in tile.Items)
            {
                int set = plan.Tables[tile.Table].SetOfItem[item];
                if (!isAsked[set])
                    continue;
                Add(tile, item, set, tile.Point, partial[shard], scratch);
                Add(tile, item, set, tile.Mirror, partial[shard], scratch);
            }
        });
        evaluation.ClearAnswer();
        foreach (ItemEvaluation part in partial)
            evaluation.AddAnswer(part);
    }

    /// <inheritdoc/>
    public override ItemCounts? TryItemCounts(int table, int item, out string? reason)
    {
        reason = "Draws of persons have no nodes in common.";
        return null;
    }

    private void Add(PersonTile tile, int item, int setIndex, WeightedPoint point, ItemEvaluation part, TileScratch scratch)
    {
        PlannedItem planned = plan.Items[item];
        ItemParameterSet set = plan.ParameterSets[setIndex];
        if (part.WithDerivatives)
            PointSums.AddDerivatives(tile, item, planned, set, setIndex, point, part, scratch);
        else
            part.Value[setIndex] += PointSums.Value(tile, item, planned, set, part.Slots, point, scratch);
    }
}
