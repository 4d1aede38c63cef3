using IrtGpu.Kernels.Items;
using IrtGpu.Models;
using IrtGpu.Models.Functions;

namespace IrtGpu.Kernels.Tests.Items;

/// <summary>Reproducible blocks of items in their model's domain, for comparing devices with the host.</summary>
internal static class RandomItems
{
    /// <summary>Items with 2, 3, 4, 5, 2, … categories (2 where the model has no more), first rows with a gap before each.</summary>
    public static ItemBlock Draw<TModel>(int itemCount, int attributeCount, int seed)
        where TModel : struct, IItemModel
    {
        var random = new Random(seed);
        var categoryCount = new int[itemCount];
        var firstRow = new int[itemCount];
        int row = 0;
        for (int item = 0; item < itemCount; item++)
        {
            categoryCount[item] = typeof(TModel) == typeof(FourParameterLogistic) ? 2 : 2 + item % 4;
            firstRow[item] = row + 1;
            row = firstRow[item] + categoryCount[item];
        }

        ItemBlock block = ItemBlock.Create<TModel>(attributeCount, categoryCount, firstRow);
        for (int index = 0; index < block.Slopes.Length; index++)
            block.Slopes[index] = random.Next(10) == 0 ? 60.0 * random.NextDouble() : 0.2 + 2.0 * random.NextDouble();
        for (int item = 0; item < itemCount; item++)
        {
            Span<double> shape = block.Shape.AsSpan(item * block.MaxShape, TModel.ShapeCount(categoryCount[item]));
            double value = 2.0;
            foreach (ref double parameter in shape)
            {
                value -= 0.1 + random.NextDouble();
                parameter = value;
            }

            if (typeof(TModel) == typeof(GradedRatingScale))
                shape[^1] = 0.3 + 2.0 * random.NextDouble(); // a slope

            Span<double> scores = block.Scores.AsSpan(item * block.MaxCategories, categoryCount[item]);
            for (int category = 1; category < scores.Length; category++)
                scores[category] += random.NextDouble() - 0.5;
        }

        return block;
    }

    /// <summary>Nodes between −6 and 6. [node, attribute]</summary>
    public static double[] DrawNodes(int nodeCount, int attributeCount, int seed)
    {
        var random = new Random(seed);
        var theta = new double[nodeCount * attributeCount];
        foreach (ref double coordinate in theta.AsSpan())
            coordinate = 12.0 * random.NextDouble() - 6.0;
        return theta;
    }

    /// <summary>The plain loop on the host: log P of the block's rows, <paramref name="untouched"/> in all others. [row, node]</summary>
    public static double[] HostTable<TModel>(ItemBlock block, double[] theta, int rowCount, double untouched)
        where TModel : struct, IItemModel
    {
        int nodeCount = theta.Length / block.AttributeCount;
        var table = new double[rowCount * nodeCount];
        Array.Fill(table, untouched);
        for (int item = 0; item < block.ItemCount; item++)
        {
            for (int node = 0; node < nodeCount; node++)
            {
                double z = 0.0;
                for (int attribute = 0; attribute < block.AttributeCount; attribute++)
                    z += block.Slopes[item * block.AttributeCount + attribute] * theta[node * block.AttributeCount + attribute];
                TModel.LogProbabilities(
                    z,
                    block.CategoryCount[item],
                    new SpanVector(block.Shape.AsSpan(item * block.MaxShape)),
                    new SpanVector(block.Scores.AsSpan(item * block.MaxCategories)),
                    new SpanVector(table.AsSpan(block.FirstRow[item] * nodeCount + node), nodeCount));
            }
        }

        return table;
    }

    /// <summary>Rows of a table that holds the block, with one row to spare at the end.</summary>
    public static int RowCount(ItemBlock block) => block.FirstRow[^1] + block.CategoryCount[^1] + 1;
}
