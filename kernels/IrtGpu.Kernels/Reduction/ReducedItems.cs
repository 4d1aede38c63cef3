using ILGPU;
using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Items;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Memory;
using IrtGpu.Kernels.Reduction.Layout;
using IrtGpu.Models;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Reduction;

/// <summary>Items at the nodes of their own attributes: tables of log P and expected counts, one launch a table, item model and number of attributes.</summary>
internal sealed class ReducedItems
{
    private const long ReductionBytes = 32L << 20; // partial sums of derivatives

    private readonly CalibrationPlan plan;
    private readonly DeviceBuffers buffers;
    private readonly int[][] order; // [item] its attributes in the order of its step's nodes
    private readonly ArrayView<double>[] theta; // [number of attributes][node, coordinate]
    private readonly List<Part> parts = [];
    private readonly long[][] first; // [table][item] of log P and of counts; −1 where the table does not have the item
    private readonly ArrayView<double> logProbability;

    /// <summary>Sorts the items and allocates their tables.</summary>
    /// <param name="layout">Steps and nodes.</param>
    /// <param name="steps">The steps on the device.</param>
    /// <param name="buffers">Where to allocate.</param>
    public ReducedItems(ReducedLayout layout, DeviceStep[] steps, DeviceBuffers buffers)
    {
        plan = layout.Plan;
        this.buffers = buffers;
        order = new int[plan.ItemCount][];
        foreach (ReducedStep step in layout.Steps)
        {
            foreach (int item in step.Source.Items)
                order[item] = steps[step.Source.Index].InOrder(plan.Items[item].Attributes);
        }
        theta = [.. layout.Nodes.Select(nodes => buffers.Allocate<double>(nodes.Length))];
        for (int count = 0; count < theta.Length; count++)
            buffers.Upload(theta[count], layout.Nodes[count]);
        first = [.. plan.Tables.Select(_ => Enumerable.Repeat(-1L, plan.ItemCount).ToArray())];
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            int[] setOfItem = plan.Tables[table].SetOfItem;
            foreach (ItemFamily family in ItemFamily.All)
            {
                foreach (IGrouping<int, int> items in Enumerable.Range(0, plan.ItemCount).Where(item => setOfItem[item] >= 0 && plan.Items[item].Family == family)
                    .GroupBy(item => plan.Items[item].Attributes.Length))
                {
                    int nodeCount = layout.Nodes[items.Key].Length / items.Key;
                    foreach (int item in items)
                    {
                        first[table][item] = Length;
                        Length += (long)plan.Items[item].CategoryCount * nodeCount;
                    }
                    parts.Add(family.Use(new PartCreator(this, [.. items.Select(item => setOfItem[item])], [.. items], nodeCount, first[table][items.First()])));
                }
            }
        }
        logProbability = buffers.Allocate<double>(Length);
    }

    /// <summary>Doubles of all tables.</summary>
    public long Length { get; }

    /// <summary>log P. [table, item][category, node]</summary>
    public ArrayView<double> LogProbability => logProbability;

    /// <summary>Where an item's rows begin, in log P and in counts; −1 where the table does not have it.</summary>
    public long First(int table, int item) => first[table][item];

    /// <summary>Prepares questions about counts.</summary>
    /// <param name="counts">Laid out as log P.</param>
    public DeviceItemDerivatives Ask(ArrayView<double> counts) => new(
        plan, buffers, parts.Select(part => new ItemCountSource(
            part.Sets, part.Block, part.Launcher, part.NodeCount, part.Columns, theta[part.Block.AttributeCount], counts.SubView(part.First, counts.Length - part.First))),
        ReductionBytes, slots => Upload(slots[0]!));

    /// <summary>Queues the tables.</summary>
    /// <param name="slots">All parameters. [slot]</param>
    public void Fill(double[] slots)
    {
        Upload(slots);
        foreach (Part part in parts)
        {
            part.Launcher.Launch(part.Sets.Length, part.NodeCount, theta[part.Block.AttributeCount], logProbability.SubView(part.First, Length - part.First));
            buffers.CountLaunch();
        }
    }

    /// <summary>Counts in the order in which the host has nodes.</summary>
    /// <param name="counts">Laid out as log P.</param>
    /// <param name="lineLength">Nodes of one attribute.</param>
    /// <returns>[table][item][category, node]; nothing of items that a table does not have</returns>
    public double[][][] Download(ArrayView<double> counts, int lineLength)
    {
        double[] all = new double[Length];
        buffers.Download(counts, all);
        return [.. plan.Tables.Select((_, table) => (double[][])[.. plan.Items.Select((item, index) =>
        {
            if (first[table][index] < 0)
                return [];
            int[] nodes = HostNodes(index, lineLength);
            double[] found = new double[item.CategoryCount * nodes.Length];
            for (int place = 0; place < found.Length; place++)
                found[place / nodes.Length * nodes.Length + nodes[place % nodes.Length]] = all[first[table][index] + place];
            return found;
        })])];
    }

    /// <summary>Where the host has each node of an item. [node]</summary>
    private int[] HostNodes(int item, int lineLength)
    {
        int[] attributes = plan.Items[item].Attributes;
        int count = 1;
        for (int j = 0; j < attributes.Length; j++)
            count *= lineLength;
        int[] nodes = new int[count];
        for (int node = 0; node < count; node++)
        {
            for (int position = attributes.Length - 1, rest = node; position >= 0; position--, rest /= lineLength)
            {
                int weight = rest % lineLength;
                for (int behind = Array.IndexOf(attributes, order[item][position]) + 1; behind < attributes.Length; behind++)
                    weight *= lineLength;
                nodes[node] += weight;
            }
        }
        return nodes;
    }

    private void Upload(double[] slots)
    {
        foreach (Part part in parts)
        {
            for (int index = 0; index < part.Sets.Length; index++)
            {
                ItemParameterSet set = plan.ParameterSets[part.Sets[index]];
                for (int loading = 0; loading < set.SlopeCount; loading++)
                    part.Block.Slopes[index * part.Block.AttributeCount + part.Columns[index][loading]] = slots[set.FirstSlot + loading];
                slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount).CopyTo(part.Block.Shape.AsSpan(index * part.Block.MaxShape));
            }
            part.Launcher.UploadParameters();
            buffers.CountUp(sizeof(double) * ((long)part.Block.Slopes.Length + part.Block.Shape.Length));
        }
    }

    private Part CreatePart<TModel>(int[] sets, int[] items, int nodeCount, long firstOfPart)
        where TModel : struct, IItemModel
    {
        int[] firstRows = new int[items.Length];
        for (int index = 1; index < items.Length; index++)
            firstRows[index] = firstRows[index - 1] + plan.Items[items[index - 1]].CategoryCount;
        ItemBlock block = ItemBlock.Create<TModel>(plan.Items[items[0]].Attributes.Length, [.. items.Select(item => plan.Items[item].CategoryCount)], firstRows);
        for (int index = 0; index < items.Length; index++)
            plan.Items[items[index]].Scores.CopyTo(block.Scores, index * block.MaxCategories);
        long bytes = sizeof(double) * ((long)block.Slopes.Length + block.Shape.Length + block.Scores.Length) + (2L * sizeof(int) + sizeof(long)) * block.ItemCount;
        int[][] columns = [.. items.Select(item => plan.Items[item].Attributes.Select(attribute => Array.IndexOf(order[item], attribute)).ToArray())];
        return new Part(sets, block, buffers.Reserve(bytes, () => new ItemTableLauncher<TModel>(buffers.Accelerator, block)), nodeCount, columns, firstOfPart);
    }

    /// <summary>Items of one model and number of attributes in one table.</summary>
    private sealed record Part(int[] Sets, ItemBlock Block, IItemTableLauncher Launcher, int NodeCount, int[][] Columns, long First);

    private sealed record PartCreator(ReducedItems Owner, int[] Sets, int[] Items, int NodeCount, long First) : IItemModelUser<Part>
    {
        public Part Use<TModel>()
            where TModel : struct, IItemModel => Owner.CreatePart<TModel>(Sets, Items, NodeCount, First);
    }
}
