using IrtGpu.Items;
using IrtGpu.Kernels.Memory;
using IrtGpu.Models;
using IrtGpu.Planning;

namespace IrtGpu.Kernels.Items;

/// <summary>Items by table, model and number of attributes that they measure, with a slope for each of these alone.</summary>
internal sealed class LoadedItems
{
    private readonly CalibrationPlan plan;
    private readonly DeviceBuffers buffers;
    private readonly Func<int, int[]> order;
    private readonly List<Part> parts = [];

    /// <summary>Sorts the items and allocates their parameters.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="buffers">Where to allocate.</param>
    /// <param name="order">The attributes of an item in the order of its slopes on the device.</param>
    /// <param name="isApart">Items that go apart from the others of their model; null: none.</param>
    public LoadedItems(CalibrationPlan plan, DeviceBuffers buffers, Func<int, int[]> order, Func<int, bool>? isApart = null)
    {
        this.plan = plan;
        this.buffers = buffers;
        this.order = order;
        for (int table = 0; table < plan.Tables.Count; table++)
        {
            int[] setOfItem = plan.Tables[table].SetOfItem;
            foreach (ItemFamily family in ItemFamily.All)
            {
                foreach (IGrouping<(int Loadings, bool IsApart), int> items in Enumerable.Range(0, plan.ItemCount).Where(item => setOfItem[item] >= 0 && plan.Items[item].Family == family)
                    .GroupBy(item => (plan.Items[item].Attributes.Length, isApart?.Invoke(item) ?? false)))
                {
                    parts.Add(family.Use(new PartCreator(this, table, family, [.. items], items.Key.IsApart)));
                }
            }
        }
    }

    /// <summary>The items.</summary>
    public IReadOnlyList<Part> Parts => parts;

    /// <summary>Uploads slopes and shape parameters.</summary>
    /// <param name="slots">All parameters. [slot]</param>
    public void Upload(double[] slots)
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

    private Part CreatePart<TModel>(int table, ItemFamily family, int[] items, bool isApart)
        where TModel : struct, IItemModel
    {
        int[] firstRows = new int[items.Length];
        for (int index = 1; index < items.Length; index++)
            firstRows[index] = firstRows[index - 1] + plan.Items[items[index - 1]].CategoryCount;
        ItemBlock block = ItemBlock.Create<TModel>(plan.Items[items[0]].Attributes.Length, [.. items.Select(item => plan.Items[item].CategoryCount)], firstRows);
        for (int index = 0; index < items.Length; index++)
            plan.Items[items[index]].Scores.CopyTo(block.Scores, index * block.MaxCategories);
        long bytes = sizeof(double) * ((long)block.Slopes.Length + block.Shape.Length + block.Scores.Length) + (2L * sizeof(int) + sizeof(long)) * block.ItemCount;
        int[][] columns = [.. items.Select(item => plan.Items[item].Attributes.Select(attribute => Array.IndexOf(order(item), attribute)).ToArray())];
        return new Part(
            table, family, items, [.. items.Select(item => plan.Tables[table].SetOfItem[item])], block, buffers.Reserve(bytes, () => new ItemTableLauncher<TModel>(buffers.Accelerator, block)), columns)
        {
            IsApart = isApart,
        };
    }

    /// <summary>Items of one model and number of attributes in one table.</summary>
    /// <param name="Table">The table.</param>
    /// <param name="Family">The model.</param>
    /// <param name="Items">Their numbers in the plan.</param>
    /// <param name="Sets">Parameter set of each.</param>
    /// <param name="Block">Their parameters on the host.</param>
    /// <param name="Launcher">Their parameters on the device.</param>
    /// <param name="Columns">Place of each loading among the slopes on the device. [item][loading]</param>
    internal sealed record Part(int Table, ItemFamily Family, int[] Items, int[] Sets, ItemBlock Block, IItemTableLauncher Launcher, int[][] Columns)
    {
        /// <summary>Whether they go apart from others of their model.</summary>
        public bool IsApart { get; init; }
    }

    private sealed record PartCreator(LoadedItems Owner, int Table, ItemFamily Family, int[] Items, bool IsApart) : IItemModelUser<Part>
    {
        public Part Use<TModel>()
            where TModel : struct, IItemModel => Owner.CreatePart<TModel>(Table, Family, Items, IsApart);
    }
}
