using IrtGpu.Compute;
using IrtGpu.Inference;

namespace IrtGpu.Fit.Branches;

/// <summary>A point of a plan, branch by branch.</summary>
internal sealed class BranchedModel
{
    private readonly Dictionary<(int Branch, int Table), double[][]> gradients = [];

    /// <summary>Makes the points of the branches.</summary>
    /// <param name="branching">The branches.</param>
    /// <param name="point">The point.</param>
    public BranchedModel(Branching branching, ModelPoint point)
    {
        Branching = branching;
        Point = point;
        Core = branching.Core?.PointOf(point);
        Branches = [.. branching.Branches.Select(branch => branch.PointOf(point))];
    }

    /// <summary>The branches.</summary>
    public Branching Branching { get; }

    /// <summary>The point.</summary>
    public ModelPoint Point { get; }

    /// <summary>The core's; null without core.</summary>
    public ModelPoint? Core { get; }

    /// <summary>Those of the branches.</summary>
    public ModelPoint[] Branches { get; }

    /// <summary>The persons of an observed group.</summary>
    /// <param name="group">Group.</param>
    public BranchedPopulation Population(int group) => new(this, group);

    /// <summary>Derivatives of log P of a branch's items, computed once for all groups.</summary>
    /// <param name="branch">Branch.</param>
    /// <param name="table">Item table.</param>
    /// <returns>[row][slot of the set, node]</returns>
    public double[][] Gradients(int branch, int table)
    {
        if (!gradients.TryGetValue((branch, table), out double[][]? found))
            gradients[(branch, table)] = found = CompleteDataGradients.ItemGradients(Branches[branch], table);
        return found;
    }
}
