using ILGPU;
using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Memory;
using IrtGpu.Kernels.Reduction.Layout;
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
    private readonly LoadedItems items;
    private readonly int[] nodeCounts; // [number of attributes]
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
        nodeCounts = [.. layout.Nodes.Select((nodes, count) => nodes.Length / Math.Max(1, count))];
        first = [.. plan.Tables.Select(_ => Enumerable.Repeat(-1L, plan.ItemCount).ToArray())];
        items = new LoadedItems(plan, buffers, item => order[item]);
        foreach (LoadedItems.Part part in items.Parts)
        {
            foreach (int item in part.Items)
            {
                first[part.Table][item] = Length;
                Length += (long)plan.Items[item].CategoryCount * nodeCounts[part.Block.AttributeCount];
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
        plan, buffers, items.Parts.Select(part => new ItemCountSource(
            part.Sets, part.Block, part.Launcher, nodeCounts[part.Block.AttributeCount], part.Columns, theta[part.Block.AttributeCount], From(counts, part))),
        ReductionBytes, slots => items.Upload(slots[0]!));

    /// <summary>Queues the tables.</summary>
    /// <param name="slots">All parameters. [slot]</param>
    public void Fill(double[] slots)
    {
        items.Upload(slots);
        foreach (LoadedItems.Part part in items.Parts)
        {
            part.Launcher.Launch(part.Sets.Length, nodeCounts[part.Block.AttributeCount], theta[part.Block.AttributeCount], From(logProbability, part));
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

    private ArrayView<double> From(ArrayView<double> table, LoadedItems.Part part)
    {
        long begin = first[part.Table][part.Items[0]];
        return table.SubView(begin, table.Length - begin);
    }
}
