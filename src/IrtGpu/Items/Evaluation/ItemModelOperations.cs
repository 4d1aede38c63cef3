using System.Runtime.CompilerServices;
using IrtGpu.Models;

namespace IrtGpu.Items.Evaluation;

/// <summary>Loops over nodes of one item, compiled once for each response function: it is chosen with the family, never inside a loop.</summary>
internal abstract class ItemModelOperations
{
    /// <summary>Those of a response function.</summary>
    public static ItemModelOperations Of<TModel>()
        where TModel : struct, IItemModel => Operations<TModel>.Instance;

    /// <summary>Those of a response function of the exponential family.</summary>
    public static ItemModelOperations OfWeightedScore<TModel>()
        where TModel : struct, IWeightedScoreModel => WeightedScoreOperations<TModel>.Instance;

    /// <summary>Whether the shape parameters are admissible.</summary>
    public abstract bool IsInDomain(int categoryCount, Span<double> shape);

    /// <summary>Fills the item's rows of the table.</summary>
    /// <param name="z">Linear predictor. [node]</param>
    /// <param name="categoryCount">M.</param>
    /// <param name="shape">Shape parameters.</param>
    /// <param name="scores">Category scores. [category]</param>
    /// <param name="logProbability">Receives log P. [category, stride]</param>
    /// <param name="stride">Distance of rows, at least the number of nodes.</param>
    public abstract void FillTable(
        ReadOnlySpan<double> z, int categoryCount, Span<double> shape, Span<double> scores, Span<double> logProbability, int stride);

    /// <summary>Adds the derivatives with respect to z and shape at one node.</summary>
    public abstract void AddDerivatives(
        double z, int categoryCount, Span<double> shape, Span<double> scores, ReadOnlySpan<double> logProbability, int logStride,
        Span<double> counts, int countStride, Span<double> gradient, Span<double> hessian);

    /// <summary>Σ r log P of one item over nodes, and its derivatives with respect to slopes and shape.</summary>
    /// <param name="nodes">Slopes, nodes and counts r.</param>
    /// <param name="categoryCount">M.</param>
    /// <param name="shape">Shape parameters.</param>
    /// <param name="scores">Category scores. [category]</param>
    /// <param name="scratch">At least <see cref="ItemSums.ScratchLength"/>.</param>
    /// <param name="gradient">Added to; empty: only the value is wanted. [slope, shape]</param>
    /// <param name="hessian">Added to, lower triangle; empty: only the value is wanted. [slot, slot], row-major</param>
    /// <returns>The value. Where a count is 0 its log P does not enter, not even where it is −∞.</returns>
    public abstract double SumNodes(
        ItemNodes nodes, int categoryCount, Span<double> shape, Span<double> scores, Span<double> scratch,
        Span<double> gradient, Span<double> hessian);

    /// <summary>Whether patterns enter the likelihood through weighted scores alone.</summary>
    public virtual bool HasWeightedScore => false;

    /// <summary>Score s_m of a category in the weighted score.</summary>
    public virtual double Score(int category, int categoryCount, Span<double> shape, Span<double> scores) => throw new NotSupportedException();

    /// <summary>Which shape parameter s_m is; −1 where it is fixed.</summary>
    public virtual int ScoreParameter(int category, int categoryCount) => throw new NotSupportedException();

    private sealed class WeightedScoreOperations<TModel> : Operations<TModel>
        where TModel : struct, IWeightedScoreModel
    {
        public static new readonly WeightedScoreOperations<TModel> Instance = new();

        public override bool HasWeightedScore => true;

        public override double Score(int category, int categoryCount, Span<double> shape, Span<double> scores) =>
            TModel.Score(category, categoryCount, new SpanVector(shape), new SpanVector(scores));

        public override int ScoreParameter(int category, int categoryCount) => TModel.ScoreParameter(category, categoryCount);
    }

