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

    private partial class Operations<TModel, TLanes>
    {
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
