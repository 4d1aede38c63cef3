using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Models.Functions;
using IrtGpu.Vectors;

namespace IrtGpu.Items.Evaluation;

/// <summary>Loops over one person's nodes of the sequential model: an answer is the log odds of each step that it took.</summary>
/// <remarks>log P_m = Σ_(t≤m) log σ(d_t + z) + log σ(−(d_(m+1) + z)); a row is kept for each step, and steps share no second derivatives.</remarks>
internal abstract partial class ItemModelOperations
{
    private static readonly ItemModelOperations ChosenSequential = VectorWidth.Bits switch
    {
        512 => new SequentialOperations<Lanes512>(),
        256 => new SequentialOperations<Lanes256>(),
        _ => new SequentialOperations<Lanes128>(),
    };

    /// <summary>Those of the sequential model.</summary>
    public static ItemModelOperations OfSequential() => ChosenSequential;

    /// <summary>The same by vectors of a width, which the machine may lack.</summary>
    internal static ItemModelOperations OfSequential<TLanes>()
        where TLanes : struct, ILanes<TLanes> => new SequentialOperations<TLanes>();

    private sealed class SequentialOperations<TLanes> : Operations<SequentialResponse, TLanes>
        where TLanes : struct, ILanes<TLanes>
    {
        private const int MostSteps = 6; // 2^6 is LargestFactor

        public override int KeptRowCount(int categoryCount) => HasFewSteps(categoryCount) ? categoryCount - 1 : base.KeptRowCount(categoryCount);

        public override bool HasKeptValue(int categoryCount) => !HasFewSteps(categoryCount);

        public override void AddResponse(in ResponseNodes nodes, Span<double> sum, Span<double> product, Span<double> kept)
        {
            if (!HasFewSteps(nodes.CategoryCount))
            {
                base.AddResponse(nodes, sum, product, kept);
                return;
            }
            for (int step = 0; step < TriedCount(nodes); step++)
            {
                double sign = Sign(nodes, step);
                AddLogOdds(nodes, sign, sign * nodes.Shape[step], sum, product, Row(nodes, kept, step));
            }
        }

        public override void AddKeptSums(in ResponseNodes nodes, ReadOnlySpan<double> weights, Span<double> kept, Span<double> sums)
        {
            if (!HasFewSteps(nodes.CategoryCount))
            {
                base.AddKeptSums(nodes, weights, kept, sums);
                return;
            }
            for (int step = 0; step < TriedCount(nodes); step++)
                AddLogOddsSums(nodes, Sign(nodes, step), 1, 1 + step, weights, Row(nodes, kept, step), sums);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void FillKeptGradients(in ResponseNodes nodes, Span<double> kept, Span<double> scratch, Span<double> gradients)
        {
            if (!HasFewSteps(nodes.CategoryCount))
            {
                base.FillKeptGradients(nodes, kept, scratch, gradients);
                return;
            }
            int stride = nodes.NodeCount;
            int slopeCount = nodes.Slopes.Length;
            int triedCount = TriedCount(nodes);
            gradients.Slice(slopeCount * stride, nodes.Shape.Length * stride).Clear();
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double rows = ref MemoryMarshal.GetReference(kept);
            ref double result = ref MemoryMarshal.GetReference(gradients);
            for (int node = 0; node < stride; node += TLanes.Count)
            {
                TLanes along = 0.0;
                for (int step = 0; step < triedCount; step++)
                {
                    TLanes residual = Sign(nodes, step) * TLanes.Load(ref rows, (nuint)(step * stride + node));
                    residual.Store(ref result, (nuint)((slopeCount + step) * stride + node));
                    along += residual;
                }
                for (int loading = 0; loading < slopeCount; loading++)
                    (along * TLanes.Load(ref theta, (nuint)(nodes.Attributes[loading] * stride + node))).Store(ref result, (nuint)(loading * stride + node));
            }
        }

        private static bool HasFewSteps(int categoryCount) => categoryCount - 1 <= MostSteps;

        private static int TriedCount(in ResponseNodes nodes) => Math.Min(nodes.Category + 1, nodes.CategoryCount - 1);

        private static double Sign(in ResponseNodes nodes, int step) => step < nodes.Category ? 1 : -1;

        private static Span<double> Row(in ResponseNodes nodes, Span<double> kept, int step) => kept.Slice(step * nodes.NodeCount, nodes.NodeCount);
    }
}
