using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.Integration;

namespace IrtGpu.Compute.Reduction.Layout;

/// <summary>The steps of a plan in the reduced form and the nodes of what lies at their cells: the same on the host and on devices.</summary>
internal sealed class ReducedLayout : IDisposable
{
    /// <summary>Lays the steps out.</summary>
    /// <param name="plan">The plan, with an order of elimination.</param>
    /// <param name="patterns">The data.</param>
    public ReducedLayout(CalibrationPlan plan, PatternTable patterns)
    {
        Plan = plan;
        Sets = plan.Integration.Tree!.Populations;
        List<ReducedStep> steps = [];
        foreach (EliminationStep step in plan.Integration.Tree.Steps)
            steps.Add(new ReducedStep(plan, patterns, step, steps));
        Steps = [.. steps];
        Nodes = [.. Enumerable.Range(0, 1 + Math.Max(Sets.Max(set => set.Length), plan.Items.Max(item => item.Attributes.Length))).Select(Product)];
        FirstStepOf = [.. Enumerable.Range(0, Sets.Count).Select(set => Array.FindIndex(Steps, step => step.Source.Populations.Contains(set)))];
    }

    /// <summary>The plan.</summary>
    public CalibrationPlan Plan { get; }

    /// <summary>The steps, in order.</summary>
    public ReducedStep[] Steps { get; }

    /// <summary>Sets of correlated attributes. [set][attribute]</summary>
    public IReadOnlyList<int[]> Sets { get; }

    /// <summary>The step that the density of each set of correlated attributes enters at. [set]</summary>
    public int[] FirstStepOf { get; }

    /// <summary>Products of the line of nodes. [number of attributes][node, attribute]</summary>
    public double[][] Nodes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ReducedStep step in Steps)
            step.Dispose();
    }

    /// <summary>The product of the line over some attributes, the last running fastest.</summary>
    private double[] Product(int attributeCount)
    {
        double[] line = Plan.Grid.Line;
        int total = 1;
        for (int attribute = 0; attribute < attributeCount; attribute++)
            total *= line.Length;
        double[] product = new double[total * attributeCount];
        for (int node = 0; node < total && attributeCount > 0; node++)
        {
            for (int attribute = attributeCount - 1, rest = node; attribute >= 0; attribute--, rest /= line.Length)
                product[node * attributeCount + attribute] = line[rest % line.Length];
        }
        return product;
    }
}
