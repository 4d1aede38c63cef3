using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Models;
using IrtGpu.Vectors;

namespace IrtGpu.Items.Evaluation;

/// <summary>Loops over one person's nodes where P_m ∝ exp(ψ_m), ψ_1 = 0, ψ_m = d_(m−1) + s_m z: more than two categories, fixed scores.</summary>
/// <remarks>
/// log P = (ψ − max ψ) − log Σ exp(ψ_m − max ψ), and the sums of many answers, each from 1 to M, have one logarithm together. P is kept.
/// With E = Σ s P: ∂z = s − E of the answer, ∂d_m = 1 or 0 − P_m, ∂²z = −Σ P (s − E)², ∂z ∂d_m = −P_m (s_m − E), ∂d_m ∂d_k = −P_m (δ − P_k).
/// </remarks>
internal abstract partial class ItemModelOperations
{
    private sealed partial class WeightedScoreOperations<TModel, TLanes>
    {
        /// <summary>Whether scores are fixed, and categories so few that their sum is no factor too large.</summary>
        private static bool IsSoftmax(int categoryCount)
        {
            bool isFixed = categoryCount is > 2 and <= (int)LargestFactor;
            for (int category = 1; category < categoryCount && isFixed; category++)
                isFixed = TModel.ScoreParameter(category, categoryCount) < 0;
            return isFixed;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddSoftmax(in ResponseNodes nodes, Span<double> sum, Span<double> product, Span<double> kept)
        {
            int stride = nodes.NodeCount;
            int categoryCount = nodes.CategoryCount;
            Span<double> score = stackalloc double[categoryCount];
            FillScores(nodes, score);
            double chosenScore = score[nodes.Category];
            double chosenIntercept = nodes.Category == 0 ? 0 : nodes.Shape[nodes.Category - 1];
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double total = ref MemoryMarshal.GetReference(sum);
            ref double factor = ref MemoryMarshal.GetReference(product);
            ref double rows = ref MemoryMarshal.GetReference(kept);
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                TLanes z = 0.0;
                for (int loading = 0; loading < nodes.Slopes.Length; loading++)
                    z = TLanes.MultiplyAdd(nodes.Slopes[loading], TLanes.Load(ref theta, (nuint)(nodes.Attributes[loading] * stride + node)), z);
                TLanes largest = 0.0;
                for (int category = 1; category < categoryCount; category++)
                    largest = TLanes.Max(largest, TLanes.MultiplyAdd(score[category], z, nodes.Shape[category - 1]));
                TLanes all = VectorMath.ExpNonPositive(-largest);
                all.Store(ref rows, (nuint)node);
                for (int category = 1; category < categoryCount; category++)
                {
                    TLanes term = VectorMath.ExpNonPositive(TLanes.MultiplyAdd(score[category], z, nodes.Shape[category - 1]) - largest);
                    term.Store(ref rows, (nuint)(category * stride + node));
                    all += term;
                }
                TLanes inverse = 1.0 / all;
                for (int category = 0; category < categoryCount; category++)
                    (TLanes.Load(ref rows, (nuint)(category * stride + node)) * inverse).Store(ref rows, (nuint)(category * stride + node));
                (TLanes.Load(ref total, (nuint)node) + (TLanes.MultiplyAdd(chosenScore, z, chosenIntercept) - largest)).Store(ref total, (nuint)node);
                (TLanes.Load(ref factor, (nuint)node) * all).Store(ref factor, (nuint)node);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddSoftmaxSums(in ResponseNodes nodes, ReadOnlySpan<double> weights, Span<double> kept, Span<double> sums)
        {
            int stride = nodes.NodeCount;
            int categoryCount = nodes.CategoryCount;
            int slopeCount = nodes.Slopes.Length;
            Span<double> score = stackalloc double[categoryCount];
            FillScores(nodes, score);
            double chosenScore = score[nodes.Category];
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double weight = ref MemoryMarshal.GetReference(weights);
            ref double rows = ref MemoryMarshal.GetReference(kept);
            ref double all = ref MemoryMarshal.GetReference(sums);
            int gradient = ItemSums.GradientRow(slopeCount, categoryCount);
            int hessian = ItemSums.HessianRow(slopeCount, categoryCount, categoryCount - 1);
            int slopeGradient = ItemSums.SlopeGradientRow(slopeCount, categoryCount, categoryCount - 1);
            int slopeHessian = ItemSums.SlopeHessianRow(slopeCount, categoryCount, categoryCount - 1);
            int cross = ItemSums.CrossHessianRow(slopeCount, categoryCount, categoryCount - 1);
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                TLanes count = TLanes.Load(ref weight, (nuint)node);
                TLanes mean = 0.0;
                for (int category = 1; category < categoryCount; category++)
                    mean = TLanes.MultiplyAdd(score[category], TLanes.Load(ref rows, (nuint)(category * stride + node)), mean);
                TLanes variance = mean * mean * TLanes.Load(ref rows, (nuint)node);
                for (int category = 1; category < categoryCount; category++)
                {
                    TLanes probability = TLanes.Load(ref rows, (nuint)(category * stride + node));
                    TLanes deviation = score[category] - mean;
                    TLanes share = count * probability;
                    TLanes alongZ = -share * deviation;
                    variance = TLanes.MultiplyAdd(probability * deviation, deviation, variance);
                    Subtract(ref all, gradient + category, category == nodes.Category ? share - count : share);
                    for (int j = 0; j < slopeCount; j++)
                        Add(ref all, cross + (category - 1) * slopeCount + j, alongZ, TLanes.Load(ref theta, (nuint)(nodes.Attributes[j] * stride + node)));
                    for (int other = 1; other < category; other++)
                        Add(ref all, hessian + PackedTriangle.Index(category, other), share, TLanes.Load(ref rows, (nuint)(other * stride + node)));
                    Add(ref all, hessian + PackedTriangle.Diagonal(category), share, probability - 1.0);
                }
                TLanes first = count * (chosenScore - mean);
                TLanes second = -count * variance;
                for (int j = 0; j < slopeCount; j++)
                {
                    TLanes coordinate = TLanes.Load(ref theta, (nuint)(nodes.Attributes[j] * stride + node));
                    TLanes along = second * coordinate;
                    Add(ref all, slopeGradient + j, first, coordinate);
                    for (int k = 0; k <= j; k++)
                        Add(ref all, slopeHessian + PackedTriangle.Index(j, k), along, TLanes.Load(ref theta, (nuint)(nodes.Attributes[k] * stride + node)));
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void FillSoftmaxGradients(in ResponseNodes nodes, Span<double> kept, Span<double> gradients)
        {
            int stride = nodes.NodeCount;
            int categoryCount = nodes.CategoryCount;
            int slopeCount = nodes.Slopes.Length;
            Span<double> score = stackalloc double[categoryCount];
            FillScores(nodes, score);
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double rows = ref MemoryMarshal.GetReference(kept);
            ref double result = ref MemoryMarshal.GetReference(gradients);
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                TLanes residual = score[nodes.Category];
                for (int category = 1; category < categoryCount; category++)
                {
                    TLanes probability = TLanes.Load(ref rows, (nuint)(category * stride + node));
                    residual -= score[category] * probability;
                    ((category == nodes.Category ? 1.0 : 0.0) - probability).Store(ref result, (nuint)((slopeCount + category - 1) * stride + node));
                }
                for (int j = 0; j < slopeCount; j++)
                    (residual * TLanes.Load(ref theta, (nuint)(nodes.Attributes[j] * stride + node))).Store(ref result, (nuint)(j * stride + node));
            }
        }

        private static void FillScores(in ResponseNodes nodes, Span<double> score)
        {
            for (int category = 0; category < score.Length; category++)
                score[category] = TModel.Score(category, score.Length, new SpanVector(nodes.Shape), new SpanVector(nodes.Scores));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Subtract(ref double sums, int row, TLanes value)
        {
            nuint start = (nuint)(row * TLanes.Count);
            (TLanes.Load(ref sums, start) - value).Store(ref sums, start);
        }
    }
}
