using ILGPU;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Items;
using IrtGpu.Kernels.Memory;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Adaptive;

/// <summary>Answers at the nodes of each person's own, items of one model in one table at a time: log P, and sums of its derivatives under the posterior weights.</summary>
/// <remarks>Vectors of a thread lie in shared memory, [element, thread], as many as the launch asks for.</remarks>
internal static class PersonAnswerKernels
{
    /// <summary>Adds log P of all answers of a pattern to its log joint density at one node.</summary>
    /// <typeparam name="TModel">The items' response function.</typeparam>
    /// <param name="shape">The items; thread entry · nodes + node, groups in order.</param>
    /// <param name="items">Their parameters.</param>
    /// <param name="views">Persons.</param>
    public static void AddAnswers<TModel>(AnswerShape shape, ItemBlockViews items, PersonViews views)
        where TModel : struct, IItemModel
    {
        ArrayView<double> shared = SharedMemory.GetDynamic<double>();
        long thread = (long)Grid.IdxX * Group.DimX + Group.IdxX;
        if (thread >= (long)views.PatternCount * views.ClassCount * views.NodeCount)
            return;
        int node = (int)(thread % views.NodeCount);
        int entry = (int)(thread / views.NodeCount);
        int pattern = views.FirstPattern + entry / views.ClassCount;
        if (!IsAsked(shape, views, pattern, entry % views.ClassCount))
            return;
        var logProbability = new ArrayViewVector(shared, Group.IdxX, Group.DimX);
        double sum = 0.0;
        for (int item = 0; item < shape.ItemCount; item++)
        {
            int category = Answer(shape, views, pattern, item);
            if (category == EStepKernels.Missing)
                continue;
            TModel.LogProbabilities(
                Predict(shape, items, views, item, entry, node), items.CategoryCount[item], new ArrayViewVector(items.Shape, (long)item * items.MaxShape, 1),
                new ArrayViewVector(items.Scores, (long)item * items.MaxCategories, 1), logProbability);
            sum += logProbability[category];
        }

        views.Weights[thread] += sum;
    }

    /// <summary>Σ w log P of one item with its derivatives, over the patterns of one slice and all nodes; one group an item and slice.</summary>
    /// <remarks>A thread has every so-many-th node of every pattern in order; at the end each sum adds the threads in order.</remarks>
    /// <typeparam name="TModel">The items' response function.</typeparam>
    /// <param name="shape">The items; group slice · asked items + position.</param>
    /// <param name="items">Their parameters.</param>
    /// <param name="views">Persons.</param>
    /// <param name="sums">Added to. [slice, item, sum]</param>
    public static void SumAnswers<TModel>(AnswerShape shape, ItemBlockViews items, PersonViews views, ArrayView<double> sums)
        where TModel : struct, IItemModel
    {
        ArrayView<double> shared = SharedMemory.GetDynamic<double>();
        int item = shape.Asked[Grid.IdxX % shape.AskedCount];
        int slice = Grid.IdxX / shape.AskedCount;
        int threads = Group.DimX;
        int categoryCount = items.CategoryCount[item];
        int shapeCount = TModel.ShapeCount(categoryCount);
        int localCount = 1 + shapeCount;
        var own = new ArrayViewVector(shared, Group.IdxX, threads);
        int scratch = shape.SumCount * threads + Group.IdxX;
        var logProbability = new ArrayViewVector(shared, scratch, threads);
        var gradient = new ArrayViewVector(shared, scratch + items.MaxCategories * threads, threads);
        var hessian = new ArrayViewVector(shared, scratch + (items.MaxCategories + 1 + items.MaxShape) * threads, threads);
        var parameters = new ArrayViewVector(items.Shape, (long)item * items.MaxShape, 1);
        var scores = new ArrayViewVector(items.Scores, (long)item * items.MaxCategories, 1);
        for (int index = 0; index < shape.SumCount; index++)
            own[index] = 0.0;
        int begin = slice * shape.SliceLength;
        int end = IntrinsicMath.Min(begin + shape.SliceLength, views.PatternCount);
        for (int entry = begin * views.ClassCount; entry < end * views.ClassCount; entry++)
        {
            int pattern = views.FirstPattern + entry / views.ClassCount;
            int category = Answer(shape, views, pattern, item);
            if (category == EStepKernels.Missing || !IsAsked(shape, views, pattern, entry % views.ClassCount))
                continue;
            for (int node = Group.IdxX; node < views.NodeCount; node += threads)
            {
                double weight = views.Weights[(long)entry * views.NodeCount + node];
                if (weight == 0.0)
                    continue;
                double z = Predict(shape, items, views, item, entry, node);
                TModel.LogProbabilities(z, categoryCount, parameters, scores, logProbability);
                own[0] += weight * logProbability[category];
                if (shape.WithDerivatives == 0)
                    continue;
                for (int index = 0; index < localCount; index++)
                    gradient[index] = 0.0;
                for (int index = 0; index < PackedTriangle.Length(localCount); index++)
                    hessian[index] = 0.0;
                TModel.AddDerivatives(z, categoryCount, parameters, scores, logProbability, new PlacedVector(category, weight), gradient, hessian);
                AddNode(shape, items, views, item, entry, node, shapeCount, gradient, hessian, own);
            }
        }

        AddThreads(shape, shape.WithDerivatives != 0 ? shape.SumCount : 1, slice, item, shared, sums);
    }

