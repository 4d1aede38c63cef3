using System.Globalization;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Items;

/// <summary>Items of one model, laid out for a kernel: rows padded to the widest item.</summary>
internal sealed class ItemBlock
{
    private ItemBlock(int attributeCount, int maxShape, int maxCategories, int[] categoryCount, int[] firstRow)
    {
        AttributeCount = attributeCount;
        MaxShape = maxShape;
        MaxCategories = maxCategories;
        CategoryCount = categoryCount;
        FirstRow = firstRow;
        int itemCount = categoryCount.Length;
        Slopes = new double[itemCount * attributeCount];
        Shape = new double[itemCount * maxShape];
        Scores = new double[itemCount * maxCategories];
        FirstTheta = new long[itemCount];
        for (int item = 0; item < itemCount; item++)
        {
            for (int category = 0; category < categoryCount[item]; category++)
                Scores[item * maxCategories + category] = category;
        }
    }

    /// <summary>Number of items in the block.</summary>
    public int ItemCount => CategoryCount.Length;

    /// <summary>J.</summary>
    public int AttributeCount { get; }

    /// <summary>Shape parameters of the widest item.</summary>
    public int MaxShape { get; }

    /// <summary>Categories of the widest item.</summary>
    public int MaxCategories { get; }

    /// <summary>M of each item. [item]</summary>
    public int[] CategoryCount { get; }

    /// <summary>Row of each item's first category in the table that holds all items of all blocks. [item]</summary>
    public int[] FirstRow { get; }

    /// <summary>Slopes, 0 where the item does not load. [item, attribute]</summary>
    public double[] Slopes { get; }

    /// <summary>Shape parameters on the working scale; what lies beyond an item's own number is not read. [item, maxShape]</summary>
    public double[] Shape { get; }

    /// <summary>Category scores, 0…M−1 at first. [item, maxCategories]</summary>
    public double[] Scores { get; }

    /// <summary>Where the item's nodes begin, elements after the nodes of the launch: 0 unless model points with nodes of their own share a block. [item]</summary>
    public long[] FirstTheta { get; }

    /// <summary>A block of items of model <typeparamref name="TModel"/>, slopes and shape still 0.</summary>
    /// <param name="attributeCount">J ≥ 1.</param>
    /// <param name="categoryCount">M ≥ 2 of each item. [item]</param>
    /// <param name="firstRow">Row of each item's first category. [item]</param>
    /// <exception cref="ArgumentException">No item, an item with fewer than two categories, or lengths that differ.</exception>
    public static ItemBlock Create<TModel>(int attributeCount, int[] categoryCount, int[] firstRow)
        where TModel : struct, IItemModel
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attributeCount, 1);
        if (categoryCount.Length == 0)
            throw new ArgumentException("A block needs at least one item.", nameof(categoryCount));
        if (firstRow.Length != categoryCount.Length)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"There are {firstRow.Length} first rows for {categoryCount.Length} items; each item needs one."),
                nameof(firstRow));
        }

        int maxShape = 0;
        int maxCategories = 0;
        for (int item = 0; item < categoryCount.Length; item++)
        {
            if (categoryCount[item] < 2)
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"Item {item} of the block has {categoryCount[item]} categories; it needs at least two."),
                    nameof(categoryCount));
            }

            maxShape = Math.Max(maxShape, TModel.ShapeCount(categoryCount[item]));
            maxCategories = Math.Max(maxCategories, categoryCount[item]);
        }

        return new ItemBlock(attributeCount, maxShape, maxCategories, categoryCount, firstRow);
    }
}
