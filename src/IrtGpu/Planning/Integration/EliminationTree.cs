using IrtGpu.Foundation.Collections;
using IrtGpu.Items;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Planning.Integration;

/// <summary>An order in which attributes are summed out of the likelihood one after the other, and what each of these sums goes over.</summary>
/// <remarks>
/// Two attributes are neighbours where an item measures both, or where they are correlated in some block. A sum goes over an attribute and its
/// neighbours, who are neighbours of each other from then on. The next attribute is always the one that makes fewest new neighbours (min-fill),
/// among these the one with fewest, now and then in the beginning: what joins many others comes last, when patterns differ most, and alone. Exact for any graph; cheap where it is a tree or nearly one, as in bifactor, two-tier and testlet models.
/// Rijmen, F. (2009). Efficient full information maximum likelihood estimation for multidimensional IRT models. ETS RR-09-03.
/// </remarks>
internal sealed class EliminationTree
{
    private EliminationTree(EliminationStep[] steps, int[][] populations)
    {
        Steps = steps;
        Populations = populations;
    }

    /// <summary>The steps, in order. [step]</summary>
    public IReadOnlyList<EliminationStep> Steps { get; }

    /// <summary>Sets of attributes that are correlated, directly or by way of others; between sets they are independent. [set][attribute], ascending</summary>
    public IReadOnlyList<int[]> Populations { get; }

    /// <summary>The step with the most attributes.</summary>
    public EliminationStep Widest => Steps.MaxBy(step => step.Separator.Length)!;

    /// <summary>Most attributes that a sum goes over.</summary>
    public int Width => Widest.Separator.Length + 1;

    /// <summary>Finds the order.</summary>
    /// <param name="attributeCount">J.</param>
    /// <param name="items">Items.</param>
    /// <param name="layout">Which covariances are 0.</param>
    /// <param name="blocks">Blocks.</param>
    public static EliminationTree Of(int attributeCount, IReadOnlyList<PlannedItem> items, ParameterLayout layout, IReadOnlyList<PlannedBlock> blocks)
    {
        int[][] populations = CorrelatedSets(attributeCount, layout, blocks);
        bool[,] isNeighbour = new bool[attributeCount, attributeCount];
        foreach (int[] set in populations.Concat(items.Select(item => item.Attributes)))
            Join(isNeighbour, set);
        int[] order = new int[attributeCount];
        int[][] neighbours = new int[attributeCount][]; // [step]
        int[] stepOf = new int[attributeCount]; // [attribute]
        bool[] isGone = new bool[attributeCount];
        int[] degrees = [.. Enumerable.Range(0, attributeCount).Select(attribute => NeighboursOf(isNeighbour, isGone, attribute).Length)]; // before anything is summed out
        for (int step = 0; step < attributeCount; step++)
        {
            int next = Next(isNeighbour, isGone, degrees);
            order[step] = next;
            stepOf[next] = step;
            neighbours[step] = NeighboursOf(isNeighbour, isGone, next);
            Join(isNeighbour, neighbours[step]);
            isGone[next] = true;
        }
        int[][] separators = [.. neighbours.Select(set => set.OrderByDescending(attribute => stepOf[attribute]).ToArray())];
        int[] parents = [.. separators.Select(separator => separator.Length == 0 ? -1 : stepOf[separator[^1]])];
        EliminationStep[] steps = [.. Enumerable.Range(0, attributeCount).Select(step => new EliminationStep(
            step, order[step], separators[step], parents[step], Indices(parents, parent => parent == step),
            Indices(items, item => item.Attributes.Min(attribute => stepOf[attribute]) == step),
            Indices(populations, set => set.Min(attribute => stepOf[attribute]) == step)))];
        return new EliminationTree(steps, populations);
    }

    private static int[][] CorrelatedSets(int attributeCount, ParameterLayout layout, IReadOnlyList<PlannedBlock> blocks)
    {
        LinkedSets linked = new(attributeCount);
        foreach (PlannedBlock block in blocks)
        {
            for (int j = 0; j < attributeCount; j++)
            {
                for (int k = 0; k < j; k++)
                {
                    int slot = block.CovarianceSlot(j, k);
                    if (!layout.IsFixed(slot) || layout.Offset[slot] != 0)
                        linked.Link(j, k);
                }
            }
        }
        return [.. linked.Sets()];
    }

    private static int Next(bool[,] isNeighbour, bool[] isGone, int[] degrees)
    {
        int best = -1;
        (int Fill, int Degree, int FirstDegree) fewest = (int.MaxValue, int.MaxValue, int.MaxValue);
        for (int attribute = 0; attribute < isGone.Length; attribute++)
        {
            if (isGone[attribute])
                continue;
            int[] around = NeighboursOf(isNeighbour, isGone, attribute);
            int fill = around.Sum(one => around.Count(other => other < one && !isNeighbour[one, other]));
            if ((fill, around.Length, degrees[attribute]).CompareTo(fewest) < 0)
                (best, fewest) = (attribute, (fill, around.Length, degrees[attribute]));
        }
        return best;
    }

    private static int[] NeighboursOf(bool[,] isNeighbour, bool[] isGone, int attribute) =>
        [.. Enumerable.Range(0, isGone.Length).Where(other => other != attribute && !isGone[other] && isNeighbour[attribute, other])];

    private static void Join(bool[,] isNeighbour, int[] attributes)
    {
        foreach (int one in attributes)
        {
            foreach (int other in attributes)
                isNeighbour[one, other] = true;
        }
    }

    private static int[] Indices<T>(IReadOnlyList<T> values, Func<T, bool> has) => [.. Enumerable.Range(0, values.Count).Where(index => has(values[index]))];
}
