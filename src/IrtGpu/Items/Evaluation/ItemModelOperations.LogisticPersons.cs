using System.Runtime.CompilerServices;
using IrtGpu.Models;
using IrtGpu.Vectors;

namespace IrtGpu.Items.Evaluation;

/// <summary>Loops over persons side by side where P = σ(d + s z): two categories, fixed scores; one exponential a person.</summary>
internal abstract partial class ItemModelOperations
{
    private sealed partial class WeightedScoreOperations<TModel, TLanes>
    {
        public override void AddLogProbabilities(
            ReadOnlySpan<double> z, int categoryCount, Span<double> shape, Span<double> scores, ReadOnlySpan<double> codes, Span<double> sum)
        {
            if (IsLogistic(categoryCount))
                AddLogistic(z, shape[0], LogisticScore(shape, scores), codes, sum);
            else
                base.AddLogProbabilities(z, categoryCount, shape, scores, codes, sum);
        }

        public override double FillDerivatives(
            ReadOnlySpan<double> z, int categoryCount, Span<double> shape, Span<double> scores, ReadOnlySpan<double> codes, ReadOnlySpan<double> weights,
            Span<double> gradient, Span<double> hessian)
        {
            if (!IsLogistic(categoryCount))
                return base.FillDerivatives(z, categoryCount, shape, scores, codes, weights, gradient, hessian);
            if (!hessian.IsEmpty)
                return FillLogistic(z, shape[0], LogisticScore(shape, scores), codes, weights, gradient, hessian);
            FillLogistic(z, shape[0], LogisticScore(shape, scores), codes, weights, gradient);
            return double.NaN;
        }

        private static double LogisticScore(Span<double> shape, Span<double> scores) => TModel.Score(1, 2, new SpanVector(shape), new SpanVector(scores));

        /// <summary>log P = min(u, 0) − log(1 + exp(−|u|)), u the logit of the answer.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddLogistic(ReadOnlySpan<double> z, double intercept, double score, ReadOnlySpan<double> codes, Span<double> sum)
        {
            for (int person = 0; person < z.Length; person += TLanes.Count)
            {
                TLanes code = LaneMemory.Load<TLanes>(codes[person..]);
                TLanes logit = TLanes.MultiplyAdd(score, LaneMemory.Load<TLanes>(z[person..]), intercept);
                TLanes against = TLanes.WhereLess(logit, 0.0, logit, -logit);
                TLanes down = TLanes.WhereEqual(code, 0.0, -logit, logit);
                TLanes log = TLanes.WhereLess(down, 0.0, down, 0.0) - VectorMath.LogOnePlus(VectorMath.ExpNonPositive(against));
                LaneMemory.Store(LaneMemory.Load<TLanes>(sum[person..]) + TLanes.WhereEqual(code, 2.0, 0.0, log), sum[person..]);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void FillLogistic(
            ReadOnlySpan<double> z, double intercept, double score, ReadOnlySpan<double> codes, ReadOnlySpan<double> weights, Span<double> gradient)
        {
            int personCount = z.Length;
            Span<double> ofShape = gradient[personCount..];
            for (int person = 0; person < personCount; person += TLanes.Count)
            {
                TLanes code = LaneMemory.Load<TLanes>(codes[person..]);
                TLanes logit = TLanes.MultiplyAdd(score, LaneMemory.Load<TLanes>(z[person..]), intercept);
                TLanes ratio = VectorMath.ExpNonPositive(TLanes.WhereLess(logit, 0.0, logit, -logit));
                TLanes weight = TLanes.WhereEqual(code, 2.0, 0.0, LaneMemory.Load<TLanes>(weights[person..]));
                TLanes residual = weight * Residual(code, logit, ratio) / (1.0 + ratio);
                LaneMemory.Store(score * residual, gradient[person..]);
                LaneMemory.Store(residual, ofShape[person..]);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static double FillLogistic(
            ReadOnlySpan<double> z, double intercept, double score, ReadOnlySpan<double> codes, ReadOnlySpan<double> weights, Span<double> gradient, Span<double> hessian)
        {
            int personCount = z.Length;
            TLanes value = 0.0;
            for (int person = 0; person < personCount; person += TLanes.Count)
            {
                TLanes code = LaneMemory.Load<TLanes>(codes[person..]);
                TLanes logit = TLanes.MultiplyAdd(score, LaneMemory.Load<TLanes>(z[person..]), intercept);
                TLanes ratio = VectorMath.ExpNonPositive(TLanes.WhereLess(logit, 0.0, logit, -logit));
                TLanes weight = TLanes.WhereEqual(code, 2.0, 0.0, LaneMemory.Load<TLanes>(weights[person..]));
                TLanes down = TLanes.WhereEqual(code, 0.0, -logit, logit);
                TLanes log = TLanes.WhereLess(down, 0.0, down, 0.0) - VectorMath.LogOnePlus(ratio);
                value += TLanes.WhereEqual(weight, 0.0, 0.0, weight * log);
                TLanes share = 1.0 / (1.0 + ratio);
                TLanes residual = weight * Residual(code, logit, ratio) * share;
                TLanes curvature = -weight * ratio * share * share;
                LaneMemory.Store(score * residual, gradient[person..]);
                LaneMemory.Store(residual, gradient[(personCount + person)..]);
                LaneMemory.Store(score * score * curvature, hessian[person..]);
                LaneMemory.Store(score * curvature, hessian[(personCount + person)..]);
                LaneMemory.Store(curvature, hessian[(2 * personCount + person)..]);
            }
            return LaneArithmetic.SumPairs(value);
        }

        /// <summary>(x − P)(1 + r), r = exp(−|logit|), without cancellation: of the likelier answer r, of the other one 1, signed.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes Residual(TLanes code, TLanes logit, TLanes ratio) => TLanes.WhereEqual(
            code, 0.0, TLanes.WhereLess(logit, 0.0, -ratio, -1.0), TLanes.WhereLess(logit, 0.0, 1.0, ratio));
    }
}
