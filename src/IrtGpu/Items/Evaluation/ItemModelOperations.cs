using System.Runtime.CompilerServices;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Models;
using IrtGpu.Vectors;

namespace IrtGpu.Items.Evaluation;

/// <summary>
/// Loops over nodes of one item, compiled once for each response function and the machine's vectors: they are chosen with the family,
/// never inside a loop.
/// </summary>
internal abstract partial class ItemModelOperations
{
    /// <summary>Those of a response function.</summary>
    public static ItemModelOperations Of<TModel>()
        where TModel : struct, IItemModel => Chosen<TModel>.Operations;

    /// <summary>Those of a response function of the exponential family.</summary>
    public static ItemModelOperations OfWeightedScore<TModel>()
        where TModel : struct, IWeightedScoreModel => ChosenWeightedScore<TModel>.Operations;

    /// <summary>Those of a response function by vectors of a width, which the machine may lack.</summary>
    internal static ItemModelOperations Of<TModel, TLanes>()
        where TModel : struct, IItemModel
        where TLanes : struct, ILanes<TLanes> => new Operations<TModel, TLanes>();

    /// <summary>Those of a response function of the exponential family by vectors of a width, which the machine may lack.</summary>
    internal static ItemModelOperations OfWeightedScore<TModel, TLanes>()
        where TModel : struct, IWeightedScoreModel
        where TLanes : struct, ILanes<TLanes> => new WeightedScoreOperations<TModel, TLanes>();

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

    private static class Chosen<TModel>
        where TModel : struct, IItemModel
    {
        public static readonly ItemModelOperations Operations = VectorWidth.Bits switch
        {
            512 => new Operations<TModel, Lanes512>(),
            256 => new Operations<TModel, Lanes256>(),
            _ => new Operations<TModel, Lanes128>(),
        };
    }

    private static class ChosenWeightedScore<TModel>
        where TModel : struct, IWeightedScoreModel
    {
        public static readonly ItemModelOperations Operations = VectorWidth.Bits switch
        {
            512 => new WeightedScoreOperations<TModel, Lanes512>(),
            256 => new WeightedScoreOperations<TModel, Lanes256>(),
            _ => new WeightedScoreOperations<TModel, Lanes128>(),
        };
    }

    private sealed partial class WeightedScoreOperations<TModel, TLanes> : Operations<TModel, TLanes>
        where TModel : struct, IWeightedScoreModel
        where TLanes : struct, ILanes<TLanes>
    {
        public override bool HasWeightedScore => true;

        public override double Score(int category, int categoryCount, Span<double> shape, Span<double> scores) =>
            TModel.Score(category, categoryCount, new SpanVector(shape), new SpanVector(scores));

        public override int ScoreParameter(int category, int categoryCount) => TModel.ScoreParameter(category, categoryCount);
    }

