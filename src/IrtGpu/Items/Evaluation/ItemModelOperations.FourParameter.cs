using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Models;
using IrtGpu.Models.Functions;
using IrtGpu.Vectors;

namespace IrtGpu.Items.Evaluation;

/// <summary>Loops over one person's nodes for two categories with asymptotes.</summary>
/// <remarks>
/// With x = d + z, P_2 = g σ(−x) + u σ(x) and P_1 = (1 − g) σ(−x) + (1 − u) σ(x), each a(1 − W) + bW, W = σ(x):
/// log P = max(log a + min(−x, 0), log b + min(x, 0)) + log(1 + e^−|y|) − log(1 + e^−|x|), y = log(b/a) + x, so that the two factors of all answers
/// have one logarithm together. W and the share bW/P = σ(y) are kept: derivatives are as <see cref="FourParameterLogistic"/> has them.
/// </remarks>
internal abstract partial class ItemModelOperations
{
    private static readonly ItemModelOperations ChosenFourParameter = VectorWidth.Bits switch
    {
        512 => new FourParameterOperations<Lanes512>(),
        256 => new FourParameterOperations<Lanes256>(),
        _ => new FourParameterOperations<Lanes128>(),
    };

    /// <summary>Those of two categories with asymptotes.</summary>
    public static ItemModelOperations OfFourParameter() => ChosenFourParameter;

    /// <summary>The same by vectors of a width, which the machine may lack.</summary>
    internal static ItemModelOperations OfFourParameter<TLanes>()
        where TLanes : struct, ILanes<TLanes> => new FourParameterOperations<TLanes>();