    /// <summary>Adds what the threads of a group have summed, in their order, to what the slice has.</summary>
    /// <param name="shape">The items.</param>
    /// <param name="wanted">How many sums.</param>
    /// <param name="slice">Slice.</param>
    /// <param name="item">Item.</param>
    /// <param name="shared">[sum, thread]</param>
    /// <param name="sums">Added to. [slice, item, sum]</param>
    internal static void AddThreads(AnswerShape shape, int wanted, int slice, int item, ArrayView<double> shared, ArrayView<double> sums)
    {
        Group.Barrier();
        for (int index = Group.IdxX; index < wanted; index += Group.DimX)
        {
            double sum = 0.0;
            for (int other = 0; other < Group.DimX; other++)
                sum += shared[index * Group.DimX + other];
            sums[((long)slice * shape.ItemCount + item) * shape.SumCount + index] += sum;
        }
    }

    /// <summary>Whether a pattern may be of a class whose block has the items' table.</summary>
    internal static bool IsAsked(AnswerShape shape, PersonViews views, int pattern, int k)
    {
        int known = views.KnownClass[pattern];
        return (known < 0 || known == k) && views.TableOfBlock[views.Group[pattern] * views.ClassCount + k] == shape.Table;
    }

    /// <summary>A pattern's answer to an item.</summary>
    internal static int Answer(AnswerShape shape, PersonViews views, int pattern, int item)
    {
        int number = shape.Item[item];
        int word = views.Words[(long)pattern * views.WordCount + number / MemoryPlan.ItemsPerWord];
        return (word >> (number % MemoryPlan.ItemsPerWord * 8)) & 255;
    }

    /// <summary>z of an entry at a node.</summary>
    internal static double Predict(AnswerShape shape, ItemBlockViews items, PersonViews views, int item, int entry, int node)
    {
        double z = 0.0;
        for (int loading = 0; loading < items.AttributeCount; loading++)
            z += items.Slopes[item * items.AttributeCount + loading] * Theta(shape, items, views, item, entry, node, loading);
        return z;
    }

    /// <summary>θ of the attribute of a loading.</summary>
    internal static double Theta(AnswerShape shape, ItemBlockViews items, PersonViews views, int item, int entry, int node, int loading) =>
        views.Theta[((long)entry * views.AttributeCount + shape.Attribute[item * items.AttributeCount + loading]) * views.NodeCount + node];

    /// <summary>Chain rule from z to slopes, ∂z/∂a_l = θ of the loading's attribute, for one node.</summary>
    private static void AddNode(
        AnswerShape shape, ItemBlockViews items, PersonViews views, int item, int entry, int node, int shapeCount, ArrayViewVector gradient, ArrayViewVector hessian, ArrayViewVector sums)
    {
        int loadings = items.AttributeCount;
        int secondOrder = 1 + loadings + shapeCount;
        for (int l = 0; l < loadings; l++)
        {
            double theta = Theta(shape, items, views, item, entry, node, l);
            sums[1 + l] += theta * gradient[0];
            for (int m = 0; m <= l; m++)
                sums[secondOrder + PackedTriangle.Index(l, m)] += theta * Theta(shape, items, views, item, entry, node, m) * hessian[0];
        }

        for (int r = 1; r <= shapeCount; r++)
        {
            int row = loadings + r - 1;
            int packed = PackedTriangle.Index(r, 0);
            int target = secondOrder + PackedTriangle.Index(row, 0);
            sums[1 + row] += gradient[r];
            for (int l = 0; l < loadings; l++)
                sums[target + l] += Theta(shape, items, views, item, entry, node, l) * hessian[packed];
            for (int c = 1; c <= r; c++)
                sums[target + loadings + c - 1] += hessian[packed + c];
        }
    }
}