    private class Operations<TModel> : ItemModelOperations
        where TModel : struct, IItemModel
    {
        public static readonly Operations<TModel> Instance = new();

        public override bool IsInDomain(int categoryCount, Span<double> shape) => TModel.IsInDomain(categoryCount, new SpanVector(shape));

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void FillTable(
            ReadOnlySpan<double> z, int categoryCount, Span<double> shape, Span<double> scores, Span<double> logProbability, int stride)
        {
            if (z.Length < Lanes.Count)
            {
                for (int node = 0; node < z.Length; node++)
                    FillNode(z[node], categoryCount, shape, scores, logProbability[node..], stride);
                return;
            }
            Span<double> constants = stackalloc double[ConstantLength(categoryCount)];
            ItemConstantTable table = Constants(constants, categoryCount, shape);
            Span<double> scratch = Lanes.Align(stackalloc double[(categoryCount + 1) * Lanes.Count]);
            LaneVector block = new(scratch);
            for (int start = 0; start < z.Length; start += Lanes.Count)
            {
                int node = Math.Min(start, z.Length - Lanes.Count); // the last eight, some of them a second time with the same result
                TModel.LogProbabilities(Lanes.Load(z[node..]), categoryCount, new SpanVector(shape), new SpanVector(scores), table, block);
                for (int category = 0; category < categoryCount; category++)
                    block[category].Store(logProbability[(category * stride + node)..]);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void AddDerivatives(
            double z, int categoryCount, Span<double> shape, Span<double> scores, ReadOnlySpan<double> logProbability, int logStride,
            Span<double> counts, int countStride, Span<double> gradient, Span<double> hessian)
        {
            Span<double> scratch = stackalloc double[categoryCount]; // the model may overwrite it
            for (int category = 0; category < categoryCount; category++)
                scratch[category] = logProbability[category * logStride];
            TModel.AddDerivatives(
                z, categoryCount, new SpanVector(shape), new SpanVector(scores), new SpanVector(scratch),
                new SpanVector(counts, countStride), new SpanVector(gradient), new SpanVector(hessian));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override double SumNodes(
            ItemNodes nodes, int categoryCount, Span<double> shape, Span<double> scores, Span<double> scratch,
            Span<double> gradient, Span<double> hessian)
        {
            ItemSums sums = new(scratch, nodes.Slopes.Length, categoryCount, TModel.ShapeCount(categoryCount));
            sums.Clear();
            Span<double> constants = stackalloc double[ConstantLength(categoryCount)];
            ItemConstantTable table = Constants(constants, categoryCount, shape);
            LaneVector logProbability = new(sums.LogProbability);
            LaneVector theta = new(sums.Theta);
            int nodeCount = nodes.NodeCount;
            Lanes value = 0.0;
            for (int node = 0; node < nodeCount; node += Lanes.Count)
            {
                LaneVector counts = node + Lanes.Count <= nodeCount
                    ? new LaneVector(nodes.Counts[node..], nodeCount)
                    : Tail(nodes.Counts, categoryCount, node, nodeCount, sums.CountTail);
                if (!HasNonZero(counts, categoryCount))
                    continue;
                Lanes z = 0.0;
                for (int loading = 0; loading < nodes.Slopes.Length; loading++)
                {
                    Lanes coordinate = nodes.ThetaAt(loading, node);
                    theta[loading] = coordinate;
                    z += nodes.Slopes[loading] * coordinate;
                }
                TModel.LogProbabilities(z, categoryCount, new SpanVector(shape), new SpanVector(scores), table, logProbability);
                for (int category = 0; category < categoryCount; category++)
                {
                    Lanes count = counts[category];
                    value += Lanes.WhereEqual(count, 0.0, 0.0, count * logProbability[category]);
                }
                if (gradient.IsEmpty)
                    continue;
                sums.ClearPredictor();
                TModel.AddDerivatives(
                    z, categoryCount, new SpanVector(shape), new SpanVector(scores), table, logProbability, counts,
                    new LaneVector(sums.Gradient), new LaneVector(sums.Hessian));
                sums.AddPredictor();
            }
            if (!gradient.IsEmpty)
                sums.AddTo(gradient, hessian);
            return value.Sum();
        }

        private static int ConstantLength(int categoryCount) => TModel.ConstantKindCount * TModel.ConstantCount(categoryCount);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static ItemConstantTable Constants(Span<double> memory, int categoryCount, Span<double> shape)
        {
            int count = TModel.ConstantCount(categoryCount);
            for (int position = 0; position < memory.Length; position++)
                memory[position] = TModel.Constant(position / count, position % count, categoryCount, new SpanVector(shape));
            return new ItemConstantTable(memory, count);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void FillNode(double z, int categoryCount, Span<double> shape, Span<double> scores, Span<double> logProbability, int stride) =>
            TModel.LogProbabilities(z, categoryCount, new SpanVector(shape), new SpanVector(scores), new SpanVector(logProbability, stride));

        /// <summary>Counts of the last nodes, zeros beyond.</summary>
        private static LaneVector Tail(ReadOnlySpan<double> counts, int categoryCount, int node, int nodeCount, Span<double> tail)
        {
            tail.Clear();
            for (int category = 0; category < categoryCount; category++)
                counts.Slice(category * nodeCount + node, nodeCount - node).CopyTo(tail[(category * Lanes.Count)..]);
            return new LaneVector(tail);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static bool HasNonZero(LaneVector counts, int categoryCount)
        {
            for (int category = 0; category < categoryCount; category++)
            {
                if (counts[category].HasNonZero())
                    return true;
            }
            return false;
        }
    }
}
