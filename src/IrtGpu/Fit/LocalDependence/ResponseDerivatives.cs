using System.Numerics.Tensors;
using IrtGpu.Fit.Branches;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Fit.LocalDependence;

/// <summary>Probabilities of two responses together, and their derivatives by the free parameters.</summary>
/// <remarks>Of items of two branches they are sums over core nodes: see <see cref="BranchedPopulation"/>, and the derivatives of moments for ∂w.</remarks>
internal sealed class ResponseDerivatives
{
    private readonly CalibrationPlan plan;
    private readonly BranchedPopulation population;
    private readonly double[][] coreShare; // P given the core [row][core node]
    private readonly FreeDerivatives[] ofRow; // weighted ∂P [row]
    private readonly FreeDerivatives[] ofWeights; // ∂w [branch]
    private readonly FreeDerivatives[] coreOfRow; // w ∂P given the core [row]
    private readonly FreeDerivatives[] coreOfShare; // Σ ∂w P given the core [row]
    private readonly FreeDerivatives[] coreOfWeights; // [branch]

    /// <summary>Finds what pairs are made of.</summary>
    /// <param name="population">The group.</param>
    /// <param name="withDerivatives">Whether derivatives are wanted.</param>
    public ResponseDerivatives(BranchedPopulation population, bool withDerivatives)
    {
        plan = population.Plan;
        this.population = population;
        coreShare = new double[plan.RowCount][];
        ofRow = new FreeDerivatives[plan.RowCount];
        coreOfRow = new FreeDerivatives[plan.RowCount];
        coreOfShare = new FreeDerivatives[plan.RowCount];
        PopulationDerivatives[] derivatives = [.. population.Branches.Where(_ => withDerivatives).Select(branch => branch.Derivatives())];
        bool isBranched = population.Branches.Length > 1;
        ofWeights = [.. population.Branches.Select((branch, index) => withDerivatives ? FreeDerivatives.Of(branch.Layout, derivatives[index].OfWeights()) : FreeDerivatives.None)];
        coreOfWeights = [.. population.Branches.Select((branch, index) => isBranched ? ofWeights[index].Sum(branch) : FreeDerivatives.None)];
        foreach (int item in population.Items)
        {
            PopulationBranch branch = population.BranchOf(item);
            int index = Array.IndexOf(population.Branches, branch);
            int categoryCount = plan.Items[item].CategoryCount;
            for (int category = 0; category < categoryCount; category++)
            {
                int row = plan.Items[item].FirstRow + category;
                coreShare[row] = new double[branch.CoreCount];
                branch.Average(Row(item, category), coreShare[row]);
                if (!withDerivatives)
                    continue;
                double[] unit = new double[categoryCount];
                unit[category] = 1;
                ofRow[row] = FreeDerivatives.Of(branch.Layout, derivatives[index].OfFunction(population.LocalOf(item), unit));
                coreOfRow[row] = isBranched ? ofRow[row].Sum(branch) : FreeDerivatives.None;
                coreOfShare[row] = isBranched ? ofWeights[index].Times(Row(item, category)).Sum(branch) : FreeDerivatives.None;
            }
        }
    }

    /// <summary>Probabilities of two items' responses together.</summary>
    /// <param name="first">The earlier.</param>
    /// <param name="second">The later.</param>
    /// <returns>[category of the first, category of the second]</returns>
    public double[] Shares(int first, int second)
    {
        PlannedItem a = plan.Items[first];
        PlannedItem b = plan.Items[second];
        double[] share = new double[a.CategoryCount * b.CategoryCount];
        bool isWithin = population.BranchOf(first) == population.BranchOf(second);
        double[] weight = isWithin ? population.BranchOf(first).Population.Weight : population.CoreWeight;
        double[] weighted = new double[weight.Length];
        for (int m = 0; m < a.CategoryCount; m++)
        {
            TensorPrimitives.Multiply(weight, isWithin ? Row(first, m) : coreShare[a.FirstRow + m], weighted);
            for (int n = 0; n < b.CategoryCount; n++)
                share[m * b.CategoryCount + n] = FixedOrderSums.Dot(weighted, isWithin ? Row(second, n) : coreShare[b.FirstRow + n]);
        }
        return share;
    }

    /// <summary>Derivatives of those.</summary>
    /// <param name="first">The earlier.</param>
    /// <param name="second">The later.</param>
    /// <returns>The free parameters they depend on, and the derivatives. [cell, those]</returns>
    public (int[] Free, double[] Rows) Of(int first, int second)
    {
        PlannedItem a = plan.Items[first];
        PlannedItem b = plan.Items[second];
        int branchA = Array.IndexOf(population.Branches, population.BranchOf(first));
        int branchB = Array.IndexOf(population.Branches, population.BranchOf(second));
        int[] free = [.. ofRow[a.FirstRow].Values.Concat(ofRow[b.FirstRow].Values).Concat(ofWeights[branchA].Values).Concat(ofWeights[branchB].Values).Select(one => one.Free).Distinct().Order()];
        double[] rows = new double[a.CategoryCount * b.CategoryCount * free.Length];
        double[] product = new double[branchA == branchB ? population.Branches[branchA].Population.NodeCount : population.CoreWeight.Length];
        for (int m = 0; m < a.CategoryCount; m++)
        {
            for (int n = 0; n < b.CategoryCount; n++)
            {
                Memory<double> row = rows.AsMemory((m * b.CategoryCount + n) * free.Length, free.Length);
                (int rowA, int rowB) = (a.FirstRow + m, b.FirstRow + n);
                if (branchA == branchB)
                {
                    Add(ofRow[rowA], Row(second, n), 1, row.Span);
                    Add(ofRow[rowB], Row(first, m), 1, row.Span);
                    TensorPrimitives.Multiply(Row(first, m), Row(second, n), product);
                    Add(ofWeights[branchA], product, 1, row.Span);
                    continue;
                }
                Add(coreOfRow[rowA], coreShare[rowB], 1, row.Span);
                Add(coreOfRow[rowB], coreShare[rowA], 1, row.Span);
                Add(coreOfShare[rowA], coreShare[rowB], 1, row.Span);
                Add(coreOfShare[rowB], coreShare[rowA], 1, row.Span);
                TensorPrimitives.Multiply(coreShare[rowA], coreShare[rowB], product);
                Add(coreOfWeights[branchA].Common(coreOfWeights[branchB]), product, -1, row.Span); // in both of the last two, and counts once
            }
        }
        return (free, rows);

        void Add(FreeDerivatives derivatives, ReadOnlySpan<double> values, double factor, Span<double> row)
        {
            foreach ((int parameter, double[] derivative) in derivatives.Values)
                row[Array.BinarySearch(free, parameter)] += factor * FixedOrderSums.Dot(derivative, values);
        }
    }

    private ReadOnlySpan<double> Row(int item, int category)
    {
        GroupPopulation own = population.BranchOf(item).Population;
        return own.Row(own.Plan.Items[population.LocalOf(item)].FirstRow + category);
    }
}
