using ILGPU;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Items;

/// <summary>Where a derivative kernel works: threads are (chunk of nodes, item), items fastest.</summary>
internal readonly struct DerivativeShape
{
    public int ItemCount { get; init; }

    public int ChunkCount { get; init; }

    /// <summary>Nodes of a chunk.</summary>
    public int ChunkLength { get; init; }

    public int NodeCount { get; init; }

    /// <summary>Elements of scratch of a thread: sums first, then those of one node.</summary>
    public int ScratchLength { get; init; }

    /// <summary>Sums of an item: value, gradient by attribute and shape, Hessian of the same, packed.</summary>
    public int SumCount { get; init; }

    /// <summary>1: with derivatives; 0: values only.</summary>
    public int WithDerivatives { get; init; }
}

/// <summary>Σ r log P of items with gradient and Hessian: what Newton steps need, all items of a table and model in one launch.</summary>
/// <remarks>
/// A thread owns one item at a run of nodes and adds in node order; a second kernel adds the runs in order, where there are many of them in two steps. Scratch is
/// [element, thread], threads fastest. Slopes come in for every attribute; the host takes those the item has.
/// </remarks>
internal static class ItemDerivativeKernels
{
    /// <summary>Sums of one item over one run of nodes.</summary>
    /// <typeparam name="TModel">The items' response function.</typeparam>
    /// <param name="thread">chunk · items + item.</param>
    /// <param name="shape">Threads and scratch.</param>
    /// <param name="items">Parameters.</param>
    /// <param name="theta">Nodes. [node, attribute], those of an item from its own beginning</param>
    /// <param name="counts">Expected counts of the items' table. [row, node]</param>
    /// <param name="scratch">Receives the sums. [element, thread]</param>
    public static void SumNodes<TModel>(
        Index1D thread, DerivativeShape shape, ItemBlockViews items, ArrayView<double> theta, ArrayView<double> counts, ArrayView<double> scratch)
        where TModel : struct, IItemModel
    {
        int item = thread.X % shape.ItemCount;
        int first = thread.X / shape.ItemCount * shape.ChunkLength;
        int end = IntrinsicMath.Min(first + shape.ChunkLength, shape.NodeCount);
        int threads = shape.ItemCount * shape.ChunkCount;
        int attributeCount = items.AttributeCount;
        int categoryCount = items.CategoryCount[item];
        int shapeCount = TModel.ShapeCount(categoryCount);
        int parameterCount = attributeCount + shapeCount;
        int localCount = 1 + shapeCount;
        var sums = new ArrayViewVector(scratch, thread.X, threads);
        int sumCount = shape.WithDerivatives != 0 ? 1 + parameterCount + PackedTriangle.Length(parameterCount) : 1;
        for (int k = 0; k < sumCount; k++)
            sums[k] = 0.0;

        long logOffset = (long)shape.SumCount * threads + thread.X;
        var logProbability = new ArrayViewVector(scratch, logOffset, threads);
        var gradient = new ArrayViewVector(scratch, logOffset + (long)items.MaxCategories * threads, threads);
        var hessian = new ArrayViewVector(scratch, logOffset + (long)(items.MaxCategories + 1 + items.MaxShape) * threads, threads);
        var parameters = new ArrayViewVector(items.Shape, (long)item * items.MaxShape, 1);
        var scores = new ArrayViewVector(items.Scores, (long)item * items.MaxCategories, 1);
        for (int node = first; node < end; node++)
        {
            long firstTheta = items.FirstTheta[item] + (long)node * attributeCount;
            double z = 0.0;
            for (int j = 0; j < attributeCount; j++)
                z += items.Slopes[(long)item * attributeCount + j] * theta[firstTheta + j];
            TModel.LogProbabilities(z, categoryCount, parameters, scores, logProbability);
            var rows = new ArrayViewVector(counts, (long)items.FirstRow[item] * shape.NodeCount + node, shape.NodeCount);
            double value = 0.0;
            for (int category = 0; category < categoryCount; category++)
            {
                if (rows[category] != 0.0) // a probability of 0 that nobody needs is no −∞
                    value += rows[category] * logProbability[category];
            }

            sums[0] += value;
            if (shape.WithDerivatives == 0)
                continue;
            for (int k = 0; k < localCount; k++)
                gradient[k] = 0.0;
            for (int k = 0; k < PackedTriangle.Length(localCount); k++)
                hessian[k] = 0.0;
            TModel.AddDerivatives(z, categoryCount, parameters, scores, logProbability, rows, gradient, hessian);
            AddNode(attributeCount, shapeCount, theta, firstTheta, gradient, hessian, sums);
        }
    }

    /// <summary>Adds runs of one sum of one item: each lane every so-many-th run, in order.</summary>
    /// <param name="cell">(sum · lanes + lane) · items + item.</param>
    /// <param name="itemCount">Items.</param>
    /// <param name="chunkCount">Runs of a sum.</param>
    /// <param name="laneCount">Lanes of a sum.</param>
    /// <param name="chunks">Sums by run. [sum, run, item]</param>
    /// <param name="lanes">Receives the sums of lanes. [sum, lane, item]</param>
    public static void AddChunks(Index1D cell, int itemCount, int chunkCount, int laneCount, ArrayView<double> chunks, ArrayView<double> lanes)
    {
        int item = cell.X % itemCount;
        int lane = cell.X / itemCount % laneCount;
        int k = cell.X / itemCount / laneCount;
        double sum = 0.0;
        for (int chunk = lane; chunk < chunkCount; chunk += laneCount)
            sum += chunks[((long)k * chunkCount + chunk) * itemCount + item];
        lanes[cell] = sum;
    }

    /// <summary>Chain rule from z to slopes, ∂z/∂a_j = θ_j, for one node.</summary>
    private static void AddNode(
        int attributeCount, int shapeCount, ArrayView<double> theta, long position, ArrayViewVector gradient, ArrayViewVector hessian, ArrayViewVector sums)
    {
        int secondOrder = 1 + attributeCount + shapeCount;
        for (int j = 0; j < attributeCount; j++)
        {
            double thetaJ = theta[position + j];
            sums[1 + j] += thetaJ * gradient[0];
            for (int k = 0; k <= j; k++)
                sums[secondOrder + PackedTriangle.Index(j, k)] += thetaJ * theta[position + k] * hessian[0];
        }

        for (int r = 1; r <= shapeCount; r++)
        {
            int row = attributeCount + r - 1;
            int packed = PackedTriangle.Index(r, 0);
            int target = secondOrder + PackedTriangle.Index(row, 0);
            sums[1 + row] += gradient[r];
            for (int j = 0; j < attributeCount; j++)
                sums[target + j] += theta[position + j] * hessian[packed];
            for (int c = 1; c <= r; c++)
                sums[target + attributeCount + c - 1] += hessian[packed + c];
        }
    }
}