    private partial class Operations<TModel, TLanes> : ItemModelOperations
        where TModel : struct, IItemModel
        where TLanes : struct, ILanes<TLanes>
    {
        public override bool IsInDomain(int categoryCount, Span<double> shape) => TModel.IsInDomain(categoryCount, new SpanVector(shape));

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void FillTable(
            ReadOnlySpan<double> z, int categoryCount, Span<double> shape, Span<double> scores, Span<double> logProbability, int stride)
        {
            if (z.Length < TLanes.Count)
            {
                for (int node = 0; node < z.Length; node++)
                    FillNode(z[node], categoryCount, shape, scores, logProbability[node..], stride);
                return;
            }
            Span<double> constants = stackalloc double[ConstantLength(categoryCount)];
            ItemConstantTable table = Constants(constants, categoryCount, shape);
            Span<double> scratch = LaneMemory.Align(stackalloc double[(categoryCount + 1) * LaneMemory.MostLanes]);
            LaneVector<TLanes> block = new(scratch);
            for (int start = 0; start < z.Length; start += TLanes.Count)
            {
                int node = Math.Min(start, z.Length - TLanes.Count); // the last ones, some of them a second time with the same result
                TModel.LogProbabilities(LaneMemory.Load<TLanes>(z[node..]), categoryCount, new SpanVector(shape), new SpanVector(scores), table, block);
                for (int category = 0; category < categoryCount; category++)
                    LaneMemory.Store(block[category], logProbability[(category * stride + node)..]);
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
                new Scalar(z), categoryCount, new SpanVector(shape), new SpanVector(scores), ConstantsInPlace(categoryCount, shape),
                new ScalarVector<SpanVector>(new SpanVector(scratch)), new ScalarVector<SpanVector>(new SpanVector(counts, countStride)),
                new ScalarVector<SpanVector>(new SpanVector(gradient)), new ScalarVector<SpanVector>(new SpanVector(hessian)));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override double SumNodes(
            ItemNodes nodes, int categoryCount, Span<double> shape, Span<double> scores, Span<double> scratch,
            Span<double> gradient, Span<double> hessian)
        {
            ItemSums<TLanes> sums = new(scratch, nodes.Slopes.Length, categoryCount, TModel.ShapeCount(categoryCount));
            sums.Clear();
            Span<double> constants = stackalloc double[ConstantLength(categoryCount)];
            ItemConstantTable table = Constants(constants, categoryCount, shape);
            LaneVector<TLanes> logProbability = new(sums.LogProbability);
            LaneVector<TLanes> theta = new(sums.Theta);
            int nodeCount = nodes.NodeCount;
            TLanes value = 0.0;
            for (int node = 0; node < nodeCount; node += TLanes.Count)
            {
                LaneVector<TLanes> counts = node + TLanes.Count <= nodeCount
                    ? new LaneVector<TLanes>(nodes.Counts[node..], nodeCount)
                    : Tail(nodes.Counts, categoryCount, node, nodeCount, sums.CountTail);
                if (!HasNonZero(counts, categoryCount))
                    continue;
                TLanes z = 0.0;
                for (int loading = 0; loading < nodes.Slopes.Length; loading++)
                {
                    TLanes coordinate = nodes.ThetaAt<TLanes>(loading, node);
                    theta[loading] = coordinate;
                    z += nodes.Slopes[loading] * coordinate;
                }
                TModel.LogProbabilities(z, categoryCount, new SpanVector(shape), new SpanVector(scores), table, logProbability);
                for (int category = 0; category < categoryCount; category++)
                {
                    TLanes count = counts[category];
                    value += TLanes.WhereEqual(count, 0.0, 0.0, count * logProbability[category]);
                }
                if (gradient.IsEmpty)
                    continue;
                sums.ClearPredictor();
                TModel.AddDerivatives(
                    z, categoryCount, new SpanVector(shape), new SpanVector(scores), table, logProbability, counts,
                    new LaneVector<TLanes>(sums.Gradient), new LaneVector<TLanes>(sums.Hessian));
                sums.AddPredictor();
            }
            if (!gradient.IsEmpty)
                sums.AddTo(gradient, hessian);
            return LaneArithmetic.SumPairs(value);
        }

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
            TModel.LogProbabilities(
                new Scalar(z), categoryCount, new SpanVector(shape), new SpanVector(scores), ConstantsInPlace(categoryCount, shape),
                new ScalarVector<SpanVector>(new SpanVector(logProbability, stride)));

        // Single values go to the functions themselves: code by way of the overloads for a double is not compiled ahead.
        private static ItemConstantsInPlace<TModel, SpanVector> ConstantsInPlace(int categoryCount, Span<double> shape) => new(categoryCount, new SpanVector(shape));

        /// <summary>Counts of the last nodes, zeros beyond.</summary>
        private static LaneVector<TLanes> Tail(ReadOnlySpan<double> counts, int categoryCount, int node, int nodeCount, Span<double> tail)
        {
            tail.Clear();
            for (int category = 0; category < categoryCount; category++)
                counts.Slice(category * nodeCount + node, nodeCount - node).CopyTo(tail[(category * TLanes.Count)..]);
            return new LaneVector<TLanes>(tail);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static bool HasNonZero(LaneVector<TLanes> counts, int categoryCount)
        {
            for (int category = 0; category < categoryCount; category++)
            {
                if (!counts[category].IsZero())
                    return true;
            }
            return false;
        }
    }
}
