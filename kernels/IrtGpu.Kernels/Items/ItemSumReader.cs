using IrtGpu.Compute.Expectations;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Items;

/// <summary>Reads what kernels sum for an item: value, gradient by slope and shape, Hessian of the same, packed.</summary>
internal static class ItemSumReader
{
    /// <summary>Adds the sums of one item of one table to its parameter set.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="index">Parameter set.</param>
    /// <param name="columns">Place of each loading among the slopes on the device. [loading]</param>
    /// <param name="slopeCount">Slopes on the device.</param>
    /// <param name="sums">The sums, from the item's first on.</param>
    /// <param name="stride">Distance of an item's sums.</param>
    /// <param name="withDerivatives">Whether there are more than the value.</param>
    /// <param name="result">Added to.</param>
    public static void Add(CalibrationPlan plan, int index, int[] columns, int slopeCount, ReadOnlySpan<double> sums, int stride, bool withDerivatives, ItemEvaluation result)
    {
        ItemParameterSet set = plan.ParameterSets[index];
        result.Value[index] += sums[0];
        if (!withDerivatives)
            return;
        int firstHessian = 1 + slopeCount + set.ShapeCount;
        int Position(int slot) => slot < set.SlopeCount ? columns[slot] : slopeCount + slot - set.SlopeCount;
        for (int r = 0; r < set.SlotCount; r++)
        {
            result.Gradient[index][r] += sums[(1 + Position(r)) * stride];
            for (int c = 0; c <= r; c++)
                result.Hessian[index][r * set.SlotCount + c] += sums[(firstHessian + PackedTriangle.SymmetricIndex(Position(r), Position(c))) * stride];
        }
    }
}