    private sealed class FourParameterOperations<TLanes> : Operations<FourParameterLogistic, TLanes>
        where TLanes : struct, ILanes<TLanes>
    {
        private const int Categories = 2;
        private const int Shapes = 3;

        public override int KeptRowCount(int categoryCount) => 2;

        public override bool HasKeptValue(int categoryCount) => false;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void AddResponse(in ResponseNodes nodes, Span<double> sum, Span<double> product, Span<double> kept)
        {
            Asymptotes ends = new(nodes);
            int stride = nodes.NodeCount;
            TLanes intercept = nodes.Shape[0];
            TLanes logLower = ends.LogLower;
            TLanes logUpper = ends.LogUpper;
            TLanes logRatio = ends.LogUpper - ends.LogLower;
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double total = ref MemoryMarshal.GetReference(sum);
            ref double factor = ref MemoryMarshal.GetReference(product);
            ref double rows = ref MemoryMarshal.GetReference(kept);
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                TLanes x = intercept;
                for (int loading = 0; loading < nodes.Slopes.Length; loading++)
                    x = TLanes.MultiplyAdd(nodes.Slopes[loading], TLanes.Load(ref theta, (nuint)(nodes.Attributes[loading] * stride + node)), x);
                TLanes y = logRatio + x;
                TLanes negative = 0.5 * (x - TLanes.Max(x, -x)); // min(x, 0)
                TLanes smallerX = VectorMath.ExpNonPositive(-TLanes.Max(x, -x));
                TLanes smallerY = VectorMath.ExpNonPositive(-TLanes.Max(y, -y));
                TLanes totalX = 1.0 + smallerX;
                TLanes totalY = 1.0 + smallerY;
                TLanes inverse = 1.0 / (totalX * totalY);
                TLanes inverseX = inverse * totalY;
                TLanes inverseY = inverse * totalX;
                (TLanes.Load(ref total, (nuint)node) + TLanes.Max(logLower + (negative - x), logUpper + negative)).Store(ref total, (nuint)node);
                (TLanes.Load(ref factor, (nuint)node) * (totalX * inverseY)).Store(ref factor, (nuint)node);
                TLanes.WhereLess(0.0, x, inverseX, smallerX * inverseX).Store(ref rows, (nuint)node);
                TLanes.WhereLess(0.0, y, inverseY, smallerY * inverseY).Store(ref rows, (nuint)(stride + node));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void AddKeptSums(in ResponseNodes nodes, ReadOnlySpan<double> weights, Span<double> kept, Span<double> sums)
        {
            Asymptotes ends = new(nodes);
            int stride = nodes.NodeCount;
            int slopeCount = nodes.Slopes.Length;
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double weight = ref MemoryMarshal.GetReference(weights);
            ref double rows = ref MemoryMarshal.GetReference(kept);
            ref double all = ref MemoryMarshal.GetReference(sums);
            int slopeGradient = ItemSums.SlopeGradientRow(slopeCount, Categories, Shapes);
            int slopeHessian = ItemSums.SlopeHessianRow(slopeCount, Categories, Shapes);
            int cross = ItemSums.CrossHessianRow(slopeCount, Categories, Shapes);
            TLanes sumX = 0.0, sumLower = 0.0, sumUpper = 0.0, sumXX = 0.0, sumLowerX = 0.0, sumLowerLower = 0.0, sumUpperX = 0.0, sumUpperLower = 0.0, sumUpperUpper = 0.0;
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                TLanes count = TLanes.Load(ref weight, (nuint)node);
                TLanes share = TLanes.Load(ref rows, (nuint)(stride + node));
                ends.Differentiate(TLanes.Load(ref rows, (nuint)node), share, out TLanes alongX, out TLanes alongLower, out TLanes alongUpper, out TLanes second);
                TLanes first = count * alongX;
                TLanes secondX = count * second;
                TLanes lower = count * alongLower;
                TLanes upper = count * alongUpper;
                TLanes lowerX = -(share * lower);
                TLanes upperX = upper - share * upper;
                sumX += first;
                sumLower += lower;
                sumUpper += upper;
                sumXX += secondX;
                sumLowerX += lowerX;
                sumUpperX += upperX;
                sumLowerLower = TLanes.MultiplyAdd(lower, ends.LowerSecond(share), sumLowerLower);
                sumUpperUpper = TLanes.MultiplyAdd(upper, ends.UpperSecond(share), sumUpperUpper);
                sumUpperLower = TLanes.MultiplyAdd(-lower, alongUpper, sumUpperLower);
                for (int j = 0; j < slopeCount; j++)
                {
                    TLanes coordinate = TLanes.Load(ref theta, (nuint)(nodes.Attributes[j] * stride + node));
                    TLanes along = secondX * coordinate;
                    Add(ref all, slopeGradient + j, first, coordinate);
                    Add(ref all, cross + j, secondX, coordinate);
                    Add(ref all, cross + slopeCount + j, lowerX, coordinate);
                    Add(ref all, cross + 2 * slopeCount + j, upperX, coordinate);
                    for (int k = 0; k <= j; k++)
                        Add(ref all, slopeHessian + PackedTriangle.Index(j, k), along, TLanes.Load(ref theta, (nuint)(nodes.Attributes[k] * stride + node)));
                }
            }
            int gradient = ItemSums.GradientRow(slopeCount, Categories);
            int hessian = ItemSums.HessianRow(slopeCount, Categories, Shapes);
            Add(ref all, gradient + 1, 1.0, sumX);
            Add(ref all, gradient + 2, 1.0, sumLower);
            Add(ref all, gradient + 3, 1.0, sumUpper);
            Add(ref all, hessian + PackedTriangle.Index(1, 1), 1.0, sumXX);
            Add(ref all, hessian + PackedTriangle.Index(2, 1), 1.0, sumLowerX);
            Add(ref all, hessian + PackedTriangle.Index(2, 2), 1.0, sumLowerLower);
            Add(ref all, hessian + PackedTriangle.Index(3, 1), 1.0, sumUpperX);
            Add(ref all, hessian + PackedTriangle.Index(3, 2), 1.0, sumUpperLower);
            Add(ref all, hessian + PackedTriangle.Index(3, 3), 1.0, sumUpperUpper);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void FillKeptGradients(in ResponseNodes nodes, Span<double> kept, Span<double> scratch, Span<double> gradients)
        {
            Asymptotes ends = new(nodes);
            int stride = nodes.NodeCount;
            int slopeCount = nodes.Slopes.Length;
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double rows = ref MemoryMarshal.GetReference(kept);
            ref double result = ref MemoryMarshal.GetReference(gradients);
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                ends.Differentiate(
                    TLanes.Load(ref rows, (nuint)node), TLanes.Load(ref rows, (nuint)(stride + node)), out TLanes alongX, out TLanes alongLower, out TLanes alongUpper, out _);
                for (int j = 0; j < slopeCount; j++)
                    (alongX * TLanes.Load(ref theta, (nuint)(nodes.Attributes[j] * stride + node))).Store(ref result, (nuint)(j * stride + node));
                alongX.Store(ref result, (nuint)(slopeCount * stride + node));
                alongLower.Store(ref result, (nuint)((slopeCount + 1) * stride + node));
                alongUpper.Store(ref result, (nuint)((slopeCount + 2) * stride + node));
            }
        }

        /// <summary>What the asymptotes say of an answer: P = a(1 − W) + bW, with a and b the probabilities of the answer at the ends.</summary>
        private readonly ref struct Asymptotes
        {
            private readonly double lower; // g
            private readonly double upper; // u
            private readonly double lowerComplement;
            private readonly double upperComplement;
            private readonly double spread; // D
            private readonly bool isRight;

            public Asymptotes(in ResponseNodes nodes)
            {
                isRight = nodes.Category == 1;
                double g = nodes.Shape[1];
                double u = nodes.Shape[2];
                double lowerTail = nodes.Constants[0];
                double upperTail = nodes.Constants[1];
                lower = Sigmoid(g, nodes.Constants[2], out lowerComplement);
                upper = Sigmoid(u, nodes.Constants[3], out upperComplement);
                spread = nodes.Constants[4];
                LogLower = Elementary.NegativePart(isRight ? g : -g) - lowerTail;
                LogUpper = Elementary.NegativePart(isRight ? u : -u) - upperTail;
            }

            public double LogLower { get; } // log a

            public double LogUpper { get; } // log b

            /// <summary>Derivatives of log P by x, g′ and u′, and the second one by x.</summary>
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Differentiate(TLanes weight, TLanes share, out TLanes alongX, out TLanes alongLower, out TLanes alongUpper, out TLanes second)
            {
                TLanes shareComplement = 1.0 - share;
                TLanes weightComplement = 1.0 - weight;
                if (isRight)
                {
                    alongX = share * weightComplement * (lowerComplement * spread);
                    alongLower = shareComplement * lowerComplement;
                    alongUpper = share * upperComplement;
                    second = alongX * (shareComplement - weight);
                    return;
                }
                alongX = -(shareComplement * weight) * (upper * spread);
                alongLower = -shareComplement * lower;
                alongUpper = -share * upper;
                second = alongX * (weightComplement - share);
            }

            /// <summary>σ(x) and 1 − σ(x) from e^−|x|.</summary>
            private static double Sigmoid(double x, double tail, out double complement)
            {
                double larger = 1 / (1 + tail);
                complement = x > 0 ? tail * larger : larger;
                return x > 0 ? larger : tail * larger;
            }

            /// <summary>The second derivative by g′ over the first.</summary>
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TLanes LowerSecond(TLanes share) => isRight ? share * lowerComplement - lower : lowerComplement - share * lower;

            /// <summary>The second derivative by u′ over the first.</summary>
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TLanes UpperSecond(TLanes share) =>
                isRight ? (1.0 - share) * upperComplement - upper : upperComplement - (1.0 - share) * upper;
        }
    }
}
