using ILGPU;
using IrtGpu.Items;
using IrtGpu.Kernels.Memory;
using IrtGpu.Models;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Items;

/// <summary>The item tables of a plan on the device: one launch a table and item model.</summary>
internal sealed class DeviceItemTables
{
    private readonly CalibrationPlan plan;
    private readonly DeviceBuffers buffers;
    private readonly int capacity;
    private readonly List<Part> parts = [];

    /// <summary>Sorts the items of each table by model and allocates their parameters.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="buffers">Where to allocate.</param>
    /// <param name="capacity">Model points whose items lie one after the other in each block.</param>
    public DeviceItemTables(CalibrationPlan plan, DeviceBuffers buffers, int capacity = 1)
    {
        this.plan = plan;
        this.buffers = buffers;
        this.capacity = capacity;
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            int[] setOfItem = plan.Tables[table].SetOfItem;
            foreach (ItemFamily family in ItemFamily.All)
            {
                int[] sets = [.. setOfItem.Where((set, item) => set >= 0 && plan.Items[item].Family == family)];
                if (sets.Length > 0)
                    parts.Add(family.Use(new PartCreator(this, table, sets)));
            }
        }
    }

    /// <summary>Items of one model in one table.</summary>
    public IReadOnlyList<Part> Parts => parts;

    /// <summary>Uploads slopes and shape parameters.</summary>
    /// <param name="slots">All parameters. [slot]</param>
    public void UploadParameters(double[] slots) => UploadParameters([slots]);

    /// <summary>Uploads slopes and shape parameters of several model points.</summary>
    /// <param name="slotsOfPoint">All parameters of each point; null: as they were. [point][slot]</param>
    public void UploadParameters(IReadOnlyList<double[]?> slotsOfPoint)
    {
        foreach (Part part in parts)
        {
            for (int point = 0; point < slotsOfPoint.Count; point++)
            {
                if (slotsOfPoint[point] is { } slots)
                    FillBlock(part, point, slots);
            }
            part.Launcher.UploadParameters();
            buffers.CountUp(sizeof(double) * ((long)part.Block.Slopes.Length + part.Block.Shape.Length));
        }
    }

    /// <summary>Queues the tables at a run of nodes.</summary>
    /// <param name="theta">All nodes. [node set, node, attribute]</param>
    /// <param name="thetaStride">Elements of a node set.</param>
    /// <param name="firstNode">First node of the run.</param>
    /// <param name="nodeCount">Number of nodes.</param>
    /// <param name="logProbability">Receives log P. [point, table, row, node]</param>
    /// <param name="pointCount">Model points.</param>
    public void Fill(ArrayView<double> theta, long thetaStride, int firstNode, int nodeCount, ArrayView<double> logProbability, int pointCount = 1)
    {
        long tableLength = (long)plan.RowCount * nodeCount;
        int attributeCount = plan.AttributeCount;
        foreach (Part part in parts)
        {
            long first = part.Table * tableLength;
            part.Launcher.Launch(
                pointCount * part.Sets.Length, nodeCount,
                NodesFrom(theta, plan.Tables[part.Table].NodeSet * thetaStride + (long)firstNode * attributeCount),
                logProbability.SubView(first, logProbability.Length - first));
            buffers.CountLaunch();
        }
    }

    /// <summary>Nodes from an element on.</summary>
    public static ArrayView<double> NodesFrom(ArrayView<double> theta, long first) => theta.SubView(first, theta.Length - first);

    private Part CreatePart<TModel>(int table, int[] sets)
        where TModel : struct, IItemModel
    {
        PlannedItem[] items = [.. sets.Select(set => plan.Items[plan.ParameterSets[set].Item])];
        int[] categories = [.. Enumerable.Range(0, capacity).SelectMany(_ => items.Select(item => item.CategoryCount))];
        int[] firstRows = [.. Enumerable.Range(0, capacity).SelectMany(point => items.Select(item => point * plan.Tables.Count * plan.RowCount + item.FirstRow))];
        long thetaOfPoint = plan.Grid.Moves ? (long)plan.NodeSetCount * ProblemSize.Of(plan, 0).PaddedNodeCount * plan.AttributeCount : 0;
        ItemBlock block = ItemBlock.Create<TModel>(plan.AttributeCount, categories, firstRows);
        for (int index = 0; index < block.ItemCount; index++)
        {
            items[index % items.Length].Scores.CopyTo(block.Scores, index * block.MaxCategories);
            block.FirstTheta[index] = index / items.Length * thetaOfPoint;
        }
        long bytes = sizeof(double) * ((long)block.Slopes.Length + block.Shape.Length + block.Scores.Length) + (2L * sizeof(int) + sizeof(long)) * block.ItemCount;
        return new Part(table, sets, block, buffers.Reserve(bytes, () => new ItemTableLauncher<TModel>(buffers.Accelerator, block)));
    }

    private void FillBlock(Part part, int point, double[] slots)
    {
        ItemBlock block = part.Block;
        int first = point * part.Sets.Length;
        for (int index = 0; index < part.Sets.Length; index++)
        {
            ItemParameterSet set = plan.ParameterSets[part.Sets[index]];
            int[] attributes = plan.Items[set.Item].Attributes;
            for (int loading = 0; loading < set.SlopeCount; loading++)
                block.Slopes[(first + index) * block.AttributeCount + attributes[loading]] = slots[set.FirstSlot + loading];
            slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount).CopyTo(block.Shape.AsSpan((first + index) * block.MaxShape));
        }
    }

    /// <summary>Items of one model in one table.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Sets">Parameter set of each item of one model point.</param>
    /// <param name="Block">Their parameters on the host, point after point.</param>
    /// <param name="Launcher">Their parameters on the device.</param>
    internal sealed record Part(int Table, int[] Sets, ItemBlock Block, IItemTableLauncher Launcher);

    private sealed record PartCreator(DeviceItemTables Tables, int Table, int[] Sets) : IItemModelUser<Part>
    {
        public Part Use<TModel>()
            where TModel : struct, IItemModel => Tables.CreatePart<TModel>(Table, Sets);
    }
}
