using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation.Stochastic.Persons;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Vectors;

namespace IrtGpu.Estimation.Stochastic.Complete;

/// <summary>What a tile's persons add to the sums that an M-step asks for, where each has one value of the attributes.</summary>
internal static class PointSums
{
    private const int Size = PersonTile.Size;

    private static readonly RowLoops Loops = RowLoops.Chosen;

    /// <summary>Adds Σ w, Σ w θ_j and Σ w θ_j θ_k.</summary>
    /// <param name="point">θ and w.</param>
    /// <param name="scratch">A row to work with.</param>
    /// <param name="powers">Added to, as <see cref="PopulationMoments.Powers"/> has them.</param>
    public static void AddPowers(WeightedPoint point, TileScratch scratch, Span<double> powers)
    {
        int attributeCount = point.Theta.Length / Size;
        powers[0] += Loops.Sum(point.Weight);
        int index = 1 + attributeCount;
        for (int j = 0; j < attributeCount; j++)
        {
            Loops.Multiply(point.Weight, PersonModel.Row(point.Theta.AsSpan(), j), scratch.Row);
            powers[1 + j] += Loops.Sum(scratch.Row);
            for (int k = 0; k <= j; k++)
                powers[index++] += Loops.Dot(scratch.Row, PersonModel.Row(point.Theta.AsSpan(), k));
        }
    }

    /// <summary>Σ w log P of the answers to an item.</summary>
    /// <param name="tile">Whose answers.</param>
    /// <param name="item">Item.</param>
    /// <param name="planned">The same.</param>
    /// <param name="set">Its parameters.</param>
    /// <param name="slots">All parameters. [slot]</param>
    /// <param name="point">θ and w.</param>
    /// <param name="scratch">Rows to work with.</param>
    public static double Value(PersonTile tile, int item, PlannedItem planned, ItemParameterSet set, double[] slots, WeightedPoint point, TileScratch scratch)
    {
        Loops.Predict(slots.AsSpan(set.FirstSlot, set.SlopeCount), planned.Attributes, point.Theta, scratch.Predictor);
        LaneMemory.Widen(tile.CodesOf(item), scratch.Codes);
        scratch.LogDensity.AsSpan().Clear();
        planned.Family.Operations.AddLogProbabilities(
            scratch.Predictor, planned.CategoryCount, slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount), planned.Scores, scratch.Codes, scratch.LogDensity);
        scratch.LogDensity.AsSpan(tile.Count).Clear();
        return Loops.Dot(point.Weight, scratch.LogDensity);
    }

    /// <summary>Adds Σ w log P of the answers to an item and its derivatives.</summary>
    /// <param name="tile">Whose answers.</param>
    /// <param name="item">Item.</param>
    /// <param name="planned">The same.</param>
    /// <param name="set">Its parameters.</param>
    /// <param name="setIndex">Number of these.</param>
    /// <param name="point">θ and w.</param>
    /// <param name="sums">Has the parameters; added to.</param>
    /// <param name="scratch">Rows to work with.</param>
    public static void AddDerivatives(
        PersonTile tile, int item, PlannedItem planned, ItemParameterSet set, int setIndex, WeightedPoint point, ItemEvaluation sums, TileScratch scratch)
    {
        sums.Value[setIndex] += PersonModel.FillDerivatives(tile, item, planned, set, sums.Slots, point.Theta, point.Weight, scratch, sums.WithHessians);
        double[] gradient = sums.Gradient[setIndex];
        ReadOnlySpan<double> theta = point.Theta;
        for (int j = 0; j < set.SlopeCount; j++)
            gradient[j] += Loops.Dot(scratch.Gradient.AsSpan(0, Size), PersonModel.Row(theta, planned.Attributes[j]));
        for (int r = 1; r <= set.ShapeCount; r++)
            gradient[set.SlopeCount + r - 1] += Loops.Sum(PersonModel.Row(scratch.Gradient.AsSpan(), r));
        if (sums.WithHessians)
            AddHessian(planned, set, theta, sums.Hessian[setIndex], scratch);
    }

    private static void AddHessian(PlannedItem planned, ItemParameterSet set, ReadOnlySpan<double> theta, double[] hessian, TileScratch scratch)
    {
        int width = set.SlotCount;
        for (int j = 0; j < set.SlopeCount; j++)
        {
            Loops.Multiply(scratch.Hessian.AsSpan(0, Size), PersonModel.Row(theta, planned.Attributes[j]), scratch.Row);
            for (int k = 0; k <= j; k++)
                hessian[j * width + k] += Loops.Dot(scratch.Row, PersonModel.Row(theta, planned.Attributes[k]));
        }
        for (int r = 1; r <= set.ShapeCount; r++)
        {
            int row = set.SlopeCount + r - 1;
            ReadOnlySpan<double> cross = PersonModel.Row(scratch.Hessian.AsSpan(), PackedTriangle.Index(r, 0));
            for (int j = 0; j < set.SlopeCount; j++)
                hessian[row * width + j] += Loops.Dot(cross, PersonModel.Row(theta, planned.Attributes[j]));
            for (int c = 1; c <= r; c++)
                hessian[row * width + set.SlopeCount + c - 1] += Loops.Sum(PersonModel.Row(scratch.Hessian.AsSpan(), PackedTriangle.Index(r, c)));
        }
    }
}
