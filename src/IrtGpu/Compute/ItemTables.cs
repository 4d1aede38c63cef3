using IrtGpu.Foundation.Vectors;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Vectors;

namespace IrtGpu.Compute;

/// <summary>Tables of item log-probabilities.</summary>
internal static class ItemTables
{
    /// <summary>Linear predictor of an item: Σ_j a_j θ_j.</summary>
    /// <param name="slopes">Slopes by loading.</param>
    /// <param name="attributes">Attribute of each loading.</param>
    /// <param name="theta">[node, attribute]</param>
    /// <param name="attributeCount">J.</param>
    /// <param name="z">Receives the predictor. [node]</param>
    public static void LinearPredictor(
        ReadOnlySpan<double> slopes, ReadOnlySpan<int> attributes, ReadOnlySpan<double> theta, int attributeCount, Span<double> z)
    {
        switch (VectorWidth.Bits)
        {
            case 512:
                LinearPredictor<Lanes512>(slopes, attributes, theta, attributeCount, z);
                break;
            case 256:
                LinearPredictor<Lanes256>(slopes, attributes, theta, attributeCount, z);
                break;
            default:
                LinearPredictor<Lanes128>(slopes, attributes, theta, attributeCount, z);
                break;
        }
    }

    /// <summary>Fills one table, rows of items that are not administered untouched.</summary>
    /// <param name="point">Parameters and nodes.</param>
    /// <param name="table">Table index.</param>
    /// <param name="logProbability">Receives log P. [row, stride]</param>
    /// <param name="stride">Distance of rows, at least the number of nodes.</param>
    /// <param name="threads">Number of threads; the result does not depend on it.</param>
    public static void Fill(ModelPoint point, int table, double[] logProbability, int stride, int threads)
    {
        CalibrationPlan plan = point.Plan;
        int[] setOfItem = plan.Tables[table].SetOfItem;
        Parallel.For(0, plan.ItemCount, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => new double[plan.NodeCount], (item, _, z) =>
        {
            if (setOfItem[item] >= 0)
            {
                FillItem(
                    point, plan.ParameterSets[setOfItem[item]], point.ThetaOfTable(table), plan.Items[item].Attributes, plan.AttributeCount, z,
                    logProbability.AsSpan(plan.Items[item].FirstRow * stride), stride);
            }
            return z;
        }, _ => { });
    }

    /// <summary>Log-probabilities of one item at any nodes.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="set">The item's parameters.</param>
    /// <param name="theta">[node, attribute]</param>
    /// <param name="attributes">Column of <paramref name="theta"/> of each loading.</param>
    /// <param name="attributeCount">Number of columns of <paramref name="theta"/>.</param>
    /// <param name="z">Scratch; its length is the number of nodes.</param>
    /// <param name="rows">Receives log P. [category, stride]</param>
    /// <param name="stride">Distance of rows, at least the number of nodes.</param>
    public static void FillItem(
        ModelPoint point, ItemParameterSet set, ReadOnlySpan<double> theta, ReadOnlySpan<int> attributes, int attributeCount, Span<double> z, Span<double> rows, int stride)
    {
        PlannedItem item = point.Plan.Items[set.Item];
        Span<double> slots = point.Parameters.Slots.AsSpan(set.FirstSlot, set.SlotCount);
        LinearPredictor(slots[..set.SlopeCount], attributes, theta, attributeCount, z);
        item.Family.Operations.FillTable(z, item.CategoryCount, slots[set.SlopeCount..], item.Scores, rows, stride);
    }

    /// <summary>A = −log P of the first category of an item of the exponential family.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="set">The item's parameters.</param>
    /// <param name="theta">[node, attribute]</param>
    /// <param name="attributes">Column of <paramref name="theta"/> of each loading.</param>
    /// <param name="attributeCount">Number of columns of <paramref name="theta"/>.</param>
    /// <returns>[node]</returns>
    public static double[] LogPartition(
        ModelPoint point, ItemParameterSet set, ReadOnlySpan<double> theta, ReadOnlySpan<int> attributes, int attributeCount)
    {
        int nodeCount = theta.Length / attributeCount;
        double[] partition = new double[nodeCount];
        LogPartition(point, set, theta, attributes, attributeCount, new double[(1 + point.Plan.Items[set.Item].CategoryCount) * nodeCount], partition);
        return partition;
    }

    /// <summary>A = −log P of the first category of an item of the exponential family, without memory of its own.</summary>
    /// <param name="point">Parameters.</param>
    /// <param name="set">The item's parameters.</param>
    /// <param name="theta">[node, attribute]</param>
    /// <param name="attributes">Column of <paramref name="theta"/> of each loading.</param>
    /// <param name="attributeCount">Number of columns of <paramref name="theta"/>.</param>
    /// <param name="scratch">At least (1 + categories) · nodes numbers.</param>
    /// <param name="partition">Receives A. [node]</param>
    public static void LogPartition(
        ModelPoint point, ItemParameterSet set, ReadOnlySpan<double> theta, ReadOnlySpan<int> attributes, int attributeCount,
        Span<double> scratch, Span<double> partition)
    {
        Span<double> rows = scratch[partition.Length..];
        FillItem(point, set, theta, attributes, attributeCount, scratch[..partition.Length], rows, partition.Length);
        System.Numerics.Tensors.TensorPrimitives.Negate(rows[..partition.Length], partition);
    }

    private static void LinearPredictor<TLanes>(
        ReadOnlySpan<double> slopes, ReadOnlySpan<int> attributes, ReadOnlySpan<double> theta, int attributeCount, Span<double> z)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int start = 0; start < z.Length; start += TLanes.Count)
        {
            int node = z.Length < TLanes.Count ? start : Math.Min(start, z.Length - TLanes.Count);
            int count = Math.Min(TLanes.Count, z.Length - node);
            TLanes value = 0.0;
            for (int loading = 0; loading < attributes.Length; loading++)
                value += slopes[loading] * LaneMemory.Load<TLanes>(theta[(node * attributeCount + attributes[loading])..], attributeCount, count);
            if (count == TLanes.Count)
                LaneMemory.Store(value, z[node..]);
            else
                LaneMemory.Store(value, z[node..], count);
        }
    }
}
