using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Models.Functions;
using IrtGpu.Vectors;

namespace IrtGpu.Items.Evaluation;

/// <summary>Loops over one person's nodes of the graded rating scale, x_t = s (z + e_t).</summary>
/// <remarks>
/// Of one threshold, with u = z + e, f = ±(1 − σ) and g = −σ(1 − σ) by x: ∂z = ∂e = s f, ∂s = f u; ∂²z = ∂z∂e = ∂²e = s² g,
/// ∂z∂s = ∂e∂s = f + s g u, ∂²s = g u². What log(1 − e^−δ) adds is as <see cref="GradedRatingScale"/> has it.
/// </remarks>
internal abstract partial class ItemModelOperations
{
    private static readonly ItemModelOperations ChosenGradedRatingScale = VectorWidth.Bits switch
    {
        512 => new GradedRatingScaleOperations<Lanes512>(),
        256 => new GradedRatingScaleOperations<Lanes256>(),
        _ => new GradedRatingScaleOperations<Lanes128>(),
    };

    /// <summary>Those of the graded rating scale.</summary>
    public static ItemModelOperations OfGradedRatingScale() => ChosenGradedRatingScale;

    /// <summary>The same by vectors of a width, which the machine may lack.</summary>
    internal static ItemModelOperations OfGradedRatingScale<TLanes>()
        where TLanes : struct, ILanes<TLanes> => new GradedRatingScaleOperations<TLanes>();

