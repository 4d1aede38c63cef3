using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation.Stochastic.Persons;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Vectors;

namespace IrtGpu.Estimation.Stochastic.Complete;

/// <summary>The complete data as the chains have them, in the place of their expectation: what an M-step asks is answered by sums over draws.</summary>
/// <remarks>Changes as the chains go on; the log-likelihood is not known.</remarks>
internal sealed class DrawnExpectation : Expectation
{
    private const int Size = PersonTile.Size;

    private static readonly RowLoops Loops = RowLoops.Chosen;

    private readonly CalibrationPlan plan;
    private readonly PersonSampler sampler;
    private readonly ItemEvaluation[] partial; // [shard]

    /// <summary>Prepares the sums.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="sampler">Whose draws.</param>
    public DrawnExpectation(CalibrationPlan plan, PersonSampler sampler)
    {
        this.plan = plan;
        this.sampler = sampler;
        partial = [.. Enumerable.Range(0, sampler.ShardCount).Select(_ => new ItemEvaluation(plan))];
        LogLikelihood = double.NaN;
    }

    /// <inheritdoc/>
    public override PopulationMoments Population(int block)
    {
        int attributeCount = plan.AttributeCount;
        double[] powers = new double[1 + attributeCount + PackedTriangle.Length(attributeCount)];
        double[] weighted = new double[attributeCount * Size];
        foreach (PersonTile tile in sampler.Tiles)
        {
            if (tile.Block != block)
                continue;
            powers[0] += Loops.Sum(tile.Weight);
            int index = 1 + attributeCount;
            for (int j = 0; j < attributeCount; j++)
            {
                Span<double> row = PersonModel.Row(weighted.AsSpan(), j);
                Loops.Multiply(tile.Weight, PersonModel.Row(tile.Theta.AsSpan(), j), row);
                powers[1 + j] += Loops.Sum(row);
                for (int k = 0; k <= j; k++)
                    powers[index++] += Loops.Dot(row, PersonModel.Row(tile.Theta.AsSpan(), k));
            }
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
                if (evaluation.WithDerivatives)
                    AddDerivatives(tile, item, set, partial[shard], scratch);
                else
                    partial[shard].Value[set] += Value(tile, item, set, evaluation.Slots, scratch);
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

    private double Value(PersonTile tile, int item, int setIndex, double[] slots, TileScratch scratch)
    {
        PlannedItem planned = plan.Items[item];
        ItemParameterSet set = plan.ParameterSets[setIndex];
        Loops.Predict(slots.AsSpan(set.FirstSlot, set.SlopeCount), planned.Attributes, tile.Theta, scratch.Predictor);
        planned.Family.Operations.FillTable(
            scratch.Predictor, planned.CategoryCount, slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount), planned.Scores, scratch.LogProbability, Size);
        scratch.LogProbability.AsSpan(planned.CategoryCount * Size, Size).Clear();
        scratch.LogDensity.AsSpan().Clear();
        PersonModel.AddChosen(tile.CodesOf(item), scratch.LogProbability, scratch.LogDensity);
        scratch.LogDensity.AsSpan(tile.Count).Clear();
        return Loops.Dot(tile.Weight, scratch.LogDensity);
    }

    private void AddDerivatives(PersonTile tile, int item, int setIndex, ItemEvaluation part, TileScratch scratch)
    {
        PlannedItem planned = plan.Items[item];
        ItemParameterSet set = plan.ParameterSets[setIndex];
        PersonModel.FillCounts(tile, item, planned.CategoryCount, tile.Weight, scratch.Counts);
        part.Value[setIndex] += PersonModel.FillDerivatives(planned, set, part.Slots, tile.Theta, scratch);
        double[] gradient = part.Gradient[setIndex];
        double[] hessian = part.Hessian[setIndex];
        int width = set.SlotCount;
        ReadOnlySpan<double> first = scratch.Gradient.AsSpan(0, Size);
        ReadOnlySpan<double> second = scratch.Hessian.AsSpan(0, Size);
        for (int j = 0; j < set.SlopeCount; j++)
        {
            ReadOnlySpan<double> theta = PersonModel.Row(tile.Theta.AsSpan(), planned.Attributes[j]);
            gradient[j] += Loops.Dot(first, theta);
            Loops.Multiply(second, theta, scratch.Row);
            for (int k = 0; k <= j; k++)
                hessian[j * width + k] += Loops.Dot(scratch.Row, PersonModel.Row(tile.Theta.AsSpan(), planned.Attributes[k]));
        }
        for (int r = 1; r <= set.ShapeCount; r++)
        {
            int row = set.SlopeCount + r - 1;
            gradient[row] += Loops.Sum(PersonModel.Row(scratch.Gradient.AsSpan(), r));
            ReadOnlySpan<double> cross = PersonModel.Row(scratch.Hessian.AsSpan(), PackedTriangle.Index(r, 0));
            for (int j = 0; j < set.SlopeCount; j++)
                hessian[row * width + j] += Loops.Dot(cross, PersonModel.Row(tile.Theta.AsSpan(), planned.Attributes[j]));
            for (int c = 1; c <= r; c++)
                hessian[row * width + set.SlopeCount + c - 1] += Loops.Sum(PersonModel.Row(scratch.Hessian.AsSpan(), PackedTriangle.Index(r, c)));
        }
    }
}
