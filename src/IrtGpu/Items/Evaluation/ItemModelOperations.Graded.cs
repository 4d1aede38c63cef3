using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Models;
using IrtGpu.Models.Functions;
using IrtGpu.Vectors;

namespace IrtGpu.Items.Evaluation;

/// <summary>Loops over one person's nodes where an answer lies between thresholds, P = σ(x) − σ(y), and of the graded response model.</summary>
/// <remarks>
/// With δ = x − y, free of z, log P = log σ(x) + log σ(−y) + log(1 − e^−δ), where a category at an end has one of the thresholds alone: what
/// is said of one log odds, up to twice. Factors of all answers have one logarithm together, and 1 − σ(x) and σ(y) are kept. Derivatives
/// are those of the log odds, and, with κ = 1/(e^δ − 1), those of log(1 − e^−δ): Σ w times constants.
/// </remarks>
internal abstract partial class ItemModelOperations
{
    private static readonly ItemModelOperations ChosenGraded = VectorWidth.Bits switch
    {
        512 => new GradedOperations<Lanes512>(),
        256 => new GradedOperations<Lanes256>(),
        _ => new GradedOperations<Lanes128>(),
    };

    /// <summary>Those of the graded response model.</summary>
    public static ItemModelOperations OfGraded() => ChosenGraded;

    /// <summary>The same by vectors of a width, which the machine may lack.</summary>
    internal static ItemModelOperations OfGraded<TLanes>()
        where TLanes : struct, ILanes<TLanes> => new GradedOperations<TLanes>();

    /// <summary>What an item says of an answer between thresholds.</summary>
    private readonly ref struct BetweenThresholds
    {
        private readonly Span<double> constants;
        private readonly int category;
        private readonly int middleCount;

        public BetweenThresholds(in ResponseNodes nodes)
        {
            category = nodes.Category;
            middleCount = nodes.CategoryCount - 2;
            constants = nodes.Constants;
        }

        /// <summary>Slot among z and shape of the lower threshold; 0: there is none.</summary>
        public int Lower => category;

        /// <summary>Slot among z and shape of the upper threshold; 0: there is none.</summary>
        public int Upper => category <= middleCount ? category + 1 : 0;

        /// <summary>Whether there are both.</summary>
        public bool IsMiddle => Lower > 0 && Upper > 0;

        /// <summary>The kept row of σ(y); that of 1 − σ(x) is row 0.</summary>
        public int UpperRow => IsMiddle ? 1 : 0;

        /// <summary>A constant of a middle category, by the kinds of the response function.</summary>
        public double this[int kind] => constants[kind * middleCount + category - 1];
    }

    /// <summary>Of answers between thresholds x_t = s (e_t + z) or e_t + z, e_t the first shape parameters.</summary>
    private abstract class ThresholdOperations<TModel, TLanes> : Operations<TModel, TLanes>
        where TModel : struct, IItemModel
        where TLanes : struct, ILanes<TLanes>
    {
        protected const int LogGap = 0; // log(1 − e^−δ), both response functions' first constant
        protected const int Kappa = 1; // κ, their second

        public override int KeptRowCount(int categoryCount) => Math.Min(2, categoryCount - 1);

        public override bool HasKeptValue(int categoryCount) => false;

        public override void AddResponse(in ResponseNodes nodes, Span<double> sum, Span<double> product, Span<double> kept)
        {
            BetweenThresholds answer = new(nodes);
            double scale = Scale(nodes);
            if (answer.IsMiddle)
                AddBoth(nodes, scale, answer[LogGap], sum, product, kept);
            else if (answer.Lower > 0)
                AddLogOdds(nodes, scale, scale * nodes.Shape[answer.Lower - 1], sum, product, kept);
            else
                AddLogOdds(nodes, -scale, -scale * nodes.Shape[answer.Upper - 1], sum, product, kept);
        }

        /// <summary>s.</summary>
        protected abstract double Scale(in ResponseNodes nodes);

        protected static TLanes Total(ReadOnlySpan<double> weights)
        {
            ref double weight = ref MemoryMarshal.GetReference(weights);
            TLanes total = 0.0;
            for (int node = 0; node < weights.Length; node += TLanes.Count)
                total += TLanes.Load(ref weight, (nuint)node);
            return total;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddBoth(in ResponseNodes nodes, double scale, double logGap, Span<double> sum, Span<double> product, Span<double> kept)
        {
            int stride = nodes.NodeCount;
            TLanes intercept = scale * nodes.Shape[nodes.Category - 1];
            TLanes gap = scale * (nodes.Shape[nodes.Category - 1] - nodes.Shape[nodes.Category]);
            Span<double> slopes = stackalloc double[nodes.Slopes.Length];
            Span<int> starts = stackalloc int[nodes.Slopes.Length];
            for (int loading = 0; loading < slopes.Length; loading++)
            {
                slopes[loading] = scale * nodes.Slopes[loading];
                starts[loading] = nodes.Attributes[loading] * stride;
            }
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double total = ref MemoryMarshal.GetReference(sum);
            ref double factor = ref MemoryMarshal.GetReference(product);
            ref double rows = ref MemoryMarshal.GetReference(kept);
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                TLanes x = intercept;
                for (int loading = 0; loading < slopes.Length; loading++)
                    x = TLanes.MultiplyAdd(slopes[loading], TLanes.Load(ref theta, (nuint)(starts[loading] + node)), x);
                TLanes minusY = gap - x;
                TLanes size = TLanes.Max(x, -x);
                TLanes sizeY = TLanes.Max(minusY, -minusY);
                TLanes smaller = VectorMath.ExpNonPositive(-size);
                TLanes smallerY = VectorMath.ExpNonPositive(-sizeY);
                TLanes all = 1.0 + smaller;
                TLanes allY = 1.0 + smallerY;
                TLanes both = all * allY;
                TLanes inverse = 1.0 / both;
                TLanes negative = (x - size) + (minusY - sizeY); // 2 min(x, 0) + 2 min(−y, 0)
                (TLanes.Load(ref total, (nuint)node) + TLanes.MultiplyAdd(0.5, negative, logGap)).Store(ref total, (nuint)node);
                (TLanes.Load(ref factor, (nuint)node) * both).Store(ref factor, (nuint)node);
                (TLanes.WhereLess(0.0, x, smaller, 1.0) * (inverse * allY)).Store(ref rows, (nuint)node);
                (TLanes.WhereLess(0.0, minusY, smallerY, 1.0) * (inverse * all)).Store(ref rows, (nuint)(stride + node));
            }
        }
    }

