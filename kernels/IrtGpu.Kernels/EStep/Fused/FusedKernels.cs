using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Runtime.Cuda;
using IrtGpu.Kernels.Memory;
using IrtGpu.Models;

namespace IrtGpu.Kernels.EStep.Fused;

/// <summary>The E-step through tables by products of matrices: joint log-likelihood, posterior and counts in one kernel.</summary>
/// <remarks>
/// <para>
/// With X the answers (pattern × column, 0 or 1) and D what a column adds at a node: ℓ = base + X D, W = soft-max of ℓ times frequency,
/// counts = Xᵀ W. A group has 64 nodes of one class, walks tiles of 64 patterns, and keeps its counts in registers to the end; nothing of
/// patterns × nodes leaves the multiprocessor. Where a pattern has more than 64 nodes, a first pass finds largest terms and sums of each
/// node block, and a second computes the same terms again.
/// </para>
/// <para>
/// Tables of more columns than a group has shared memory for come in column groups, a launch each, and terms are kept in between: every
/// column group adds its columns to them, posteriors take their place, and every column group counts its columns from those.
/// </para>
/// <para>Each count has one owner that adds in order of patterns: the same bits from run to run.</para>
/// </remarks>
internal static class FusedKernels
{
    /// <summary>Nodes of a node block, patterns of a tile, and columns of a part.</summary>
    public const int Width = 64;

    /// <summary>Doubles of four columns at 64 nodes.</summary>
    public const int StepLength = 256;

    /// <summary>Threads of a part.</summary>
    public const int PartThreads = 128;

    private const int Answer = 0x40000000; // high word of 2.0
    private const double Absent = -1.0; // frequency of a pattern that is not there, or not of the class
    private const double LeastLikely = -9e4; // patterns whose largest term is below have an impossible response at every node

