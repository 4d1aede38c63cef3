using System.Numerics.Tensors;
using IrtGpu.Compute.Branches;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Fit.Branches;

/// <summary>One branch of a group's population: its items at the nodes of its own and the core's attributes.</summary>
internal sealed class PopulationBranch
{
    private readonly BranchedModel model;
    private readonly int index;
    private readonly int[] start; // nodes of a core node lie side by side [core node + 1]

    /// <summary>Finds averages given the core.</summary>
    /// <param name="model">The point.</param>
    /// <param name="index">Which branch.</param>
    /// <param name="population">Its nodes; their weights are brought in line with those of the core.</param>
    /// <param name="start">First node of each core node. [core node + 1]</param>
    /// <param name="coreWeight">[core node]</param>
    public PopulationBranch(BranchedModel model, int index, GroupPopulation population, int[] start, double[] coreWeight)
    {
        this.model = model;
        this.index = index;
        this.start = start;
        Population = population;
        Share = [.. population.Weight];
        for (int core = 0; core < CoreCount; core++)
        {
            Span<double> own = Share.AsSpan(start[core]..start[core + 1]);
            double total = FixedOrderSums.Sum(own);
            TensorPrimitives.Divide(own, total, own);
            for (int node = start[core]; node < start[core + 1] && CoreCount > 1; node++)
                population.Weight[node] = coreWeight[core] * Share[node];
        }
    }

    /// <summary>The branch's items at its nodes; items and attributes are numbered by <see cref="Source"/>.</summary>
    public GroupPopulation Population { get; }

    /// <summary>Its plan and what its items and attributes are in the whole plan.</summary>
    public BranchPlan Source => model.Branching.Branches[index];

    /// <summary>Weight of each node among those of its core node. [node]</summary>
    public double[] Share { get; }

    /// <summary>Number of core nodes.</summary>
    public int CoreCount => start.Length - 1;

    /// <summary>Averages over the nodes of each core node.</summary>
    /// <param name="values">[node]</param>
    /// <param name="averages">Receives them. [core node]</param>
    public void Average(ReadOnlySpan<double> values, Span<double> averages)
    {
        for (int core = 0; core < averages.Length; core++)
            averages[core] = FixedOrderSums.Dot(values[start[core]..start[core + 1]], Share.AsSpan(start[core]..start[core + 1]));
    }

    /// <summary>Sums over the nodes of each core node.</summary>
    /// <param name="values">[node]</param>
    /// <param name="sums">Receives them. [core node]</param>
    public void Sum(ReadOnlySpan<double> values, Span<double> sums)
    {
        for (int core = 0; core < sums.Length; core++)
            sums[core] = FixedOrderSums.Sum(values[start[core]..start[core + 1]]);
    }

    /// <summary>Adds to each node what its core node has.</summary>
    /// <param name="atCore">[core node]</param>
    /// <param name="values">Added to. [node]</param>
    public void AddAtNodes(ReadOnlySpan<double> atCore, Span<double> values)
    {
        for (int core = 0; core < atCore.Length; core++)
        {
            Span<double> own = values[start[core]..start[core + 1]];
            TensorPrimitives.Add(own, atCore[core], own);
        }
    }

    /// <summary>Adds to each node the product of what it and its core node have.</summary>
    /// <param name="values">[node]</param>
    /// <param name="atCore">[core node]</param>
    /// <param name="sums">Added to. [node]</param>
    public void AddProducts(ReadOnlySpan<double> values, ReadOnlySpan<double> atCore, Span<double> sums)
    {
        for (int core = 0; core < atCore.Length; core++)
        {
            Span<double> own = sums[start[core]..start[core + 1]];
            TensorPrimitives.MultiplyAdd(values[start[core]..start[core + 1]], atCore[core], own, own);
        }
    }

    /// <summary>Derivatives of the branch's probabilities and weights.</summary>
    public PopulationDerivatives Derivatives() => new(model.Branches[index], Population, table => model.Gradients(index, table));

    /// <summary>The map from slots of the branch's plan to free parameters.</summary>
    public Planning.Layout.ParameterLayout Layout => Population.Plan.Layout;
}