    private sealed class GradedOperations<TLanes> : ThresholdOperations<GradedResponse, TLanes>
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void AddKeptSums(in ResponseNodes nodes, ReadOnlySpan<double> weights, Span<double> kept, Span<double> sums)
        {
            BetweenThresholds answer = new(nodes);
            Span<double> ofLower = kept[..nodes.NodeCount];
            Span<double> ofUpper = kept.Slice(answer.UpperRow * nodes.NodeCount, nodes.NodeCount);
            if (!answer.IsMiddle)
            {
                AddLogOddsSums(nodes, answer.Lower > 0 ? 1 : -1, 1, Math.Max(answer.Lower, answer.Upper), weights, ofLower, sums);
                return;
            }
            if (nodes.Slopes.Length == 1)
            {
                AddLogOddsSums(nodes, 1, 1, answer.Lower, weights, ofLower, sums);
                AddLogOddsSums(nodes, -1, 1, answer.Upper, weights, ofUpper, sums);
            }
            else
            {
                AddLoadings(nodes, 1, 1, answer.Lower, weights, ofLower, sums);
                AddLoadings(nodes, -1, 1, answer.Upper, weights, ofUpper, sums);
                for (int node = 0; node < nodes.NodeCount; node += TLanes.Count)
                    LaneMemory.Store(LaneMemory.Load<TLanes>(ofLower[node..]) + LaneMemory.Load<TLanes>(ofUpper[node..]), ofLower[node..]);
                AddSlopeHessian(nodes, -1, ofLower, sums);
            }
            double kappa = answer[Kappa];
            double curvature = kappa * (1 + kappa);
            int gradient = ItemSums.GradientRow(nodes.Slopes.Length, nodes.CategoryCount);
            int hessian = ItemSums.HessianRow(nodes.Slopes.Length, nodes.CategoryCount, nodes.Shape.Length);
            TLanes total = Total(weights[..nodes.NodeCount]);
            Add(sums, gradient + answer.Lower, kappa, total);
            Add(sums, gradient + answer.Upper, -kappa, total);
            Add(sums, hessian + PackedTriangle.Diagonal(answer.Lower), -curvature, total);
            Add(sums, hessian + PackedTriangle.Diagonal(answer.Upper), -curvature, total);
            Add(sums, hessian + PackedTriangle.Index(answer.Upper, answer.Lower), curvature, total);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void FillKeptGradients(in ResponseNodes nodes, Span<double> kept, Span<double> scratch, Span<double> gradients)
        {
            BetweenThresholds answer = new(nodes);
            int stride = nodes.NodeCount;
            int slopeCount = nodes.Slopes.Length;
            TLanes kappa = answer.IsMiddle ? answer[Kappa] : 0;
            gradients.Slice(slopeCount * stride, nodes.Shape.Length * stride).Clear();
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double rows = ref MemoryMarshal.GetReference(kept);
            ref double result = ref MemoryMarshal.GetReference(gradients);
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                TLanes along = 0.0;
                if (answer.Lower > 0)
                {
                    along = TLanes.Load(ref rows, (nuint)node);
                    (along + kappa).Store(ref result, (nuint)((slopeCount + answer.Lower - 1) * stride + node));
                }
                if (answer.Upper > 0)
                {
                    TLanes above = TLanes.Load(ref rows, (nuint)(answer.UpperRow * stride + node));
                    along -= above;
                    (-above - kappa).Store(ref result, (nuint)((slopeCount + answer.Upper - 1) * stride + node));
                }
                for (int loading = 0; loading < slopeCount; loading++)
                    (along * TLanes.Load(ref theta, (nuint)(nodes.Attributes[loading] * stride + node))).Store(ref result, (nuint)(loading * stride + node));
            }
        }

        protected override double Scale(in ResponseNodes nodes) => 1;
    }
}
