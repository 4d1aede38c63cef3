using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IrtGpu.Models;
using IrtGpu.Vectors;

namespace IrtGpu.Items.Evaluation;

/// <summary>Loops over the nodes that one person has alone: one answer counts, with the person's posterior for weights.</summary>
internal abstract partial class ItemModelOperations
{
    /// <summary>Bound of the factors of <see cref="AddResponse"/>: a product of <see cref="MostFactors"/> answers neither overflows nor underflows.</summary>
    public const double LargestFactor = 64;

    /// <summary>Answers after which the logarithm of their product is to be taken.</summary>
    public const int MostFactors = 160; // 64^160 = 2^960

    /// <summary>Number of constants of an item, all kinds together.</summary>
    public abstract int ConstantLength(int categoryCount);

    /// <summary>Computes the constants of an item.</summary>
    /// <param name="categoryCount">M.</param>
    /// <param name="shape">Shape parameters.</param>
    /// <param name="constants">Receives them. [<see cref="ConstantLength"/>]</param>
    public abstract void FillConstants(int categoryCount, Span<double> shape, Span<double> constants);

    /// <summary>Rows of nodes that <see cref="AddResponse"/> leaves for what is asked of the same answer at the same nodes afterwards.</summary>
    /// <param name="categoryCount">M.</param>
    public virtual int KeptRowCount(int categoryCount) => categoryCount;

    /// <summary>Adds log P of an answer: log P = what is added to the sum − log(what the product is multiplied by).</summary>
    /// <param name="nodes">Item, answer and nodes.</param>
    /// <param name="sum">Added to. [node]</param>
    /// <param name="product">Multiplied by a factor from 1/<see cref="LargestFactor"/> to <see cref="LargestFactor"/>. [node]</param>
    /// <param name="kept">Receives what the function found. [<see cref="KeptRowCount"/>, node]</param>
    public abstract void AddResponse(in ResponseNodes nodes, Span<double> sum, Span<double> product, Span<double> kept);

    /// <summary>Whether <see cref="AddKeptSums"/> has Σ w log P beside its derivatives.</summary>
    /// <param name="categoryCount">M.</param>
    public virtual bool HasKeptValue(int categoryCount) => true;

    /// <summary>Adds derivatives of Σ w log P of an answer, from what <see cref="AddResponse"/> kept, to sums by lane that go on from person to person.</summary>
    /// <param name="nodes">Item, answer and nodes, as they were.</param>
    /// <param name="weights">w. [node]</param>
    /// <param name="kept">What was kept; may be overwritten.</param>
    /// <param name="sums">Of the item, <see cref="ItemSums.ScratchLength"/> doubles from a cache line on that stay where they are.</param>
    public abstract void AddKeptSums(in ResponseNodes nodes, ReadOnlySpan<double> weights, Span<double> kept, Span<double> sums);

    /// <summary>Adds Σ w log P of an answer, and its derivatives, to sums by lane that go on from person to person.</summary>
    /// <param name="nodes">Item, answer and nodes.</param>
    /// <param name="weights">w; where it is 0, log P does not enter, not even where it is −∞. [node]</param>
    /// <param name="sums">Of the item, <see cref="ItemSums.ScratchLength"/> doubles from a cache line on that stay where they are.</param>
    /// <param name="withDerivatives">Whether derivatives are wanted.</param>
    public abstract void AddResponseSums(in ResponseNodes nodes, ReadOnlySpan<double> weights, Span<double> sums, bool withDerivatives);

    /// <summary>Makes sums by lane 0.</summary>
    public abstract void ClearSums(int slopeCount, int categoryCount, int shapeCount, Span<double> sums);

