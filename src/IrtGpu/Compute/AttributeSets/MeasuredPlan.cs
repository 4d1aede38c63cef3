using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Grids;
using IrtGpu.Planning.Layout;

namespace IrtGpu.Compute.AttributeSets;

/// <summary>The plan of some groups by the attributes that their items measure, and the points of the whole plan in it.</summary>
/// <remarks>
/// Item parameters keep sets and slots, so that questions about items go to either plan as they are. The populations of these attributes
/// alone have slots of their own behind those of the whole plan.
/// </remarks>
internal sealed class MeasuredPlan
{
    private readonly CalibrationPlan whole;
    private readonly int[] attributes; // of the whole plan, ascending

    /// <summary>Makes the plan.</summary>
    /// <param name="whole">The whole plan, whose nodes are a product.</param>
    /// <param name="groups">Groups of one set of attributes, ascending.</param>
    public MeasuredPlan(CalibrationPlan whole, int[] groups)
    {
        this.whole = whole;
        attributes = [.. whole.Measured.Of(groups[0])];
        Blocks = [.. groups.SelectMany(group => Enumerable.Range(group * whole.ClassCount, whole.ClassCount))];
        Tables = [.. Blocks.Select(block => whole.Blocks[block].Table).Distinct().Order()];
        List<ParameterSlot> slots = [.. whole.Layout.Slots];
        PlannedBlock[] blocks = [.. Blocks.Select((block, index) => Reduce(whole.Blocks[block], index, slots))];
        Plan = new CalibrationPlan
        {
            Specification = whole.Specification with { Attributes = [.. attributes.Select(attribute => whole.Specification.Attributes[attribute])] },
            Shape = whole.Shape with
            {
                GroupNames = [.. groups.Select(group => whole.Shape.GroupNames[group])],
                Administered = [.. groups.Select(group => whole.Shape.Administered[group])],
                Unused = whole.Shape.Unused is { } unused ? [.. groups.Select(group => unused[group])] : null,
            },
            Items = [.. whole.Items.Select(Reduce)],
            ClassNames = whole.ClassNames,
            Blocks = blocks,
            ParameterSets = whole.ParameterSets,
            Tables = [.. Tables.Select(table => Reduce(whole.Tables[table]))],
            Integration = whole.Integration,
            Grid = QuadratureGrid.Create(whole.Grid.Specification, attributes.Length, whole.Grid.Reason),
            Layout = new ParameterLayout([.. slots], new double[slots.Count], new int[slots.Count + 1], [], [], 0),
            Measured = whole.Measured.OfGroups(groups, attributes),
            Warnings = [],
        };
    }

    /// <summary>The plan of these groups.</summary>
    public CalibrationPlan Plan { get; }

    /// <summary>Its blocks in the whole plan. [block]</summary>
    public int[] Blocks { get; }

    /// <summary>Its tables in the whole plan. [table]</summary>
    public int[] Tables { get; }

    /// <summary>Its attributes in the whole plan. [attribute]</summary>
    public IReadOnlyList<int> Attributes => attributes;

    /// <summary>A point of the whole plan as one of this.</summary>
    /// <param name="point">Of the whole plan.</param>
    public ModelPoint PointOf(ModelPoint point)
    {
        ParameterVector parameters = new(Plan.Layout, []);
        double[] from = point.Parameters.Slots;
        double[] slots = parameters.Slots;
        from.CopyTo(slots, 0);
        foreach (PlannedBlock block in Plan.Blocks)
        {
            PlannedBlock old = whole.Blocks[Blocks[block.Index]];
            for (int j = 0; j < attributes.Length; j++)
            {
                slots[block.FirstMeanSlot + j] = from[old.FirstMeanSlot + attributes[j]];
                for (int k = 0; k <= j; k++)
                    slots[block.CovarianceSlot(j, k)] = from[old.CovarianceSlot(attributes[j], attributes[k])];
            }
        }
        return ModelPoint.TryCreate(Plan, parameters) ?? throw new InvalidOperationException("Part of a covariance matrix is none.");
    }

    /// <summary>The node of this plan that each node of the whole plan lies at in these attributes. [node of the whole plan]</summary>
    public int[] ReduceNodes()
    {
        int lineCount = whole.Grid.NodesPerAttribute;
        int[] reduced = new int[whole.NodeCount];
        for (int node = 0; node < reduced.Length; node++)
        {
            foreach (int attribute in attributes)
            {
                int stride = 1;
                for (int other = attribute + 1; other < whole.AttributeCount; other++)
                    stride *= lineCount;
                reduced[node] = reduced[node] * lineCount + node / stride % lineCount;
            }
        }
        return reduced;
    }

    private PlannedBlock Reduce(PlannedBlock block, int index, List<ParameterSlot> slots)
    {
        int firstMean = slots.Count;
        for (int j = 0; j < attributes.Length; j++)
            slots.Add(new ParameterSlot(ParameterKind.Mean, "mean", -1, index, j));
        int firstCovariance = slots.Count;
        for (int j = 0; j < attributes.Length; j++)
        {
            for (int k = 0; k <= j; k++)
                slots.Add(new ParameterSlot(ParameterKind.Covariance, j == k ? "variance" : "covariance", -1, index, j, k));
        }
        return new PlannedBlock(index, index / whole.ClassCount, block.Class, Array.IndexOf(Tables, block.Table), firstMean, firstCovariance, block.ClassLogitSlot);
    }

    /// <summary>Items of other attributes, which nobody in these groups answers, are in no table.</summary>
    private PlannedTable Reduce(PlannedTable table) => new(
        whole.Grid.Moves ? Array.IndexOf(Blocks, table.NodeSet) : 0, [.. table.SetOfItem.Select((set, item) => IsMeasured(whole.Items[item]) ? set : -1)]);

    private PlannedItem Reduce(PlannedItem item) =>
        item with { Attributes = IsMeasured(item) ? [.. item.Attributes.Select(attribute => Array.IndexOf(attributes, attribute))] : [0] };

    private bool IsMeasured(PlannedItem item) => item.Attributes.All(attributes.Contains);
}
