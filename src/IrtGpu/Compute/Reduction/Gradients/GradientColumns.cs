using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Reduction.Gradients;

/// <summary>The free parameters that matter at a step or before it for the persons of one block, and in which column each factor's lie.</summary>
/// <remarks>Items' attributes are the step's, so that where a cell lies among an item's nodes is known by row: <see cref="ReducedStep.Project"/>.</remarks>
internal sealed class GradientColumns
{
    private readonly (GradientTerm Term, int[] Columns)[][] answers; // [position among the step's items][category]
    private readonly (int[] RowPart, int Stride)[] ofItem; // [position]
    private readonly (GradientTerm Term, int[] Columns, int[] RowPart, int Stride)[] populations;
    private readonly int[][] ofChild; // [child][column of the child] column here
    private readonly int categoryCountAtMost;

    /// <summary>Collects them.</summary>
    /// <param name="model">Steps and sets.</param>
    /// <param name="terms">Derivatives of the factors.</param>
    /// <param name="step">The step.</param>
    /// <param name="block">The block.</param>
    /// <param name="before">Those of the steps before it, of the same block. [step]</param>
    public GradientColumns(ReducedModel model, GradientTerms terms, ReducedStep step, PlannedBlock block, IReadOnlyList<GradientColumns> before)
    {
        CalibrationPlan plan = model.Plan;
        int[] items = step.Joint?.Items ?? [];
        GradientTerm[][] own = [.. items.Select(item => Enumerable.Range(0, plan.Items[item].CategoryCount).Select(category => terms.OfAnswer(block.Table, item, category)).ToArray())];
        GradientTerm[] weights = [.. step.Source.Populations.Select(set => terms.OfPopulation(block.Index, set))];
        Free = [.. own.SelectMany(categories => categories).Concat(weights).SelectMany(term => term.Free).Concat(step.Source.Children.SelectMany(child => before[child].Free)).Distinct().Order()];
        answers = [.. own.Select(categories => categories.Select(term => (term, Places(term.Free))).ToArray())];
        ofItem = [.. items.Select(item => step.Project(plan.Items[item].Attributes))];
        populations = [.. step.Source.Populations.Zip(weights, (set, term) => (set, term)).Where(pair => pair.term.Free.Length > 0)
            .Select(pair => (pair.term, Places(pair.term.Free), step.Project(model.Sets[pair.set]).RowPart, step.Project(model.Sets[pair.set]).Stride))];
        ofChild = [.. step.Source.Children.Select(child => Places(before[child].Free))];
        categoryCountAtMost = answers.Length == 0 ? 0 : answers.Max(categories => categories.Length);
    }

    /// <summary>Free parameters. [column], ascending</summary>
    public int[] Free { get; }

    /// <summary>Most categories of an own item; 0 without items.</summary>
    public int MostCategories => categoryCountAtMost;

    /// <summary>Columns of a child's parameters. [child][column of the child]</summary>
    public int[][] OfChild => ofChild;

    /// <summary>Adds what own answers and populations have at the cells of a row.</summary>
    /// <param name="responses">Answers to own items; those beyond an item's categories are none. [position]</param>
    /// <param name="row">Row.</param>
    /// <param name="panel">Added to. [node of the row, column]</param>
    /// <param name="width">Distance of its rows.</param>
    /// <param name="nodeCount">Nodes of the row.</param>
    public unsafe void AddOwn(ReadOnlySpan<int> responses, int row, double* panel, int width, int nodeCount)
    {
        for (int position = 0; position < answers.Length; position++)
        {
            if (responses[position] >= answers[position].Length)
                continue;
            (GradientTerm term, int[] columns) = answers[position][responses[position]];
            Add(term.Values, columns, ofItem[position].RowPart[row], ofItem[position].Stride, panel, width, nodeCount);
        }
        foreach ((GradientTerm term, int[] columns, int[] rowPart, int stride) in populations)
            Add(term.Values, columns, rowPart[row], stride, panel, width, nodeCount);
    }

    private static unsafe void Add(double[] values, int[] columns, int first, int stride, double* panel, int width, int nodeCount)
    {
        for (int node = 0; node < nodeCount && columns.Length > 0; node++)
        {
            ReadOnlySpan<double> from = values.AsSpan((first + stride * node) * columns.Length, columns.Length);
            double* to = panel + (long)node * width;
            for (int column = 0; column < from.Length; column++)
                to[columns[column]] += from[column];
        }
    }

    private int[] Places(int[] free) => [.. free.Select(index => Array.BinarySearch(Free, index))];
}
