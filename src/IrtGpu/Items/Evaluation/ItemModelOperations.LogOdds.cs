using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Vectors;

namespace IrtGpu.Items.Evaluation;

/// <summary>Loops over one person's nodes for a term log σ(y) of log P, y = ±(d + s z), d a shape parameter.</summary>
/// <remarks>
/// log σ(y) = min(y, 0) − log(1 + e^−|y|), and the factors 1 + e^−|y| of many answers have one logarithm together. All that derivatives need is
/// 1 − σ(y), which is kept: ∂ = ±(1 − σ) and ∂² = −σ (1 − σ) by d + s z.
/// </remarks>
internal abstract partial class ItemModelOperations
{
    private partial class Operations<TModel, TLanes>
    {
        private const int Columns = 4; // sums in registers at once

        /// <summary>Adds the term.</summary>
        /// <param name="nodes">Item, answer and nodes.</param>
        /// <param name="score">±s.</param>
        /// <param name="intercept">±d.</param>
        /// <param name="sum">Added to. [node]</param>
        /// <param name="product">Multiplied by a factor from 1 to 2. [node]</param>
        /// <param name="kept">Receives 1 − σ. [node]</param>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected static void AddLogOdds(in ResponseNodes nodes, double score, TLanes intercept, Span<double> sum, Span<double> product, Span<double> kept)
        {
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

        /// <summary>Adds derivatives of Σ w log σ(y).</summary>
        /// <param name="nodes">Item, answer and nodes.</param>
        /// <param name="sign">±.</param>
        /// <param name="score">s.</param>
        /// <param name="slot">1 + the place of d among the shape parameters.</param>
        /// <param name="weights">w. [node]</param>
        /// <param name="kept">1 − σ; becomes w σ (1 − σ) where there are several loadings. [node]</param>
        /// <param name="sums">Added to.</param>
        protected static void AddLogOddsSums(in ResponseNodes nodes, double sign, double score, int slot, ReadOnlySpan<double> weights, Span<double> kept, Span<double> sums)
        {
            if (nodes.Slopes.Length == 1)
            {
                AddOneLoading(nodes, sign, score, slot, weights, kept, sums);
                return;
            }
            AddLoadings(nodes, sign, score, slot, weights, kept, sums);
            AddSlopeHessian(nodes, -score * score, kept, sums);
        }

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
        private static void AddOneLoading(in ResponseNodes nodes, double sign, double score, int slot, ReadOnlySpan<double> weights, Span<double> kept, Span<double> sums)
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
            int categoryCount = nodes.CategoryCount;
            int shapeCount = nodes.Shape.Length;
            Add(sums, ItemSums.GradientRow(1, categoryCount) + slot, sign, residual);
            Add(sums, ItemSums.SlopeGradientRow(1, categoryCount, shapeCount), sign * score, residualTheta);
            Add(sums, ItemSums.HessianRow(1, categoryCount, shapeCount) + PackedTriangle.Diagonal(slot), -1, variance);
            Add(sums, ItemSums.CrossHessianRow(1, categoryCount, shapeCount) + slot - 1, -score, varianceTheta);
            Add(sums, ItemSums.SlopeHessianRow(1, categoryCount, shapeCount), -score * score, varianceSquare);
        }

        /// <summary>Any number of loadings, without the second derivatives by slopes. The kept row becomes w σ (1 − σ).</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected static void AddLoadings(in ResponseNodes nodes, double sign, double score, int slot, ReadOnlySpan<double> weights, Span<double> kept, Span<double> sums)
        {
            int slopeCount = nodes.Slopes.Length;
            int categoryCount = nodes.CategoryCount;
            int shapeCount = nodes.Shape.Length;
            int stride = nodes.NodeCount;
            ref double weight = ref MemoryMarshal.GetReference(weights);
            ref double other = ref MemoryMarshal.GetReference(kept);
            int slopeRow = ItemSums.SlopeGradientRow(slopeCount, categoryCount, shapeCount);
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
            Add(sums, ItemSums.GradientRow(slopeCount, categoryCount) + slot, sign, residual);
            Add(sums, ItemSums.HessianRow(slopeCount, categoryCount, shapeCount) + PackedTriangle.Diagonal(slot), -1, variance);
            int crossRow = ItemSums.CrossHessianRow(slopeCount, categoryCount, shapeCount) + (slot - 1) * slopeCount;
            for (int row = 0; row < slopeCount; row += Columns)
                AddDots(nodes, row, Math.Min(Columns, slopeCount - row), ref other, -score, sums, crossRow + row);
        }

        /// <summary>Adds f Σ a θ_j θ_k, the second derivatives by slopes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected static void AddSlopeHessian(in ResponseNodes nodes, double factor, ReadOnlySpan<double> a, Span<double> sums)
        {
            int slopeCount = nodes.Slopes.Length;
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double weight = ref MemoryMarshal.GetReference(a);
            int hessianRow = ItemSums.SlopeHessianRow(slopeCount, nodes.CategoryCount, nodes.Shape.Length);
            for (int row = 0; row < slopeCount; row++)
            {
                ref double along = ref Unsafe.Add(ref theta, nodes.Attributes[row] * nodes.NodeCount);
                for (int column = 0; column <= row; column += Columns)
                    AddDots(nodes, column, Math.Min(Columns, row + 1 - column), ref weight, ref along, factor, sums, hessianRow + PackedTriangle.Index(row, column));
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
        protected static void Add(Span<double> sums, int row, double factor, TLanes value)
        {
            ref double first = ref MemoryMarshal.GetReference(sums);
            nuint start = (nuint)(row * TLanes.Count);
            TLanes.MultiplyAdd(factor, value, TLanes.Load(ref first, start)).Store(ref first, start);
        }

        /// <summary>Adds a product to a row of sums, which lie from a cache line on.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        protected static void Add(ref double sums, int row, TLanes factor, TLanes value)
        {
            nuint start = (nuint)(row * TLanes.Count);
            TLanes.MultiplyAdd(factor, value, TLanes.Load(ref sums, start)).Store(ref sums, start);
        }
    }
}