    /// <summary>Adds what sums by lane have come to.</summary>
    /// <param name="slopeCount">Loadings.</param>
    /// <param name="categoryCount">M.</param>
    /// <param name="shapeCount">Shape parameters.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="gradient">Added to; empty: only the value is wanted. [slope, shape]</param>
    /// <param name="hessian">Added to, lower triangle. [slot, slot], row-major</param>
    /// <returns>The value.</returns>
    public abstract double TakeSums(int slopeCount, int categoryCount, int shapeCount, Span<double> sums, Span<double> gradient, Span<double> hessian);

    /// <summary>Writes the derivatives of log P of an answer by the item's slots at every node, from what <see cref="AddResponse"/> kept.</summary>
    /// <param name="nodes">Item, answer and nodes, as they were.</param>
    /// <param name="kept">What was kept; may be overwritten.</param>
    /// <param name="scratch">At least <see cref="ItemSums.ScratchLength"/>.</param>
    /// <param name="gradients">Receives them. [slope and shape, node]</param>
    public abstract void FillKeptGradients(in ResponseNodes nodes, Span<double> kept, Span<double> scratch, Span<double> gradients);

    private partial class Operations<TModel, TLanes>
    {
        public override int ConstantLength(int categoryCount) => TModel.ConstantKindCount * TModel.ConstantCount(categoryCount);

        public override void FillConstants(int categoryCount, Span<double> shape, Span<double> constants) =>
            Constants(constants[..ConstantLength(categoryCount)], categoryCount, shape);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void AddResponse(in ResponseNodes nodes, Span<double> sum, Span<double> product, Span<double> kept)
        {
            ItemConstantTable table = new(nodes.Constants, TModel.ConstantCount(nodes.CategoryCount));
            SpanVector shape = new(nodes.Shape);
            SpanVector scores = new(nodes.Scores);
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double total = ref MemoryMarshal.GetReference(sum);
            for (int node = 0; node < nodes.NodeCount; node += TLanes.Count)
            {
                TLanes z = 0.0;
                for (int loading = 0; loading < nodes.Slopes.Length; loading++)
                    z += nodes.Slopes[loading] * TLanes.Load(ref theta, (nuint)(nodes.Attributes[loading] * nodes.NodeCount + node));
                LaneVector<TLanes> logProbability = new(kept[node..], nodes.NodeCount);
                TModel.LogProbabilities(z, nodes.CategoryCount, shape, scores, table, logProbability);
                (TLanes.Load(ref total, (nuint)node) + logProbability[nodes.Category]).Store(ref total, (nuint)node);
            }
        }

        public override void AddKeptSums(in ResponseNodes nodes, ReadOnlySpan<double> weights, Span<double> kept, Span<double> sums) =>
            AddSums(nodes, weights, kept, sums, withDerivatives: true);

        public override void AddResponseSums(in ResponseNodes nodes, ReadOnlySpan<double> weights, Span<double> sums, bool withDerivatives) =>
            AddSums(nodes, weights, [], sums, withDerivatives);

