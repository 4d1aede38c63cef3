using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Models;
using IrtGpu.Vectors;

namespace IrtGpu.Items.Evaluation;

/// <summary>Loops over one person's nodes where log P = −log(1 + e^−y), y = ±(d + s z) the log odds of the answer given: two categories, fixed scores.</summary>
/// <remarks>
/// log P = min(y, 0) − log(1 + e^−|y|), and the factors 1 + e^−|y| of many answers have one logarithm together. All that derivatives need is
/// 1 − P, which is kept: ∂ log P = ±(1 − P) and ∂² log P = −P (1 − P) by d + s z.
/// </remarks>
internal abstract partial class ItemModelOperations
{
    private sealed partial class WeightedScoreOperations<TModel, TLanes>
    {
        private const int Columns = 4; // sums in registers at once

        public override int KeptRowCount(int categoryCount) => IsLogistic(categoryCount) ? 1 : base.KeptRowCount(categoryCount);

        public override bool HasKeptValue(int categoryCount) => !IsLogistic(categoryCount) && !IsSoftmax(categoryCount);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void AddResponse(in ResponseNodes nodes, Span<double> sum, Span<double> product, Span<double> kept)
        {
            if (!IsLogistic(nodes.CategoryCount))
            {
                if (IsSoftmax(nodes.CategoryCount))
                    AddSoftmax(nodes, sum, product, kept);
                else
                    base.AddResponse(nodes, sum, product, kept);
                return;
            }
            double sign = Sign(nodes.Category);
            double score = sign * Score(nodes);
            TLanes intercept = sign * nodes.Shape[0];
            int stride = nodes.NodeCount;
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double total = ref MemoryMarshal.GetReference(sum);
            ref double factor = ref MemoryMarshal.GetReference(product);
            ref double other = ref MemoryMarshal.GetReference(kept);
            if (nodes.Slopes.Length == 1)
            {
                TLanes slope = score * nodes.Slopes[0];
                ref double coordinate = ref Unsafe.Add(ref theta, nodes.Attributes[0] * stride);
                for (int node = 0; node < stride; node += TLanes.Count)
                    AddLogOdds(TLanes.MultiplyAdd(slope, TLanes.Load(ref coordinate, (nuint)node), intercept), ref total, ref factor, ref other, (nuint)node);
                return;
            }
            Span<double> slopes = stackalloc double[nodes.Slopes.Length];
            Span<int> starts = stackalloc int[nodes.Slopes.Length];
            for (int loading = 0; loading < slopes.Length; loading++)
            {
                slopes[loading] = score * nodes.Slopes[loading];
                starts[loading] = nodes.Attributes[loading] * stride;
            }
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                TLanes y = intercept;
                for (int loading = 0; loading < slopes.Length; loading++)
                    y = TLanes.MultiplyAdd(slopes[loading], TLanes.Load(ref theta, (nuint)(starts[loading] + node)), y);
                AddLogOdds(y, ref total, ref factor, ref other, (nuint)node);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void AddKeptSums(in ResponseNodes nodes, ReadOnlySpan<double> weights, Span<double> kept, Span<double> sums)
        {
            if (IsSoftmax(nodes.CategoryCount))
                AddSoftmaxSums(nodes, weights, kept, sums);
            else if (!IsLogistic(nodes.CategoryCount))
                base.AddKeptSums(nodes, weights, kept, sums);
            else if (nodes.Slopes.Length == 1)
                AddOneLoading(nodes, weights, kept, sums);
            else
                AddLoadings(nodes, weights, kept, sums);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void FillKeptGradients(in ResponseNodes nodes, Span<double> kept, Span<double> scratch, Span<double> gradients)
        {
            if (!IsLogistic(nodes.CategoryCount))
            {
                if (IsSoftmax(nodes.CategoryCount))
                    FillSoftmaxGradients(nodes, kept, gradients);
                else
                    base.FillKeptGradients(nodes, kept, scratch, gradients);
                return;
            }
            int stride = nodes.NodeCount;
            TLanes sign = Sign(nodes.Category);
            TLanes score = Score(nodes);
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double other = ref MemoryMarshal.GetReference(kept);
            ref double result = ref MemoryMarshal.GetReference(gradients);
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                TLanes residual = sign * TLanes.Load(ref other, (nuint)node);
                residual.Store(ref result, (nuint)(nodes.Slopes.Length * stride + node));
                residual *= score;
                for (int loading = 0; loading < nodes.Slopes.Length; loading++)
                    (residual * TLanes.Load(ref theta, (nuint)(nodes.Attributes[loading] * stride + node))).Store(ref result, (nuint)(loading * stride + node));
            }
        }

        private static bool IsLogistic(int categoryCount) => categoryCount == 2 && TModel.ScoreParameter(1, 2) < 0;

        private static double Sign(int category) => category == 1 ? 1 : -1;

        private static double Score(in ResponseNodes nodes) => TModel.Score(1, 2, new SpanVector(nodes.Shape), new SpanVector(nodes.Scores));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void AddLogOdds(TLanes y, ref double sum, ref double product, ref double other, nuint node)
        {
            TLanes size = TLanes.Max(y, -y);
            TLanes smaller = VectorMath.ExpNonPositive(-size);
            TLanes factor = 1.0 + smaller;
            TLanes.MultiplyAdd(0.5, y - size, TLanes.Load(ref sum, node)).Store(ref sum, node); // min(y, 0)
            (TLanes.Load(ref product, node) * factor).Store(ref product, node);
            (TLanes.WhereLess(0.0, y, smaller, 1.0) / factor).Store(ref other, node);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddOneLoading(in ResponseNodes nodes, ReadOnlySpan<double> weights, Span<double> kept, Span<double> sums)
        {
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta[(nodes.Attributes[0] * nodes.NodeCount)..]);
            ref double weight = ref MemoryMarshal.GetReference(weights);
            ref double other = ref MemoryMarshal.GetReference(kept);
            TLanes residual = 0.0, residualTheta = 0.0, variance = 0.0, varianceTheta = 0.0, varianceSquare = 0.0;
            for (int node = 0; node < nodes.NodeCount; node += TLanes.Count)
            {
                TLanes coordinate = TLanes.Load(ref theta, (nuint)node);
                TLanes complement = TLanes.Load(ref other, (nuint)node);
                TLanes first = TLanes.Load(ref weight, (nuint)node) * complement;
                TLanes second = first - first * complement;
                TLanes secondTheta = second * coordinate;
                residual += first;
                residualTheta = TLanes.MultiplyAdd(first, coordinate, residualTheta);
                variance += second;
                varianceTheta += secondTheta;
                varianceSquare = TLanes.MultiplyAdd(secondTheta, coordinate, varianceSquare);
            }
            double sign = Sign(nodes.Category);
            double score = Score(nodes);
            Add(sums, ItemSums.GradientRow(1, 2) + 1, sign, residual);
            Add(sums, ItemSums.SlopeGradientRow(1, 2, 1), sign * score, residualTheta);
            Add(sums, ItemSums.HessianRow(1, 2, 1) + PackedTriangle.Diagonal(1), -1, variance);
            Add(sums, ItemSums.CrossHessianRow(1, 2, 1), -score, varianceTheta);
            Add(sums, ItemSums.SlopeHessianRow(1, 2, 1), -score * score, varianceSquare);
        }

        /// <summary>Any number of loadings. The kept row becomes w P(1 − P).</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddLoadings(in ResponseNodes nodes, ReadOnlySpan<double> weights, Span<double> kept, Span<double> sums)
        {
            int slopeCount = nodes.Slopes.Length;
            int stride = nodes.NodeCount;
            double sign = Sign(nodes.Category);
            double score = Score(nodes);
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double weight = ref MemoryMarshal.GetReference(weights);
            ref double other = ref MemoryMarshal.GetReference(kept);
            int slopeRow = ItemSums.SlopeGradientRow(slopeCount, 2, 1);
            for (int row = 0; row < slopeCount; row += Columns)
                AddDots(nodes, row, Math.Min(Columns, slopeCount - row), ref weight, ref other, sign * score, sums, slopeRow + row);
            TLanes residual = 0.0, variance = 0.0;
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                TLanes complement = TLanes.Load(ref other, (nuint)node);
                TLanes first = TLanes.Load(ref weight, (nuint)node) * complement;
                TLanes second = first - first * complement;
                residual += first;
                variance += second;
                second.Store(ref other, (nuint)node);
            }
            Add(sums, ItemSums.GradientRow(slopeCount, 2) + 1, sign, residual);
            Add(sums, ItemSums.HessianRow(slopeCount, 2, 1) + PackedTriangle.Diagonal(1), -1, variance);
            int crossRow = ItemSums.CrossHessianRow(slopeCount, 2, 1);
            for (int row = 0; row < slopeCount; row += Columns)
                AddDots(nodes, row, Math.Min(Columns, slopeCount - row), ref other, -score, sums, crossRow + row);
            int hessianRow = ItemSums.SlopeHessianRow(slopeCount, 2, 1);
            for (int row = 0; row < slopeCount; row++)
            {
                ref double along = ref Unsafe.Add(ref theta, nodes.Attributes[row] * stride);
                for (int column = 0; column <= row; column += Columns)
                    AddDots(nodes, column, Math.Min(Columns, row + 1 - column), ref other, ref along, -score * score, sums, hessianRow + PackedTriangle.Index(row, column));
            }
        }