    private sealed class GradedRatingScaleOperations<TLanes> : ThresholdOperations<GradedRatingScale, TLanes>
        where TLanes : struct, ILanes<TLanes>
    {
        private const int Twist = 2; // κ − δκ(1 + κ), the third constant

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void AddKeptSums(in ResponseNodes nodes, ReadOnlySpan<double> weights, Span<double> kept, Span<double> sums)
        {
            BetweenThresholds answer = new(nodes);
            if (answer.Lower > 0)
                AddThreshold(nodes, 1, answer.Lower, weights, kept[..nodes.NodeCount], sums);
            if (answer.Upper > 0)
                AddThreshold(nodes, -1, answer.Upper, weights, kept.Slice(answer.UpperRow * nodes.NodeCount, nodes.NodeCount), sums);
            if (!answer.IsMiddle)
                return;
            double scale = Scale(nodes);
            double width = nodes.Shape[answer.Lower - 1] - nodes.Shape[answer.Upper - 1];
            double kappa = answer[Kappa];
            double curvature = kappa * (1 + kappa);
            int ofScale = nodes.CategoryCount;
            int gradient = ItemSums.GradientRow(nodes.Slopes.Length, nodes.CategoryCount);
            int hessian = ItemSums.HessianRow(nodes.Slopes.Length, nodes.CategoryCount, nodes.Shape.Length);
            TLanes total = Total(weights[..nodes.NodeCount]);
            Add(sums, gradient + answer.Lower, scale * kappa, total);
            Add(sums, gradient + answer.Upper, -scale * kappa, total);
            Add(sums, gradient + ofScale, width * kappa, total);
            Add(sums, hessian + PackedTriangle.Diagonal(answer.Lower), -scale * scale * curvature, total);
            Add(sums, hessian + PackedTriangle.Diagonal(answer.Upper), -scale * scale * curvature, total);
            Add(sums, hessian + PackedTriangle.Index(answer.Upper, answer.Lower), scale * scale * curvature, total);
            Add(sums, hessian + PackedTriangle.Index(ofScale, answer.Lower), answer[Twist], total);
            Add(sums, hessian + PackedTriangle.Index(ofScale, answer.Upper), -answer[Twist], total);
            Add(sums, hessian + PackedTriangle.Diagonal(ofScale), -width * width * curvature, total);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void FillKeptGradients(in ResponseNodes nodes, Span<double> kept, Span<double> scratch, Span<double> gradients)
        {
            BetweenThresholds answer = new(nodes);
            int stride = nodes.NodeCount;
            int slopeCount = nodes.Slopes.Length;
            double scale = Scale(nodes);
            TLanes kappa = answer.IsMiddle ? answer[Kappa] : 0;
            double width = answer.IsMiddle ? nodes.Shape[answer.Lower - 1] - nodes.Shape[answer.Upper - 1] : 0;
            gradients.Slice(slopeCount * stride, nodes.Shape.Length * stride).Clear();
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double rows = ref MemoryMarshal.GetReference(kept);
            ref double result = ref MemoryMarshal.GetReference(gradients);
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                TLanes z = Predictor(nodes, ref theta, node);
                TLanes along = 0.0;
                TLanes ofScale = kappa * width;
                if (answer.Lower > 0)
                {
                    along = TLanes.Load(ref rows, (nuint)node);
                    ofScale += along * (z + nodes.Shape[answer.Lower - 1]);
                    (scale * (along + kappa)).Store(ref result, (nuint)((slopeCount + answer.Lower - 1) * stride + node));
                }
                if (answer.Upper > 0)
                {
                    TLanes above = TLanes.Load(ref rows, (nuint)(answer.UpperRow * stride + node));
                    along -= above;
                    ofScale -= above * (z + nodes.Shape[answer.Upper - 1]);
                    (-scale * (above + kappa)).Store(ref result, (nuint)((slopeCount + answer.Upper - 1) * stride + node));
                }
                ofScale.Store(ref result, (nuint)((slopeCount + nodes.CategoryCount - 1) * stride + node));
                along *= scale;
                for (int loading = 0; loading < slopeCount; loading++)
                    (along * TLanes.Load(ref theta, (nuint)(nodes.Attributes[loading] * stride + node))).Store(ref result, (nuint)(loading * stride + node));
            }
        }

        protected override double Scale(in ResponseNodes nodes) => nodes.Shape[nodes.CategoryCount - 1];

        /// <summary>Adds derivatives of Σ w log σ(±x) of one threshold.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddThreshold(in ResponseNodes nodes, double sign, int slot, ReadOnlySpan<double> weights, ReadOnlySpan<double> kept, Span<double> sums)
        {
            int slopeCount = nodes.Slopes.Length;
            int categoryCount = nodes.CategoryCount;
            int shapeCount = nodes.Shape.Length;
            int stride = nodes.NodeCount;
            TLanes easiness = nodes.Shape[slot - 1];
            double scale = nodes.Shape[categoryCount - 1];
            int slopeGradient = ItemSums.SlopeGradientRow(slopeCount, categoryCount, shapeCount);
            int slopeHessian = ItemSums.SlopeHessianRow(slopeCount, categoryCount, shapeCount);
            int cross = ItemSums.CrossHessianRow(slopeCount, categoryCount, shapeCount) + (slot - 1) * slopeCount;
            int crossScale = ItemSums.CrossHessianRow(slopeCount, categoryCount, shapeCount) + (categoryCount - 1) * slopeCount;
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double weight = ref MemoryMarshal.GetReference(weights);
            ref double other = ref MemoryMarshal.GetReference(kept);
            ref double all = ref MemoryMarshal.GetReference(sums);
            TLanes residual = 0.0, residualAlong = 0.0, variance = 0.0, varianceAlong = 0.0, varianceTwice = 0.0;
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                TLanes along = easiness + Predictor(nodes, ref theta, node);
                TLanes complement = TLanes.Load(ref other, (nuint)node);
                TLanes first = TLanes.Load(ref weight, (nuint)node) * complement;
                TLanes second = first - first * complement;
                TLanes secondAlong = second * along;
                first *= sign;
                residual += first;
                residualAlong = TLanes.MultiplyAdd(first, along, residualAlong);
                variance += second;
                varianceAlong += secondAlong;
                varianceTwice = TLanes.MultiplyAdd(secondAlong, along, varianceTwice);
                TLanes firstZ = scale * first;
                TLanes secondZ = -scale * scale * second;
                TLanes secondScale = first - scale * secondAlong;
                for (int j = 0; j < slopeCount; j++)
                {
                    TLanes coordinate = TLanes.Load(ref theta, (nuint)(nodes.Attributes[j] * stride + node));
                    Add(ref all, slopeGradient + j, firstZ, coordinate);
                    Add(ref all, cross + j, secondZ, coordinate);
                    Add(ref all, crossScale + j, secondScale, coordinate);
                    TLanes secondTheta = secondZ * coordinate;
                    for (int k = 0; k <= j; k++)
                        Add(ref all, slopeHessian + PackedTriangle.Index(j, k), secondTheta, TLanes.Load(ref theta, (nuint)(nodes.Attributes[k] * stride + node)));
                }
            }
            int gradient = ItemSums.GradientRow(slopeCount, categoryCount);
            int hessian = ItemSums.HessianRow(slopeCount, categoryCount, shapeCount);
            Add(sums, gradient + slot, scale, residual);
            Add(sums, gradient + categoryCount, 1, residualAlong);
            Add(sums, hessian + PackedTriangle.Diagonal(slot), -scale * scale, variance);
            Add(sums, hessian + PackedTriangle.Index(categoryCount, slot), 1, residual - scale * varianceAlong);
            Add(sums, hessian + PackedTriangle.Diagonal(categoryCount), -1, varianceTwice);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes Predictor(in ResponseNodes nodes, ref double theta, int node)
        {
            TLanes z = 0.0;
            for (int loading = 0; loading < nodes.Slopes.Length; loading++)
                z = TLanes.MultiplyAdd(nodes.Slopes[loading], TLanes.Load(ref theta, (nuint)(nodes.Attributes[loading] * nodes.NodeCount + node)), z);
            return z;
        }
    }
}
