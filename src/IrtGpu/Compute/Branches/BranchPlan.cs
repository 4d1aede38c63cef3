using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Grids;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Compute.Branches;

/// <summary>The plan of some attributes and the items that measure no others, on the product of their lines of nodes; free parameters are those of the whole plan.</summary>
internal sealed class BranchPlan
{
    /// <summary>Makes the plan.</summary>
    /// <param name="whole">The whole plan.</param>
    /// <param name="attributes">Attributes in the order of the product, the last running fastest; none of them correlates with others.</param>
    /// <param name="items">Items, ascending.</param>
    public BranchPlan(CalibrationPlan whole, int[] attributes, int[] items)
    {
        Items = items;
        Attributes = attributes;
        List<ParameterSlot> slots = [.. whole.Layout.Slots];
        List<int> sources = [.. Enumerable.Range(0, slots.Count)]; // slot of the whole plan that each is
        PlannedBlock[] blocks = [.. whole.Blocks.Select(block => Reduce(block, slots, sources))];
        int[] sets = [.. Enumerable.Range(0, whole.ParameterSets.Count).Where(set => Array.BinarySearch(items, whole.ParameterSets[set].Item) >= 0)];
        Plan = new CalibrationPlan
        {
            Specification = whole.Specification with { Attributes = [.. attributes.Select(attribute => whole.Specification.Attributes[attribute])] },
            Shape = whole.Shape,
            Items = Reduce(whole),
            ClassNames = whole.ClassNames,
            Blocks = blocks,
            ParameterSets = [.. sets.Select(set => whole.ParameterSets[set] with { Item = Array.BinarySearch(items, whole.ParameterSets[set].Item) })],
            Tables = [.. whole.Tables.Select(table => new PlannedTable(0, [.. items.Select(item => Array.BinarySearch(sets, table.SetOfItem[item]) is >= 0 and int set ? set : -1)]))],
            Integration = whole.Integration,
            Grid = QuadratureGrid.Create(whole.Grid.Specification, attributes.Length, whole.Grid.Reason),
            Layout = LayoutOf(whole.Layout, slots, sources),
            Measured = whole.Measured.OfGroups([.. Enumerable.Range(0, whole.GroupCount)], attributes),
            Warnings = [],
        };
    }

    /// <summary>A plan that is its own and only branch.</summary>
    /// <param name="whole">The plan, whose nodes are a product.</param>
    public BranchPlan(CalibrationPlan whole)
    {
        Plan = whole;
        Attributes = [.. Enumerable.Range(0, whole.AttributeCount)];
        Items = [.. Enumerable.Range(0, whole.ItemCount)];
    }

    /// <summary>The plan; its items are those of <see cref="Items"/>.</summary>
    public CalibrationPlan Plan { get; }

    /// <summary>Attributes in the whole plan. [attribute here]</summary>
    public int[] Attributes { get; }

    /// <summary>Items in the whole plan. [item here]</summary>
    public int[] Items { get; }

    /// <summary>A point of the whole plan as one of this.</summary>
    /// <param name="point">Of the whole plan.</param>
    public ModelPoint PointOf(ModelPoint point) => ReferenceEquals(Plan, point.Plan)
        ? point
        : ModelPoint.TryCreate(Plan, new ParameterVector(Plan.Layout, point.Parameters.Free)) ?? throw new InvalidOperationException("Part of a covariance matrix is none.");

    private PlannedItem[] Reduce(CalibrationPlan whole)
    {
        PlannedItem[] reduced = new PlannedItem[Items.Length];
        int row = 0;
        for (int item = 0; item < reduced.Length; item++)
        {
            PlannedItem source = whole.Items[Items[item]];
            reduced[item] = source with { FirstRow = row, Attributes = [.. source.Attributes.Select(attribute => Array.IndexOf(Attributes, attribute))] };
            row += source.CategoryCount;
        }
        return reduced;
    }

    private PlannedBlock Reduce(PlannedBlock block, List<ParameterSlot> slots, List<int> sources)
    {
        int firstMean = slots.Count;
        for (int j = 0; j < Attributes.Length; j++)
        {
            sources.Add(block.FirstMeanSlot + Attributes[j]);
            slots.Add(slots[sources[^1]] with { Index = j });
        }
        int firstCovariance = slots.Count;
        for (int j = 0; j < Attributes.Length; j++)
        {
            for (int k = 0; k <= j; k++)
            {
                sources.Add(block.CovarianceSlot(Attributes[j], Attributes[k]));
                slots.Add(slots[sources[^1]] with { Index = j, Index2 = k });
            }
        }
        return block with { FirstMeanSlot = firstMean, FirstCovarianceSlot = firstCovariance };
    }

    private static ParameterLayout LayoutOf(ParameterLayout whole, List<ParameterSlot> slots, List<int> sources)
    {
        int[] rowStart = new int[slots.Count + 1];
        List<int> free = [];
        List<double> coefficients = [];
        for (int slot = 0; slot < slots.Count; slot++)
        {
            free.AddRange(whole.FreeOf(sources[slot]));
            coefficients.AddRange(whole.CoefficientsOf(sources[slot]));
            rowStart[slot + 1] = free.Count;
        }
        return new ParameterLayout([.. slots], [.. sources.Select(source => whole.Offset[source])], rowStart, [.. free], [.. coefficients], whole.FreeCount);
    }
}