        /// <summary>Σ a b θ_j for up to four loadings j, in registers: more would not stay there.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddDots(in ResponseNodes nodes, int loading, int count, ref double a, ref double b, double factor, Span<double> sums, int row)
        {
            int stride = nodes.NodeCount;
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double theta0 = ref Unsafe.Add(ref theta, nodes.Attributes[loading] * stride);
            ref double theta1 = ref Unsafe.Add(ref theta, nodes.Attributes[loading + Math.Min(1, count - 1)] * stride);
            ref double theta2 = ref Unsafe.Add(ref theta, nodes.Attributes[loading + Math.Min(2, count - 1)] * stride);
            ref double theta3 = ref Unsafe.Add(ref theta, nodes.Attributes[loading + Math.Min(3, count - 1)] * stride);
            TLanes sum0 = 0.0, sum1 = 0.0, sum2 = 0.0, sum3 = 0.0;
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                TLanes weight = TLanes.Load(ref a, (nuint)node) * TLanes.Load(ref b, (nuint)node);
                sum0 = TLanes.MultiplyAdd(weight, TLanes.Load(ref theta0, (nuint)node), sum0);
                sum1 = TLanes.MultiplyAdd(weight, TLanes.Load(ref theta1, (nuint)node), sum1);
                sum2 = TLanes.MultiplyAdd(weight, TLanes.Load(ref theta2, (nuint)node), sum2);
                sum3 = TLanes.MultiplyAdd(weight, TLanes.Load(ref theta3, (nuint)node), sum3);
            }
            AddSome(sums, row, count, factor, sum0, sum1, sum2, sum3);
        }

