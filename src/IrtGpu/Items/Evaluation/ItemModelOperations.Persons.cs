using System.Runtime.CompilerServices;
using IrtGpu.Models;
using IrtGpu.Vectors;

namespace IrtGpu.Items.Evaluation;

/// <summary>Loops over persons side by side, each with one value of z and an answer of its own.</summary>
internal abstract partial class ItemModelOperations
{
    /// <summary>Derivatives of Σ_m counts_m log P_m with respect to z and shape at every node, not summed, where counts differ from node to node.</summary>
    /// <param name="z">Linear predictor; a multiple of <see cref="LaneMemory.MostLanes"/>. [node]</param>
    /// <param name="categoryCount">M.</param>
    /// <param name="shape">Shape parameters.</param>
    /// <param name="scores">Category scores. [category]</param>
    /// <param name="counts">Weights of the categories. [category, node]</param>
    /// <param name="logProbability">Scratch. [category, node]</param>
    /// <param name="gradient">Receives first derivatives. [1 + shape, node]</param>
    /// <param name="hessian">Receives second derivatives. [packed triangle of 1 + shape, node]</param>
    /// <returns>Σ counts log P over nodes and categories. Where a count is 0 its log P does not enter.</returns>
    public abstract double FillDerivatives(
        ReadOnlySpan<double> z, int categoryCount, Span<double> shape, Span<double> scores, Span<double> counts, Span<double> logProbability,
        Span<double> gradient, Span<double> hessian);

    /// <summary>Adds log P of each person's answer, and writes its derivatives in z.</summary>
    /// <param name="z">Linear predictor; a multiple of <see cref="LaneMemory.MostLanes"/>. [person]</param>
    /// <param name="answers">Categories; −1 where there is none, which leaves everything 0. [person]</param>
    /// <param name="categoryCount">M.</param>
    /// <param name="shape">Shape parameters.</param>
    /// <param name="scores">Category scores. [category]</param>
    /// <param name="constants">What <see cref="FillConstants"/> made of the shape.</param>
    /// <param name="scratch">At least <see cref="ItemSums.ScratchLength"/> for no slope.</param>
    /// <param name="value">Added to. [person]</param>
    /// <param name="gradient">Receives first derivatives. [person]</param>
    /// <param name="information">Receives negative second derivatives. [person]</param>
    public abstract void AddAnswers(
        ReadOnlySpan<double> z, ReadOnlySpan<double> answers, int categoryCount, Span<double> shape, Span<double> scores, Span<double> constants,
        Span<double> scratch, Span<double> value, Span<double> gradient, Span<double> information);

    private partial class Operations<TModel, TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void AddAnswers(
            ReadOnlySpan<double> z, ReadOnlySpan<double> answers, int categoryCount, Span<double> shape, Span<double> scores, Span<double> constants,
            Span<double> scratch, Span<double> value, Span<double> gradient, Span<double> information)
        {
            ItemSums<TLanes> lanes = new(scratch, 0, categoryCount, shape.Length);
            ItemConstantTable table = new(constants, TModel.ConstantCount(categoryCount));
            LaneVector<TLanes> logProbability = new(lanes.LogProbability);
            LaneVector<TLanes> counts = new(lanes.CountTail);
            LaneVector<TLanes> first = new(lanes.Gradient);
            LaneVector<TLanes> second = new(lanes.Hessian);
            for (int person = 0; person < z.Length; person += TLanes.Count)
            {
                TLanes predictor = LaneMemory.Load<TLanes>(z[person..]);
                TLanes answer = LaneMemory.Load<TLanes>(answers[person..]);
                TLanes sum = LaneMemory.Load<TLanes>(value[person..]);
                TModel.LogProbabilities(predictor, categoryCount, new SpanVector(shape), new SpanVector(scores), table, logProbability);
                for (int category = 0; category < categoryCount; category++)
                {
                    counts[category] = TLanes.WhereEqual(answer, category, 1.0, 0.0);
                    sum += TLanes.WhereEqual(answer, category, logProbability[category], 0.0);
                }
                lanes.Clear();
                TModel.AddDerivatives(
                    predictor, categoryCount, new SpanVector(shape), new SpanVector(scores), table, logProbability, counts, first, second);
                LaneMemory.Store(sum, value[person..]);
                LaneMemory.Store(first[0], gradient[person..]);
                LaneMemory.Store(-second[0], information[person..]);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override double FillDerivatives(
            ReadOnlySpan<double> z, int categoryCount, Span<double> shape, Span<double> scores, Span<double> counts, Span<double> logProbability,
            Span<double> gradient, Span<double> hessian)
        {
            int nodeCount = z.Length;
            Span<double> constants = stackalloc double[TModel.ConstantKindCount * TModel.ConstantCount(categoryCount)];
            ItemConstantTable table = Constants(constants, categoryCount, shape);
            gradient.Clear();
            hessian.Clear();
            TLanes value = 0.0;
            for (int node = 0; node < nodeCount; node += TLanes.Count)
            {
                TLanes predictor = LaneMemory.Load<TLanes>(z[node..]);
                LaneVector<TLanes> log = new(logProbability[node..], nodeCount);
                LaneVector<TLanes> weights = new(counts[node..], nodeCount);
                TModel.LogProbabilities(predictor, categoryCount, new SpanVector(shape), new SpanVector(scores), table, log);
                for (int category = 0; category < categoryCount; category++)
                {
                    TLanes count = weights[category];
                    value += TLanes.WhereEqual(count, 0.0, 0.0, count * log[category]);
                }
                TModel.AddDerivatives(
                    predictor, categoryCount, new SpanVector(shape), new SpanVector(scores), table, log, weights,
                    new LaneVector<TLanes>(gradient[node..], nodeCount), new LaneVector<TLanes>(hessian[node..], nodeCount));
            }
            return LaneArithmetic.SumPairs(value);
        }
    }
}
