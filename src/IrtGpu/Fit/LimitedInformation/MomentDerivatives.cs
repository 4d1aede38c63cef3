using System.Numerics.Tensors;
using IrtGpu.Compute;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Planning;

namespace IrtGpu.Fit.LimitedInformation;

/// <summary>Δ of a group: derivatives of its moments by the free parameters, which by the affine map of the plan include every constraint.</summary>
/// <remarks>
/// ∂E(z_i z_j) = Σ_l w_l (∂c_i c_j + c_i ∂c_j) + Σ_l ∂w_l c_i c_j, c = E(z | node). Rows are sparse: a moment depends on the items in it and
/// on the population.
/// </remarks>
internal sealed class MomentDerivatives
{
    private readonly CalibrationPlan plan;
    private readonly MomentBasis basis;
    private readonly int nodeCount;
    private readonly PopulationDerivatives derivatives;
    private readonly (int Slot, double[] Derivative)[][] ofItem; // [item here]: weighted ∂c. [node]
    private readonly (int Slot, double[] Derivative)[] ofWeights; // ∂w. [node]

    private MomentDerivatives(ModelPoint point, MomentBasis basis, Func<int, double[][]> gradients)
    {
        plan = point.Plan;
        this.basis = basis;
        derivatives = new PopulationDerivatives(point, basis.Population, gradients);
        nodeCount = basis.Population.NodeCount;
        ofItem = [.. basis.Items.Select((item, i) => derivatives.OfFunction(item, basis.Score(i)))];
        ofWeights = derivatives.OfWeights();
    }

    /// <summary>Finds Δ.</summary>
    /// <param name="point">Parameters, nodes and weights.</param>
    /// <param name="basis">The moments.</param>
    /// <param name="gradients">Derivatives of log P by table.</param>
    /// <param name="factor">What each row is multiplied by. [moment]</param>
    /// <param name="parallel">Threads.</param>
    public static SparseRows Of(ModelPoint point, MomentBasis basis, Func<int, double[][]> gradients, double[] factor, ParallelOptions parallel)
    {
        MomentDerivatives derivatives = new(point, basis, gradients);
        SparseRows rows = new(basis.Count, point.Plan.Layout.FreeCount);
        derivatives.FillSingle(rows, factor);
        Parallel.For(0, basis.Items.Length, parallel, () => new RowScratch(rows.ColumnCount, derivatives.nodeCount), (i, _, scratch) =>
        {
            derivatives.FillPairs(rows, factor, i, scratch);
            return scratch;
        }, _ => { });
        return rows;
    }

    private void FillSingle(SparseRows rows, double[] factor)
    {
        RowScratch scratch = new(rows.ColumnCount, nodeCount);
        for (int i = 0; i < basis.Items.Length; i++)
            FillSingle(rows, i, factor[i], ofItem[i], basis.MeanOf(i), scratch);
        int moment = basis.Items.Length;
        foreach (ItemFunctions functions in basis.Further)
        {
            for (int f = 0; f < functions.Count; f++, moment++)
            {
                FillSingle(
                    rows, moment, factor[moment], derivatives.OfFunction(basis.Items[functions.Position], functions.Values[f]),
                    functions.Mean.AsSpan(f * nodeCount, nodeCount), scratch);
            }
        }
    }

    private void FillSingle(
        SparseRows rows, int moment, double factor, (int Slot, double[] Derivative)[] own, ReadOnlySpan<double> mean, RowScratch scratch)
    {
        foreach ((int slot, double[] derivative) in own)
            scratch.Add(plan.Layout, slot, factor * FixedOrderSums.Sum(derivative));
        foreach ((int slot, double[] derivative) in ofWeights)
            scratch.Add(plan.Layout, slot, factor * FixedOrderSums.Dot(derivative, mean));
        scratch.MoveTo(rows, moment);
    }

    private void FillPairs(SparseRows rows, double[] factor, int i, RowScratch scratch)
    {
        for (int j = 0; j < i; j++)
        {
            int moment = basis.Pair(i, j);
            if (factor[moment] == 0)
                continue;
            foreach ((int slot, double[] derivative) in ofItem[i])
                scratch.Add(plan.Layout, slot, factor[moment] * FixedOrderSums.Dot(derivative, basis.MeanOf(j)));
            foreach ((int slot, double[] derivative) in ofItem[j])
                scratch.Add(plan.Layout, slot, factor[moment] * FixedOrderSums.Dot(derivative, basis.MeanOf(i)));
            TensorPrimitives.Multiply(basis.MeanOf(i), basis.MeanOf(j), scratch.Product);
            foreach ((int slot, double[] derivative) in ofWeights)
                scratch.Add(plan.Layout, slot, factor[moment] * FixedOrderSums.Dot(derivative, scratch.Product));
            scratch.MoveTo(rows, moment);
        }
    }
}
