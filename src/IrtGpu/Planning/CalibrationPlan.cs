using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items;
using IrtGpu.Planning.Grids;
using IrtGpu.Planning.Integration;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Planning;

/// <summary>A specification resolved against data: items, blocks, tables, nodes and the map of free parameters.</summary>
public sealed class CalibrationPlan
{
    internal CalibrationPlan()
    {
    }

    /// <summary>What was asked for.</summary>
    public required ModelSpecification Specification { get; init; }

    /// <summary>Names, categories and administration of the data.</summary>
    public required DataShape Shape { get; init; }

    /// <summary>Items. [item]</summary>
    public required IReadOnlyList<PlannedItem> Items { get; init; }

    /// <summary>Names of the classes, K of them. [class]</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>Blocks, group-major. [group · K + class]</summary>
    public required IReadOnlyList<PlannedBlock> Blocks { get; init; }

    /// <summary>Distinct item parameter sets.</summary>
    public required IReadOnlyList<ItemParameterSet> ParameterSets { get; init; }

    /// <summary>Distinct tables of item probabilities.</summary>
    public required IReadOnlyList<PlannedTable> Tables { get; init; }

    /// <summary>How attributes are integrated out.</summary>
    public required IntegrationChoice Integration { get; init; }

    /// <summary>Nodes.</summary>
    public required QuadratureGrid Grid { get; init; }

    /// <summary>Free-parameter map.</summary>
    public required ParameterLayout Layout { get; init; }

    /// <summary>Starting values before the data are looked at. [free]</summary>
    internal double[] DefaultStart { get; init; } = [];

    /// <summary>Which starting values the user gave. [free]</summary>
    internal bool[] HasUserStart { get; init; } = [];

    /// <summary>Parameters that cannot start where the user said, since others that they are tied to start elsewhere.</summary>
    internal IReadOnlyList<string> UnmetStarts { get; init; } = [];

    internal IReadOnlyList<PlannedPrior> Priors { get; init; } = [];

    /// <summary>Free parameters that have no finite estimate, since nobody gives a category, and that <see cref="Warnings"/> name.</summary>
    internal IReadOnlySet<int> WithoutLimit { get; init; } = new HashSet<int>();

    /// <summary>Sentences about the specification that the user should read.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Which attributes the items of each group measure; of the others a group has no population.</summary>
    public required MeasuredAttributes Measured { get; init; }

    /// <summary>Number of items I.</summary>
    public int ItemCount => Items.Count;

    /// <summary>Number of attributes J.</summary>
    public int AttributeCount => Specification.Attributes.Count;

    /// <summary>Number of observed groups H.</summary>
    public int GroupCount => Shape.GroupNames.Length;

    /// <summary>Number of latent classes K.</summary>
    public int ClassCount => ClassNames.Count;

    /// <summary>Number of nodes L.</summary>
    public int NodeCount => Grid.NodeCount;

    /// <summary>Number of category rows C.</summary>
    public int RowCount => Items.Count == 0 ? 0 : Items[^1].FirstRow + Items[^1].CategoryCount;

    /// <summary>Number of node sets: one when fixed, one a block when moving.</summary>
    public int NodeSetCount => Grid.Moves ? Blocks.Count : 1;

    /// <summary>Number of elements of a packed J × J lower triangle.</summary>
    public int CovarianceCount => PackedTriangle.Length(AttributeCount);

    /// <summary>Log prior density; 0 without priors.</summary>
    /// <param name="parameters">Where.</param>
    internal double LogPrior(ParameterVector parameters)
    {
        double sum = 0;
        foreach (PlannedPrior prior in Priors)
            sum += prior.LogDensity(parameters.Slots[prior.Slot]);
        return sum;
    }

    /// <summary>Whether every item's parameters are admissible and every prior's support contains them.</summary>
    /// <param name="parameters">Where.</param>
    internal bool IsInDomain(ParameterVector parameters)
    {
        foreach (ItemParameterSet set in ParameterSets)
        {
            if (!IsInDomain(set, parameters))
                return false;
        }
        return !double.IsNegativeInfinity(LogPrior(parameters));
    }

    /// <summary>Whether one item's parameters are admissible.</summary>
    /// <param name="set">The item's parameters.</param>
    /// <param name="parameters">Where.</param>
    internal bool IsInDomain(ItemParameterSet set, ParameterVector parameters) => Items[set.Item].Family.Operations.IsInDomain(
        Items[set.Item].CategoryCount, parameters.Slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount));

    /// <summary>Whether the user fixed the slot or said where it starts, itself or by what it is tied to.</summary>
    /// <param name="slot">Slot index.</param>
    internal bool IsGiven(int slot)
    {
        foreach (int free in Layout.FreeOf(slot))
        {
            if (!HasUserStart[free])
                return false;
        }
        return true;
    }
}
