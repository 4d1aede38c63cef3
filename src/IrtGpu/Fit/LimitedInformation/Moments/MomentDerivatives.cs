using System.Numerics.Tensors;
using IrtGpu.Fit.Branches;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Fit.LimitedInformation.Moments;

/// <summary>Δ of a group: derivatives of its moments by the free parameters, which by the affine map of the plan include every constraint.</summary>
/// <remarks>
/// ∂E(z_i z_j) = Σ_l w_l (∂c_i c_j + c_i ∂c_j) + Σ_l ∂w_l c_i c_j, c = E(z | node); of two branches Σ_g w_g (∂u_i u_j + u_i ∂u_j) + Σ_g ∂w_g u_i u_j,
/// u = E(z | core node), where w_g ∂u = ∂(w_g u) − ∂w_g u. Rows are sparse: a moment depends on the items in it and on the population.
/// </remarks>
internal sealed class MomentDerivatives
{
    private readonly MomentBasis basis;
    private readonly PopulationDerivatives[] derivatives; // [branch]
    private readonly FreeDerivatives[] ofItem; // weighted ∂c. [item here]
    private readonly FreeDerivatives[] ofWeights; // ∂w. [branch]
    private readonly FreeDerivatives[] coreOfItem; // w ∂u by the item's own parameters. [item here]
    private readonly FreeDerivatives[] coreOfMean; // Σ ∂w c given the core: by the population's parameters. [item here]
    private readonly FreeDerivatives[] coreOfWeights; // ∂w_g. [branch]

    private MomentDerivatives(MomentBasis basis)
    {
        this.basis = basis;
        PopulationBranch[] branches = [.. basis.Branches.Select(branch => branch.Source)];
        derivatives = [.. branches.Select(branch => branch.Derivatives())];
        ofItem = [.. basis.Items.Select((item, i) => FreeDerivatives.Of(branches[basis.BranchIndexOf(i)].Layout, Derivatives(i, basis.Score(i))))];
        ofWeights = [.. branches.Select((branch, b) => FreeDerivatives.Of(branch.Layout, derivatives[b].OfWeights()))];
        bool isBranched = branches.Length > 1;
        coreOfItem = [.. ofItem.Select((own, i) => isBranched ? own.Sum(branches[basis.BranchIndexOf(i)]) : FreeDerivatives.None)];
        coreOfMean = [.. ofItem.Select((_, i) => isBranched ? ofWeights[basis.BranchIndexOf(i)].Times(basis.MeanOf(i)).Sum(branches[basis.BranchIndexOf(i)]) : FreeDerivatives.None)];
        coreOfWeights = [.. ofWeights.Select((own, b) => isBranched ? own.Sum(branches[b]) : FreeDerivatives.None)];
    }

    /// <summary>Finds Δ.</summary>
    /// <param name="basis">The moments.</param>
    /// <param name="factor">What each row is multiplied by. [moment]</param>
    /// <param name="parallel">Threads.</param>
    public static SparseRows Of(MomentBasis basis, double[] factor, ParallelOptions parallel)
    {
        MomentDerivatives derivatives = new(basis);
        SparseRows rows = new(basis.Count, basis.Plan.Layout.FreeCount);
        derivatives.FillSingle(rows, factor);
        Parallel.For(0, basis.Items.Length, parallel, () => new RowScratch(rows.ColumnCount, basis.CreateScratch().Length), (i, _, scratch) =>
        {
            for (int j = 0; j < i; j++)
            {
                int moment = basis.Pair(i, j);
                if (factor[moment] == 0)
                    continue;
                if (basis.BranchOf(i) == basis.BranchOf(j))
                    derivatives.AddWithin(i, j, factor[moment], scratch);
                else
                    derivatives.AddAcross(i, j, factor[moment], scratch);
                scratch.MoveTo(rows, moment);
            }
            return scratch;
        }, _ => { });
        return rows;
    }

    private (int Slot, double[] Derivative)[] Derivatives(int i, double[] values) =>
        derivatives[basis.BranchIndexOf(i)].OfFunction(basis.Population.LocalOf(basis.Items[i]), values);

    private void FillSingle(SparseRows rows, double[] factor)
    {
        RowScratch scratch = new(rows.ColumnCount, 0);
        for (int i = 0; i < basis.Items.Length; i++)
            FillSingle(rows, i, factor[i], ofItem[i], ofWeights[basis.BranchIndexOf(i)], basis.MeanOf(i), scratch);
        int moment = basis.Items.Length;
        foreach (ItemFunctions functions in basis.Further)
        {
            int nodeCount = basis.BranchOf(functions.Position).NodeCount;
            for (int f = 0; f < functions.Count; f++, moment++)
            {
                FillSingle(
                    rows, moment, factor[moment], FreeDerivatives.Of(basis.BranchOf(functions.Position).Source.Layout, Derivatives(functions.Position, functions.Values[f])),
                    ofWeights[basis.BranchIndexOf(functions.Position)], functions.Mean.AsSpan(f * nodeCount, nodeCount), scratch);
            }
        }
    }

    private static void FillSingle(
        SparseRows rows, int moment, double factor, FreeDerivatives own, FreeDerivatives weights, ReadOnlySpan<double> mean, RowScratch scratch)
    {
        foreach ((int free, double[] derivative) in own.Values)
            scratch.Add(free, factor * FixedOrderSums.Sum(derivative));
        foreach ((int free, double[] derivative) in weights.Values)
            scratch.Add(free, factor * FixedOrderSums.Dot(derivative, mean));
        scratch.MoveTo(rows, moment);
    }

    private void AddWithin(int i, int j, double factor, RowScratch scratch)
    {
        foreach ((int free, double[] derivative) in ofItem[i].Values)
            scratch.Add(free, factor * FixedOrderSums.Dot(derivative, basis.MeanOf(j)));
        foreach ((int free, double[] derivative) in ofItem[j].Values)
            scratch.Add(free, factor * FixedOrderSums.Dot(derivative, basis.MeanOf(i)));
        Span<double> product = scratch.Product.AsSpan(0, basis.BranchOf(i).NodeCount);
        TensorPrimitives.Multiply(basis.MeanOf(i), basis.MeanOf(j), product);
        foreach ((int free, double[] derivative) in ofWeights[basis.BranchIndexOf(i)].Values)
            scratch.Add(free, factor * FixedOrderSums.Dot(derivative, product));
    }

    private void AddAcross(int i, int j, double factor, RowScratch scratch)
    {
        AddDots(coreOfItem[i], basis.CoreMeanOf(j));
        AddDots(coreOfItem[j], basis.CoreMeanOf(i));
        AddDots(coreOfMean[i], basis.CoreMeanOf(j));
        AddDots(coreOfMean[j], basis.CoreMeanOf(i));
        // ∂w_g is in both of the last two, and counts once; both branches have the same for what is the core's, and nothing for what is their own.
        Span<double> product = scratch.Product.AsSpan(0, basis.Population.CoreWeight.Length);
        TensorPrimitives.Multiply(basis.CoreMeanOf(i), basis.CoreMeanOf(j), product);
        foreach ((int free, double[] derivative) in coreOfWeights[basis.BranchIndexOf(i)].Common(coreOfWeights[basis.BranchIndexOf(j)]).Values)
            scratch.Add(free, -factor * FixedOrderSums.Dot(derivative, product));

        void AddDots(FreeDerivatives derivatives, ReadOnlySpan<double> means)
        {
            foreach ((int free, double[] derivative) in derivatives.Values)
                scratch.Add(free, factor * FixedOrderSums.Dot(derivative, means));
        }
    }
}