        /// <summary>Σ a θ_j for up to four loadings j.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddDots(in ResponseNodes nodes, int loading, int count, ref double a, double factor, Span<double> sums, int row)
        {
            int stride = nodes.NodeCount;
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double theta0 = ref Unsafe.Add(ref theta, nodes.Attributes[loading] * stride);
            ref double theta1 = ref Unsafe.Add(ref theta, nodes.Attributes[loading + Math.Min(1, count - 1)] * stride);
            ref double theta2 = ref Unsafe.Add(ref theta, nodes.Attributes[loading + Math.Min(2, count - 1)] * stride);
            ref double theta3 = ref Unsafe.Add(ref theta, nodes.Attributes[loading + Math.Min(3, count - 1)] * stride);
            TLanes sum0 = 0.0, sum1 = 0.0, sum2 = 0.0, sum3 = 0.0;
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                TLanes weight = TLanes.Load(ref a, (nuint)node);
                sum0 = TLanes.MultiplyAdd(weight, TLanes.Load(ref theta0, (nuint)node), sum0);
                sum1 = TLanes.MultiplyAdd(weight, TLanes.Load(ref theta1, (nuint)node), sum1);
                sum2 = TLanes.MultiplyAdd(weight, TLanes.Load(ref theta2, (nuint)node), sum2);
                sum3 = TLanes.MultiplyAdd(weight, TLanes.Load(ref theta3, (nuint)node), sum3);
            }
            AddSome(sums, row, count, factor, sum0, sum1, sum2, sum3);
        }

        /// <summary>Adds the first of up to four sums to rows one after the other.</summary>
        private static void AddSome(Span<double> sums, int row, int count, double factor, TLanes sum0, TLanes sum1, TLanes sum2, TLanes sum3)
        {
            if (count > 0)
                Add(sums, row, factor, sum0);
            if (count > 1)
                Add(sums, row + 1, factor, sum1);
            if (count > 2)
                Add(sums, row + 2, factor, sum2);
            if (count > 3)
                Add(sums, row + 3, factor, sum3);
        }

        /// <summary>Adds to a row of sums, which lie from a cache line on.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Add(Span<double> sums, int row, double factor, TLanes value)
        {
            ref double first = ref MemoryMarshal.GetReference(sums);
            nuint start = (nuint)(row * TLanes.Count);
            TLanes.MultiplyAdd(factor, value, TLanes.Load(ref first, start)).Store(ref first, start);
        }
    }
}