        /// <summary>Adds from log P that were kept; where none were, they are computed.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddSums(in ResponseNodes nodes, ReadOnlySpan<double> weights, Span<double> kept, Span<double> sums, bool withDerivatives)
        {
            ItemSums<TLanes> lanes = new(sums, nodes.Slopes.Length, nodes.CategoryCount, nodes.Shape.Length);
            ItemConstantTable table = new(nodes.Constants, TModel.ConstantCount(nodes.CategoryCount));
            LaneVector<TLanes> coordinates = new(lanes.Theta);
            LaneVector<TLanes> gradient = new(lanes.Gradient);
            LaneVector<TLanes> hessian = new(lanes.Hessian);
            LaneVector<TLanes> counts = new(lanes.CountTail);
            SpanVector shape = new(nodes.Shape);
            SpanVector scores = new(nodes.Scores);
            for (int category = 0; category < nodes.CategoryCount; category++)
                counts[category] = 0.0;
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double weight = ref MemoryMarshal.GetReference(weights);
            LaneVector<TLanes> value = new(lanes.Value);
            TLanes sum = value[0];
            for (int node = 0; node < nodes.NodeCount; node += TLanes.Count)
            {
                TLanes count = TLanes.Load(ref weight, (nuint)node);
                if (count.IsZero())
                    continue;
                TLanes z = 0.0;
                for (int loading = 0; loading < nodes.Slopes.Length; loading++)
                {
                    TLanes coordinate = TLanes.Load(ref theta, (nuint)(nodes.Attributes[loading] * nodes.NodeCount + node));
                    coordinates[loading] = coordinate;
                    z += nodes.Slopes[loading] * coordinate;
                }
                LaneVector<TLanes> logProbability = kept.IsEmpty ? new(lanes.LogProbability) : new(kept[node..], nodes.NodeCount);
                if (kept.IsEmpty)
                    TModel.LogProbabilities(z, nodes.CategoryCount, shape, scores, table, logProbability);
                sum += TLanes.WhereEqual(count, 0.0, 0.0, count * logProbability[nodes.Category]);
                if (!withDerivatives)
                    continue;
                counts[nodes.Category] = count;
                lanes.ClearPredictor();
                TModel.AddDerivatives(z, nodes.CategoryCount, shape, scores, table, logProbability, counts, gradient, hessian);
                lanes.AddPredictor();
            }
            value[0] = sum;
        }

        public override void ClearSums(int slopeCount, int categoryCount, int shapeCount, Span<double> sums) =>
            new ItemSums<TLanes>(sums, slopeCount, categoryCount, shapeCount).Clear();

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override double TakeSums(int slopeCount, int categoryCount, int shapeCount, Span<double> sums, Span<double> gradient, Span<double> hessian)
        {
            ItemSums<TLanes> lanes = new(sums, slopeCount, categoryCount, shapeCount);
            if (!gradient.IsEmpty)
                lanes.AddTo(gradient, hessian);
            return LaneArithmetic.SumPairs(LaneMemory.Load<TLanes>(lanes.Value));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void FillKeptGradients(in ResponseNodes nodes, Span<double> kept, Span<double> scratch, Span<double> gradients)
        {
            int slopeCount = nodes.Slopes.Length;
            ItemSums<TLanes> lanes = new(scratch, slopeCount, nodes.CategoryCount, nodes.Shape.Length);
            ItemConstantTable table = new(nodes.Constants, TModel.ConstantCount(nodes.CategoryCount));
            LaneVector<TLanes> gradient = new(lanes.Gradient);
            LaneVector<TLanes> hessian = new(lanes.Hessian);
            LaneVector<TLanes> counts = new(lanes.CountTail);
            SpanVector shape = new(nodes.Shape);
            SpanVector scores = new(nodes.Scores);
            for (int category = 0; category < nodes.CategoryCount; category++)
                counts[category] = category == nodes.Category ? 1.0 : 0.0;
            ref double theta = ref MemoryMarshal.GetReference(nodes.Theta);
            ref double result = ref MemoryMarshal.GetReference(gradients);
            for (int node = 0; node < nodes.NodeCount; node += TLanes.Count)
            {
                TLanes z = 0.0;
                for (int loading = 0; loading < slopeCount; loading++)
                    z += nodes.Slopes[loading] * TLanes.Load(ref theta, (nuint)(nodes.Attributes[loading] * nodes.NodeCount + node));
                lanes.Clear();
                TModel.AddDerivatives(
                    z, nodes.CategoryCount, shape, scores, table, new LaneVector<TLanes>(kept[node..], nodes.NodeCount), counts, gradient, hessian);
                for (int loading = 0; loading < slopeCount; loading++)
                    (gradient[0] * TLanes.Load(ref theta, (nuint)(nodes.Attributes[loading] * nodes.NodeCount + node))).Store(ref result, (nuint)(loading * nodes.NodeCount + node));
                for (int r = 0; r < nodes.Shape.Length; r++)
                    gradient[1 + r].Store(ref result, (nuint)((slopeCount + r) * nodes.NodeCount + node));
            }
        }
    }
}