    /// <summary>One run of patterns at one node block; group = ((point · classes + class) · node blocks + node block) · slices + slice.</summary>
    /// <typeparam name="TUnit">The device's products of matrices.</typeparam>
    /// <param name="shape">The run.</param>
    /// <param name="patterns">Frequencies and known classes.</param>
    /// <param name="tableOfBlock">Table of each block.</param>
    /// <param name="views">Everything else.</param>
    public static void Fuse<TUnit>(FusedShape shape, PatternViews patterns, ArrayView<int> tableOfBlock, FusedViews views)
        where TUnit : struct, IMatrixUnit
    {
        TUnit unit = default;
        ArrayView<double> shared = SharedMemory.GetDynamic<double>();
        CudaAsm.Emit(FusedPtx.Declare, shape.FragmentCount);
        int thread = Group.IdxX;
        int lane = thread & 31;
        int warp = thread >> 5;
        int quad = lane & 3;
        int oct = lane >> 2;
        int rows = (warp & 3) * 16; // patterns, then nodes, of the warp
        int part = warp >> 2;
        int nodes = part * (Width / unit.PartCount);
        int stepCount = shape.FragmentCount * 2;
        int tableLength = unit.PartCount * stepCount * StepLength;
        int w = tableLength; // posteriors
        int bases = w + Width * FusedPtx.RowStride;
        int frequencies = bases + Width;

        int columnGroup = unit.KeepsTerms ? shape.ColumnGroup : 0;
        int columnGroups = unit.KeepsTerms ? shape.ColumnGroupCount : 1;
        bool hasJoint = !unit.KeepsTerms || (shape.Pass != (int)FusedPass.Counts && shape.Pass != (int)FusedPass.Posteriors);
        bool hasSoftMax = !unit.KeepsTerms || shape.Pass != (int)FusedPass.Posteriors;

        int nodeBlock = Grid.IdxX / shape.SliceCount;
        int slice = Grid.IdxX % shape.SliceCount;
        int k = nodeBlock / shape.NodeBlockCount;
        int block = k / shape.ClassCount * shape.BlockStride + shape.FirstBlock + k % shape.ClassCount;
        int blockOfNodes = nodeBlock % shape.NodeBlockCount;
        k %= shape.ClassCount;
        if (hasJoint)
        {
            long firstFragment = (((long)tableOfBlock[block] * shape.NodeBlockCount + blockOfNodes) * columnGroups + columnGroup) * tableLength;
            for (int index = thread; index < tableLength; index += Group.DimX)
                shared[index] = views.Fragments[firstFragment + index];
            if (thread < Width)
                shared[bases + thread] = columnGroup == 0 ? views.Bases[((long)block * shape.NodeBlockCount + blockOfNodes) * Width + thread] : 0.0;
        }

        Group.Barrier();

        int baseAddress = (bases + nodes + 2 * quad) * sizeof(double);
        int tableAddress = (nodes * 4 + lane * 2) * sizeof(double);
        int storeAddress = (w + (rows + oct) * FusedPtx.RowStride + nodes + 2 * quad) * sizeof(double);
        int countAddress = (w + quad * FusedPtx.RowStride + rows + oct) * sizeof(double);
        int roundCount = 4 / unit.PartCount;
        int firstRow = rows + part * (16 / unit.PartCount) + (lane >> 3);
        long firstTerm = (long)nodeBlock * shape.TermStride;
        for (int tile = slice * Width; tile < shape.PatternCount; tile += shape.SliceCount * Width)
        {
            // 1. Log-likelihoods of the warp's 16 patterns at its nodes. What posteriors need is asked for before.
            bool isAsked = part == 0 && lane < 16 && tile + rows + lane < shape.PatternCount;
            double frequency = 0.0;
            int known = 0;
            if (isAsked)
            {
                frequency = patterns.Frequency[shape.FirstPattern + tile + rows + lane];
                known = patterns.KnownClass[shape.FirstPattern + tile + rows + lane];
            }

            if (hasJoint)
            {
                long bit = FirstWord<TUnit>(shape) + tile + rows + oct;
                unit.BeginJoint(baseAddress);
                int address = tableAddress;
                for (int word = 0; word < unit.PartCount * 2; word++)
                {
                    int steps = IntrinsicMath.Min(8, stepCount - (word & 1) * 8);
                    int first = RotateLeft(views.Bits[bit], quad);
                    int second = RotateLeft(views.Bits[bit + 8], quad);
                    for (int step = 0; step < steps; step++)
                    {
                        unit.AddColumns(first & Answer, second & Answer, address);
                        first <<= 4;
                        second <<= 4;
                        address += StepLength * sizeof(double);
                    }
                    bit += shape.BitStride;
                }
                unit.StoreJoint(storeAddress);
            }

            if (part == 0 && lane < 16)
                shared[frequencies + rows + lane] = isAsked && (known < 0 || known == k) ? frequency : Absent;
            if (unit.PartCount == 1)
                Warp.Barrier(); // the rows of a warp are its own
            else
                Group.Barrier();

            if (unit.KeepsTerms)
            {
                for (int index = thread; index < Width * Width; index += Group.DimX)
                {
                    int at = w + (index >> 6) * FusedPtx.RowStride + (index & 63);
                    bool isThere = tile + (index >> 6) < shape.PatternCount;
                    long position = (firstTerm + tile) * Width + index;
                    double kept = isThere && (columnGroup > 0 || !hasJoint) ? views.Kept[position] : 0.0;
                    double term = hasJoint ? shared[at] + kept : kept;
                    shared[at] = term;
                    if (isThere && (shape.Pass == (int)FusedPass.Partial || shape.Pass == (int)FusedPass.Terms))
                        views.Kept[position] = term;
                }

                Group.Barrier();
                if (shape.Pass == (int)FusedPass.Partial)
                    continue;
            }

            // 2. Posteriors: eight lanes a pattern, four patterns of a warp at a time.
            for (int round = 0; hasSoftMax && round < roundCount; round++)
            {
                int row = firstRow + round * 4;
                int at = w + row * FusedPtx.RowStride + (lane & 7);
                int pattern = tile + row;
                double e0 = shared[at], e1 = shared[at + 8], e2 = shared[at + 16], e3 = shared[at + 24];
                double e4 = shared[at + 32], e5 = shared[at + 40], e6 = shared[at + 48], e7 = shared[at + 56];
                int least = IntrinsicMath.Min(
                    IntrinsicMath.Min(IntrinsicMath.Min(Magnitude(e0), Magnitude(e1)), IntrinsicMath.Min(Magnitude(e2), Magnitude(e3))),
                    IntrinsicMath.Min(IntrinsicMath.Min(Magnitude(e4), Magnitude(e5)), IntrinsicMath.Min(Magnitude(e6), Magnitude(e7))));
                least = IntrinsicMath.Min(least, Warp.ShuffleXor(least, 1));
                least = IntrinsicMath.Min(least, Warp.ShuffleXor(least, 2));
                least = IntrinsicMath.Min(least, Warp.ShuffleXor(least, 4));

                // Terms are at most 0, so the least magnitude is the largest term. Its high word alone, towards 0, is at most 2^-20 of it above.
                least = IntrinsicMath.Min(least, 0x7FE00000);
                double largest = Interop.IntAsFloat(((ulong)(uint)least << 32) | 0x8000000000000000UL);
                e0 = Exponential.OfNegative(e0 - largest);
                e1 = Exponential.OfNegative(e1 - largest);
                e2 = Exponential.OfNegative(e2 - largest);
                e3 = Exponential.OfNegative(e3 - largest);
                e4 = Exponential.OfNegative(e4 - largest);
                e5 = Exponential.OfNegative(e5 - largest);
                e6 = Exponential.OfNegative(e6 - largest);
                e7 = Exponential.OfNegative(e7 - largest);
                double weight = shared[frequencies + row];
                bool isPossible = weight > Absent;
                double factor = 0.0;
                if (shape.Pass != (int)FusedPass.Counts)
                {
                    double sum = ((e0 + e1) + (e2 + e3)) + ((e4 + e5) + (e6 + e7));
                    sum += Warp.ShuffleXor(sum, 1);
                    sum += Warp.ShuffleXor(sum, 2);
                    sum += Warp.ShuffleXor(sum, 4);
                    factor = isPossible ? weight / sum : 0.0;
                    if ((lane & 7) == 0 && pattern < shape.PatternCount)
                    {
                        bool isLikely = isPossible && largest > LeastLikely;
                        views.Largest[firstTerm + pattern] = isLikely ? largest : double.NegativeInfinity;
                        views.Sum[firstTerm + pattern] = isLikely ? sum : isPossible ? 0.0 * sum : 0.0;
                    }
                }
                else if (isPossible)
                {
                    factor = weight * views.Sum[firstTerm + pattern];
                }

                shared[at] = e0 * factor;
                shared[at + 8] = e1 * factor;
                shared[at + 16] = e2 * factor;
                shared[at + 24] = e3 * factor;
                shared[at + 32] = e4 * factor;
                shared[at + 40] = e5 * factor;
                shared[at + 48] = e6 * factor;
                shared[at + 56] = e7 * factor;
            }

            Group.Barrier();
            if (unit.KeepsTerms && (shape.Pass == (int)FusedPass.Whole || shape.Pass == (int)FusedPass.Counts))
            {
                for (int index = thread; index < Width * Width; index += Group.DimX)
                {
                    if (tile + (index >> 6) < shape.PatternCount)
                        views.Kept[(firstTerm + tile) * Width + index] = shared[w + (index >> 6) * FusedPtx.RowStride + (index & 63)];
                }
            }

            // 3. Counts of the part's columns at the warp's 16 nodes.
            if (shape.Pass != (int)FusedPass.Terms)
            {
                int counted = countAddress;
                long bits = (long)part * 2 * shape.BitStride + FirstWord<TUnit>(shape) + tile + quad;
                for (int pattern = 0; pattern < Width; pattern += 4)
                {
                    int first = RotateLeft(views.Bits[bits + pattern], oct);
                    int second = RotateLeft(views.Bits[bits + pattern + shape.BitStride], oct);
                    unit.AddPatterns(
                        first & Answer, (first << 8) & Answer, (first << 16) & Answer, (first << 24) & Answer,
                        second & Answer, (second << 8) & Answer, (second << 16) & Answer, (second << 24) & Answer, counted);
                    counted += 4 * FusedPtx.RowStride * sizeof(double);
                }
            }

            Group.Barrier();
        }

        if (shape.Pass == (int)FusedPass.Terms || (unit.KeepsTerms && shape.Pass == (int)FusedPass.Partial))
            return;
        long firstCount = (long)slice * shape.SliceLength
            + (((long)block * shape.NodeBlockCount + blockOfNodes) * columnGroups + columnGroup) * unit.PartCount * Width * Width;
        for (int turn = 0; turn < unit.PartCount; turn++)
        {
            if (turn == part)
                CudaAsm.Emit(FusedPtx.CountStore, (w + (rows + oct) * FusedPtx.RowStride + 2 * quad) * sizeof(double));
            Group.Barrier();
            for (int index = thread; index < Width * Width; index += Group.DimX)
                views.Counts[firstCount + turn * Width * Width + index] += shared[w + (index & 63) * FusedPtx.RowStride + (index >> 6)];
            Group.Barrier();
        }
    }

