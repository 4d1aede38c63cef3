using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IrtGpu.Models;

namespace IrtGpu.Items.Evaluation;

/// <summary>Loops over one person's nodes where log P = −log(1 + e^−y), y = ±(d + s z) the log odds of the answer given: two categories, fixed scores.</summary>
internal abstract partial class ItemModelOperations
{
    private sealed partial class WeightedScoreOperations<TModel, TLanes>
    {
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
            AddLogOdds(nodes, sign * Score(nodes), sign * nodes.Shape[0], sum, product, kept);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void AddKeptSums(in ResponseNodes nodes, ReadOnlySpan<double> weights, Span<double> kept, Span<double> sums)
        {
            if (IsSoftmax(nodes.CategoryCount))
                AddSoftmaxSums(nodes, weights, kept, sums);
            else if (!IsLogistic(nodes.CategoryCount))
                base.AddKeptSums(nodes, weights, kept, sums);
            else
                AddLogOddsSums(nodes, Sign(nodes.Category), Score(nodes), 1, weights, kept, sums);
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
    }
}
