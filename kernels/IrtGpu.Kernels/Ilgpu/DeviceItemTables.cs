using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Compute;
using IrtGpu.Models;
using IrtGpu.Planning;

namespace IrtGpu.Kernels;

/// <summary>The item tables of a plan on the device: one launch a table and item model.</summary>
internal sealed class DeviceItemTables
{
    private readonly CalibrationPlan plan;
    private readonly DeviceBuffers buffers;
    private readonly List<Part> parts = [];

    /// <summary>Sorts the items of each table by model and allocates their parameters.</summary>
    public DeviceItemTables(CalibrationPlan plan, DeviceBuffers buffers)
    {
        this.plan = plan;
        this.buffers = buffers;
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            int[] setOfItem = plan.Tables[table].SetOfItem;
            foreach (ItemModelKind kind in Enum.GetValues<ItemModelKind>())
            {
                int[] sets = [.. setOfItem.Where((set, item) => set >= 0 && plan.Items[item].Kind == kind)];
                if (sets.Length > 0)
                    parts.Add(CreatePart(table, kind, sets));
            }
        }
    }

    /// <summary>Items of one model in one table.</summary>
    public IReadOnlyList<Part> Parts => parts;

    /// <summary>Uploads slopes and shape parameters.</summary>
    /// <param name="slots">All parameters. [slot]</param>
    public void UploadParameters(double[] slots)
    {
        foreach (Part part in parts)
        {
            FillBlock(part, slots);
            part.Launcher.UploadParameters();
            buffers.CountUp(sizeof(double) * ((long)part.Block.Slopes.Length + part.Block.Shape.Length));
        }
    }

    /// <summary>Queues the tables at a run of nodes.</summary>
    /// <param name="theta">All nodes. [node set, node, attribute]</param>
    /// <param name="thetaStride">Elements of a node set.</param>
    /// <param name="firstNode">First node of the run.</param>
    /// <param name="nodeCount">Number of nodes.</param>
    /// <param name="logProbability">Receives log P. [table, row, node]</param>
    public void Fill(ArrayView<double> theta, long thetaStride, int firstNode, int nodeCount, ArrayView<double> logProbability)
    {
        long tableLength = (long)plan.RowCount * nodeCount;
        int attributeCount = plan.AttributeCount;
        foreach (Part part in parts)
        {
            ArrayView<double> nodes = theta.SubView(
                plan.Tables[part.Table].NodeSet * thetaStride + (long)firstNode * attributeCount, (long)nodeCount * attributeCount);
            part.Launcher.Launch(nodes, logProbability.SubView(part.Table * tableLength, tableLength));
            buffers.CountLaunch();
        }
    }

    private Part CreatePart(int table, ItemModelKind kind, int[] sets)
    {
        PlannedItem[] items = [.. sets.Select(set => plan.Items[plan.ParameterSets[set].Item])];
        int[] categories = [.. items.Select(item => item.CategoryCount)];
        int[] firstRows = [.. items.Select(item => item.FirstRow)];
        return kind switch
        {
            ItemModelKind.GeneralizedPartialCredit => Create<GeneralizedPartialCredit>(),
            ItemModelKind.GradedResponse => Create<GradedResponse>(),
            ItemModelKind.SequentialResponse => Create<SequentialResponse>(),
            ItemModelKind.FourParameterLogistic => Create<FourParameterLogistic>(),
            ItemModelKind.NominalResponse => Create<NominalResponse>(),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown item model."),
        };

        Part Create<TModel>()
            where TModel : struct, IItemModel
        {
            ItemBlock block = ItemBlock.Create<TModel>(plan.AttributeCount, categories, firstRows);
            for (int index = 0; index < items.Length; index++)
                items[index].Scores.CopyTo(block.Scores, index * block.MaxCategories);
            long bytes = sizeof(double) * ((long)block.Slopes.Length + block.Shape.Length + block.Scores.Length) + 2L * sizeof(int) * block.ItemCount;
            return new Part(table, sets, block, buffers.Reserve(bytes, () => new ItemTableLauncher<TModel>(buffers.Accelerator, block)));
        }
    }

    private void FillBlock(Part part, double[] slots)
    {
        ItemBlock block = part.Block;
        for (int index = 0; index < part.Sets.Length; index++)
        {
            ItemParameterSet set = plan.ParameterSets[part.Sets[index]];
            int[] attributes = plan.Items[set.Item].Attributes;
            for (int loading = 0; loading < set.SlopeCount; loading++)
                block.Slopes[index * block.AttributeCount + attributes[loading]] = slots[set.FirstSlot + loading];
            slots.AsSpan(set.FirstSlot + set.SlopeCount, set.ShapeCount).CopyTo(block.Shape.AsSpan(index * block.MaxShape));
        }
    }

    /// <summary>Items of one model in one table.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Sets">Parameter set of each item.</param>
    /// <param name="Block">Their parameters on the host.</param>
    /// <param name="Launcher">Their parameters on the device.</param>
    internal sealed record Part(int Table, int[] Sets, ItemBlock Block, IItemTableLauncher Launcher);
}
