using IrtGpu.Compute.Loops;
using IrtGpu.Data;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Reduction.Layout;

/// <summary>A plan in the reduced form: its steps, and at the parameters of a point the likelihoods and weights at their cells.</summary>
internal sealed unsafe class ReducedModel : IDisposable
{
    private readonly ReducedLayout layout;
    private readonly ParallelOptions parallel;
    private readonly (int Step, int Table, int Group)[] joints; // joint groups to fill and to collapse

    /// <summary>Lays the steps out.</summary>
    /// <param name="plan">The plan, with an order of elimination.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="threads">Number of threads; results do not depend on it.</param>
    public ReducedModel(CalibrationPlan plan, PatternTable patterns, int threads)
    {
        layout = new ReducedLayout(plan, patterns);
        parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        Tables = [.. Steps.Select(step => step.Joint is null ? null : new ReducedTables(plan, step))];
        Priors = [.. Steps.Select(step => plan.Blocks.Select(_ => new AlignedBuffer(step.CellCount)).ToArray())];
        joints = [.. from step in Steps from table in Enumerable.Range(0, plan.Tables.Count) from joint in Enumerable.Range(0, step.JointCount) select (step.Source.Index, table, joint)];
    }

    /// <summary>The plan.</summary>
    public CalibrationPlan Plan => layout.Plan;

    /// <summary>The steps, in order.</summary>
    public ReducedStep[] Steps => layout.Steps;

    /// <summary>Likelihoods and counts; null of steps without items. [step]</summary>
    public ReducedTables?[] Tables { get; }

    /// <summary>Weights of the populations that enter at a step, 0 in the padding. [step][block][cell]</summary>
    public AlignedBuffer[][] Priors { get; }

    /// <summary>Sets of correlated attributes. [set][attribute]</summary>
    public IReadOnlyList<int[]> Sets => layout.Sets;

    /// <summary>Products of the line of nodes. [number of attributes][node, attribute]</summary>
    public double[][] Nodes => layout.Nodes;

    /// <summary>Evaluates likelihoods and weights, and forgets counts.</summary>
    /// <param name="point">Parameters.</param>
    public void Prepare(ModelPoint point)
    {
        Parallel.For(0, joints.Length, parallel, index =>
        {
            (int step, int table, int group) = joints[index];
            Tables[step]!.Fill(point, Nodes, table, group);
        });
        foreach (PlannedBlock block in Plan.Blocks)
        {
            double[][] weights = [.. Sets.Select(set => point.Populations[block.Index].LogWeights(set, Nodes[set.Length]))];
            foreach (ReducedStep step in Steps)
                FillPrior(step, Priors[step.Source.Index][block.Index], weights);
        }
        foreach (AlignedBuffer counts in Tables.SelectMany(tables => tables?.Counts ?? []))
            counts.Clear();
    }

    /// <summary>Joint counts as counts by category at each item's nodes.</summary>
    /// <returns>[table][item][category, node]</returns>
    public double[][][] Collapse()
    {
        double[][][] counts = [.. Plan.Tables.Select(table => Plan.Items.Select((item, index) =>
            new double[table.SetOfItem[index] < 0 ? 0 : item.CategoryCount * (Nodes[item.Attributes.Length].Length / item.Attributes.Length)]).ToArray())];
        Parallel.For(0, joints.Length, parallel, index =>
        {
            (int step, int table, int group) = joints[index];
            Tables[step]!.Collapse(table, group, counts[table]);
        });
        return counts;
    }

    /// <summary>Totals at the nodes of each set of correlated attributes.</summary>
    /// <param name="totals">Totals at the cells of a block. [step][cell]</param>
    /// <returns>[set][node]</returns>
    public double[][] TotalsOfSets(AlignedBuffer[] totals)
    {
        double[][] ofSets = [.. Sets.Select(set => new double[Nodes[set.Length].Length / set.Length])];
        for (int set = 0; set < ofSets.Length; set++)
        {
            ReducedStep step = Steps[layout.FirstStepOf[set]];
            (int[] rowPart, int stride) = step.Project(Sets[set]);
            double* cells = totals[step.Source.Index].Pointer;
            for (int row = 0; row < step.RowCount; row++)
            {
                for (int node = 0; node < step.NodeCount; node++)
                    ofSets[set][rowPart[row] + stride * node] += cells[(long)row * step.Width + node];
            }
        }
        return ofSets;
    }

    /// <summary>Attributes that are summed out at a step and those before it that it hangs on.</summary>
    /// <param name="step">Step.</param>
    public int CountBelow(ReducedStep step) => 1 + step.Source.Children.Sum(child => CountBelow(Steps[child]));

    /// <inheritdoc/>
    public void Dispose()
    {
        layout.Dispose();
        foreach (ReducedTables? tables in Tables)
            tables?.Dispose();
        foreach (AlignedBuffer prior in Priors.SelectMany(priors => priors))
            prior.Dispose();
    }

    private void FillPrior(ReducedStep step, AlignedBuffer prior, double[][] logWeights)
    {
        ((int[] RowPart, int Stride) Projection, double[] LogWeight)[] densities = [.. step.Source.Populations.Select(set => (step.Project(Sets[set]), logWeights[set]))];
        for (int row = 0; row < step.RowCount; row++)
        {
            for (int node = 0; node < step.NodeCount; node++)
            {
                double logWeight = 0;
                foreach (((int[] rowPart, int stride), double[] ofSet) in densities)
                    logWeight += ofSet[rowPart[row] + stride * node];
                prior.Pointer[(long)row * step.Width + node] = Math.Exp(logWeight);
            }
        }
    }
}
