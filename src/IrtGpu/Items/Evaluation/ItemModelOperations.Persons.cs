using System.Runtime.CompilerServices;
using IrtGpu.Models;
using IrtGpu.Vectors;

namespace IrtGpu.Items.Evaluation;

/// <summary>Loops over persons side by side, each with one value of z and an answer of its own; rows are multiples of <see cref="LaneMemory.MostLanes"/>.</summary>
internal abstract partial class ItemModelOperations
{
    /// <summary>Adds log P of the answers.</summary>
    /// <param name="z">Linear predictor. [person]</param>
    /// <param name="categoryCount">M.</param>
    /// <param name="shape">Shape parameters.</param>
    /// <param name="scores">Category scores. [category]</param>
    /// <param name="codes">Categories; where there is no answer, M. [person]</param>
    /// <param name="sum">Added to. [person]</param>
    public abstract void AddLogProbabilities(
        ReadOnlySpan<double> z, int categoryCount, Span<double> shape, Span<double> scores, ReadOnlySpan<double> codes, Span<double> sum);

    /// <summary>Derivatives of w log P of the answers with respect to z and shape, person by person.</summary>
    /// <param name="z">Linear predictor. [person]</param>
    /// <param name="categoryCount">M.</param>
    /// <param name="shape">Shape parameters.</param>
    /// <param name="scores">Category scores. [category]</param>
    /// <param name="codes">Categories; where there is no answer, M. [person]</param>
    /// <param name="weights">w. [person]</param>
    /// <param name="gradient">Receives first derivatives. [1 + shape, person]</param>
    /// <param name="hessian">Receives second derivatives; empty: they are not wanted. [packed triangle of 1 + shape, person]</param>
    /// <returns>Σ w log P, where second derivatives are wanted; else NaN. Where w is 0 log P does not enter.</returns>
    public abstract double FillDerivatives(
        ReadOnlySpan<double> z, int categoryCount, Span<double> shape, Span<double> scores, ReadOnlySpan<double> codes, ReadOnlySpan<double> weights,
        Span<double> gradient, Span<double> hessian);

    private partial class Operations<TModel, TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void AddLogProbabilities(
            ReadOnlySpan<double> z, int categoryCount, Span<double> shape, Span<double> scores, ReadOnlySpan<double> codes, Span<double> sum)
        {
            Span<double> constants = stackalloc double[ConstantLength(categoryCount)];
            ItemConstantTable table = Constants(constants, categoryCount, shape);
            Span<double> scratch = LaneMemory.Align(stackalloc double[(categoryCount + 1) * LaneMemory.MostLanes]);
            LaneVector<TLanes> log = new(scratch);
            for (int person = 0; person < z.Length; person += TLanes.Count)
            {
                TModel.LogProbabilities(LaneMemory.Load<TLanes>(z[person..]), categoryCount, new SpanVector(shape), new SpanVector(scores), table, log);
                TLanes code = LaneMemory.Load<TLanes>(codes[person..]);
                TLanes chosen = 0.0;
                for (int category = 0; category < categoryCount; category++)
                    chosen = TLanes.WhereEqual(code, category, log[category], chosen);
                LaneMemory.Store(LaneMemory.Load<TLanes>(sum[person..]) + chosen, sum[person..]);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override double FillDerivatives(
            ReadOnlySpan<double> z, int categoryCount, Span<double> shape, Span<double> scores, ReadOnlySpan<double> codes, ReadOnlySpan<double> weights,
            Span<double> gradient, Span<double> hessian)
        {
            int personCount = z.Length;
            Span<double> constants = stackalloc double[ConstantLength(categoryCount)];
            ItemConstantTable table = Constants(constants, categoryCount, shape);
            int local = 1 + TModel.ShapeCount(categoryCount);
            int packed = local * (local + 1) / 2;
            Span<double> scratch = LaneMemory.Align(stackalloc double[(2 * categoryCount + packed + 1) * LaneMemory.MostLanes]);
            LaneVector<TLanes> log = new(scratch);
            LaneVector<TLanes> counts = new(scratch[(categoryCount * LaneMemory.MostLanes)..]);
            Span<double> unwanted = scratch[(2 * categoryCount * LaneMemory.MostLanes)..];
            gradient.Clear();
            hessian.Clear();
            unwanted.Clear();
            TLanes value = 0.0;
            for (int person = 0; person < personCount; person += TLanes.Count)
            {
                TLanes z0 = LaneMemory.Load<TLanes>(z[person..]);
                TModel.LogProbabilities(z0, categoryCount, new SpanVector(shape), new SpanVector(scores), table, log);
                TLanes code = LaneMemory.Load<TLanes>(codes[person..]);
                TLanes weight = LaneMemory.Load<TLanes>(weights[person..]);
                for (int category = 0; category < categoryCount; category++)
                {
                    TLanes count = TLanes.WhereEqual(code, category, weight, 0.0);
                    counts[category] = count;
                    value += TLanes.WhereEqual(count, 0.0, 0.0, count * log[category]);
                }
                LaneVector<TLanes> second = hessian.IsEmpty ? new LaneVector<TLanes>(unwanted) : new LaneVector<TLanes>(hessian[person..], personCount);
                TModel.AddDerivatives(
                    z0, categoryCount, new SpanVector(shape), new SpanVector(scores), table, log, counts, new LaneVector<TLanes>(gradient[person..], personCount), second);
            }
            return hessian.IsEmpty ? double.NaN : LaneArithmetic.SumPairs(value);
        }

    }
}