    /// <summary>Adds frequency times log-likelihood over the patterns of a slice of a whole pass; group = point · slices + slice.</summary>
    /// <remarks>As <see cref="EStepKernels.SumLogLikelihood"/>, from the terms of the only node block.</remarks>
    /// <param name="shape">The run.</param>
    /// <param name="sliceLength">Patterns of a slice.</param>
    /// <param name="patterns">Frequencies.</param>
    /// <param name="views">Largest terms and sums.</param>
    /// <param name="sums">Added to. [slice, point]</param>
    public static void SumWholeLogLikelihood(FusedShape shape, int sliceLength, PatternViews patterns, FusedViews views, ArrayView<double> sums)
    {
        int sliceCount = (shape.PatternCount + sliceLength - 1) / sliceLength;
        int slice = Grid.IdxX % sliceCount;
        int point = Grid.IdxX / sliceCount;
        int begin = slice * sliceLength;
        int end = IntrinsicMath.Min(begin + sliceLength, shape.PatternCount);
        long firstTerm = (long)point * shape.TermStride;
        double own = 0.0;
        for (int pattern = begin + Group.IdxX; pattern < end; pattern += Group.DimX)
            own += patterns.Frequency[shape.FirstPattern + pattern] * (views.Largest[firstTerm + pattern] + Elementary.Log(views.Sum[firstTerm + pattern]));
        double sum = GroupExtensions.InclusiveScan<double, AddDouble>(own);
        if (Group.IdxX == Group.DimX - 1)
            sums[slice * shape.PointCount + point] += sum;
    }

    /// <summary>Where the run's first pattern is in the words of the column group.</summary>
    private static long FirstWord<TUnit>(FusedShape shape)
        where TUnit : struct, IMatrixUnit
    {
        TUnit unit = default;
        return unit.KeepsTerms ? (long)shape.ColumnGroup * (unit.PartCount * 2) * shape.BitStride + shape.FirstPattern : shape.FirstPattern;
    }

    private static int RotateLeft(int word, int by) => (word << by) | (int)(((uint)word >> 1) >> (31 - by));

    private static int Magnitude(double term) => (int)(Interop.FloatAsInt(term) >> 32) & 0x7FFFFFFF;
}
