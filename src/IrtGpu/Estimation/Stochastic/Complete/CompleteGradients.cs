using IrtGpu.Compute;
using IrtGpu.Estimation.Stochastic.Persons;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Population;
using IrtGpu.Vectors;

namespace IrtGpu.Estimation.Stochastic.Complete;

/// <summary>Gradients of the complete-data log-likelihood of single persons of a block, by the free parameters that the block has.</summary>
internal sealed class CompleteGradients
{
    private const int Size = PersonTile.Size;

    private static readonly RowLoops Loops = RowLoops.Chosen;

    private readonly CalibrationPlan plan;
    private readonly PlannedBlock block;
    private readonly double[] slots;
    private readonly NormalPopulation? population; // null where nothing of it is free

    /// <summary>Prepares a block.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="block">The block.</param>
    public CompleteGradients(ModelPoint point, PlannedBlock block)
    {
        plan = point.Plan;
        this.block = block;
        slots = point.Parameters.Slots;
        SortedSet<int> free = [];
        foreach (int set in plan.Tables[block.Table].SetOfItem)
        {
            if (set >= 0)
                free.UnionWith(plan.Layout.FreeOf(plan.ParameterSets[set].FirstSlot, plan.ParameterSets[set].SlotCount).ToArray());
        }
        int[] ofPopulation = plan.Layout.FreeOf(block.FirstMeanSlot, plan.AttributeCount + plan.CovarianceCount).ToArray();
        free.UnionWith(ofPopulation);
        Free = [.. free];
        population = ofPopulation.Length == 0 ? null : NormalPopulation.TryCreate(plan, block, slots);
    }

    /// <summary>The free parameters, ascending. [row]</summary>
    public int[] Free { get; }

    /// <summary>Adds the gradients of a tile's persons.</summary>
    /// <param name="tile">Persons of the block.</param>
    /// <param name="theta">θ. [attribute, lane]</param>
    /// <param name="factor">What each person's gradient is multiplied by. [lane]</param>
    /// <param name="scratch">Rows to work with.</param>
    /// <param name="target">Added to. [row of <see cref="Free"/>, lane]</param>
    public void Fill(PersonTile tile, double[] theta, ReadOnlySpan<double> factor, TileScratch scratch, AlignedMatrix target)
    {
        foreach (int item in tile.Items)
        {
            PlannedItem planned = plan.Items[item];
            ItemParameterSet set = plan.ParameterSets[plan.Tables[tile.Table].SetOfItem[item]];
            PersonModel.FillDerivatives(tile, item, planned, set, slots, theta, factor, scratch, withHessian: false);
            for (int j = 0; j < set.SlopeCount; j++)
            {
                if (plan.Layout.IsFixed(set.FirstSlot + j))
                    continue;
                Loops.Multiply(scratch.Gradient.AsSpan(0, Size), PersonModel.Row(theta.AsSpan(), planned.Attributes[j]), scratch.Row);
                Add(set.FirstSlot + j, scratch.Row, target);
            }
            for (int r = 1; r <= set.ShapeCount; r++)
                Add(set.FirstSlot + set.SlopeCount + r - 1, PersonModel.Row(scratch.Gradient.AsSpan(), r), target);
        }
        if (population is not null)
            AddPopulation(theta, factor, scratch, target);
    }

    /// <summary>∂ log φ/∂μ = P d, and by the covariance of j and k, P_jk up to the half on the diagonal: (P d)_j (P d)_k − P_jk; d = θ − μ.</summary>
    private void AddPopulation(double[] theta, ReadOnlySpan<double> factor, TileScratch scratch, AlignedMatrix target)
    {
        for (int j = 0; j < plan.AttributeCount; j++)
        {
            Span<double> pull = PersonModel.Row(scratch.Step.AsSpan(), j);
            double constant = 0;
            for (int k = 0; k < plan.AttributeCount; k++)
                constant -= population!.Precision.At(j, k) * population.Mean[k];
            pull.Fill(constant);
            for (int k = 0; k < plan.AttributeCount; k++)
                Loops.AddScaled(population!.Precision.At(j, k), PersonModel.Row(theta.AsSpan(), k), pull);
        }
        int slot = block.FirstCovarianceSlot;
        for (int j = 0; j < plan.AttributeCount; j++)
        {
            Span<double> pull = PersonModel.Row(scratch.Step.AsSpan(), j);
            Loops.Multiply(pull, factor, scratch.Row);
            Add(block.FirstMeanSlot + j, scratch.Row, target);
            for (int k = 0; k <= j; k++, slot++)
            {
                if (plan.Layout.IsFixed(slot))
                    continue;
                double half = j == k ? 0.5 : 1;
                scratch.LogDensity.AsSpan().Clear();
                Loops.AddProduct(half, scratch.Row, PersonModel.Row(scratch.Step.AsSpan(), k), scratch.LogDensity);
                Loops.AddScaled(-half * population!.Precision.At(j, k), factor, scratch.LogDensity);
                Add(slot, scratch.LogDensity, target);
            }
        }
    }

    private void Add(int slot, ReadOnlySpan<double> derivative, AlignedMatrix target)
    {
        ParameterLayout layout = plan.Layout;
        ReadOnlySpan<int> free = layout.FreeOf(slot);
        ReadOnlySpan<double> coefficients = layout.CoefficientsOf(slot);
        for (int term = 0; term < free.Length; term++)
            Loops.AddScaled(coefficients[term], derivative, target.Span(Array.BinarySearch(Free, free[term])));
    }
}
