using IrtGpu.Foundation.Collections;
using IrtGpu.Items;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Planning.Identification;

/// <summary>The metric of an attribute, by component of blocks that share it.</summary>
/// <param name="Component">The block that stands for the component. [block]</param>
/// <param name="HasScale">Whether something but the population gives the unit: a fixed slope, or another attribute. [component]</param>
/// <param name="HasOrigin">Whether an item that is fixed whole gives the origin. [component]</param>
internal sealed record AttributeMetric(int[] Component, bool[] HasScale, bool[] HasOrigin);

/// <summary>Finds what gives each attribute its metric, before populations are settled.</summary>
/// <param name="specification">What was asked for.</param>
/// <param name="items">Items.</param>
/// <param name="sets">Their parameter sets.</param>
/// <param name="blockCount">Number of blocks.</param>
/// <param name="builder">Which parameters are fixed or tied.</param>
internal sealed class AttributeMetrics(ModelSpecification specification, PlannedItem[] items, List<ItemParameterSet> sets, int blockCount, ParameterLayoutBuilder builder)
{
    /// <summary>Finds them. [attribute]</summary>
    public AttributeMetric[] Find()
    {
        AttributeMetric[] metrics = [.. Enumerable.Range(0, specification.Attributes.Count).Select(FindMetric)];
        ShareUnits(metrics);
        return metrics;
    }

    /// <summary>What fixed item parameters give of an attribute's metric. Blocks that share item parameters measuring the attribute share its metric.</summary>
    private AttributeMetric FindMetric(int attribute)
    {
        int[] component = LinkBlocks(attribute);
        bool[] hasScale = new bool[blockCount];
        bool[] hasOrigin = new bool[blockCount];
        for (int set = 0; set < sets.Count; set++)
        {
            PlannedItem item = items[sets[set].Item];
            int slope = SlopeSlot(set, attribute);
            if (slope < 0 || !builder.IsFixed(slope) || builder.Value(slope) == 0)
                continue;
            int home = component[sets[set].Blocks[0]];
            hasScale[home] = true;
            hasOrigin[home] |= Enumerable.Range(sets[set].FirstSlot + sets[set].SlopeCount, item.CategoryCount - 1).All(builder.IsFixed);
        }
        return new AttributeMetric(component, hasScale, hasOrigin);
    }

    /// <summary>
    /// Attributes of which an item's slopes are one parameter have one unit: where nothing else gives it, the variance of the first of them
    /// does, and those of the others are free.
    /// </summary>
    private void ShareUnits(AttributeMetric[] metrics)
    {
        LinkedSets linked = new(metrics.Length * blockCount); // [attribute, component]
        for (int set = 0; set < sets.Count; set++)
        {
            foreach (int attribute in items[sets[set].Item].Attributes)
            {
                foreach (int other in items[sets[set].Item].Attributes.Where(other => other < attribute && builder.AreTied(SlopeSlot(set, attribute), SlopeSlot(set, other))))
                {
                    foreach (int block in sets[set].Blocks)
                        linked.Link(other * blockCount + metrics[other].Component[block], attribute * blockCount + metrics[attribute].Component[block]);
                }
            }
        }
        foreach (int[] shared in linked.Sets().Where(set => set.Length > 1))
        {
            bool isGiven = Array.Exists(shared, node => metrics[node / blockCount].HasScale[node % blockCount]);
            for (int position = isGiven ? 0 : 1; position < shared.Length; position++)
                metrics[shared[position] / blockCount].HasScale[shared[position] % blockCount] = true;
        }
    }

    private int[] LinkBlocks(int attribute)
    {
        LinkedSets linked = new(blockCount);
        Dictionary<int, int> firstBlockOfSlot = [];
        for (int set = 0; set < sets.Count; set++)
        {
            if (!items[sets[set].Item].Attributes.Contains(attribute))
                continue;
            foreach (int block in sets[set].Blocks)
                linked.Link(block, sets[set].Blocks[0]);
            // Items held equal one parameter at a time link as well: their intercepts must be tied.
            int intercept = sets[set].FirstSlot + sets[set].SlopeCount;
            foreach ((int slot, int block) in firstBlockOfSlot)
            {
                if (builder.AreTied(slot, intercept))
                    linked.Link(block, sets[set].Blocks[0]);
            }
            if (specification.Constraints.Any(constraint => constraint.Kind == ConstraintKind.Equal))
                firstBlockOfSlot[intercept] = sets[set].Blocks[0];
        }
        return linked.Roots();
    }

    private int SlopeSlot(int set, int attribute)
    {
        PlannedItem item = items[sets[set].Item];
        int loading = Array.IndexOf(item.Attributes, attribute);
        return loading < 0 ? -1 : sets[set].FirstSlot + item.Family.SlopeSlot(item, loading);
    }
}
