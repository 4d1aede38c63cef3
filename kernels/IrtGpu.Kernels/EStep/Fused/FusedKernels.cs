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
    private const double Impossible = -1e5; // log-probabilities below stand for it: differences of columns stay exact enough
    private const double Absent = -1.0; // frequency of a pattern that is not there, or not of the class
    private const double LeastLikely = -9e4; // patterns whose largest term is below have an impossible response at every node

    /// <summary>One run of patterns at one node block; group = node block · slices + slice.</summary>
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

        int nodeBlock = Grid.IdxX / shape.SliceCount;
        int slice = Grid.IdxX % shape.SliceCount;
        int k = nodeBlock / shape.NodeBlockCount;
        int block = shape.FirstBlock + k;
        int blockOfNodes = nodeBlock % shape.NodeBlockCount;
        long firstFragment = ((long)tableOfBlock[block] * shape.NodeBlockCount + blockOfNodes) * tableLength;
        for (int index = thread; index < tableLength; index += Group.DimX)
            shared[index] = views.Fragments[firstFragment + index];
        if (thread < Width)
            shared[bases + thread] = views.Bases[((long)block * shape.NodeBlockCount + blockOfNodes) * Width + thread];
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

            long bit = shape.FirstPattern + tile + rows + oct;
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
            if (part == 0 && lane < 16)
                shared[frequencies + rows + lane] = isAsked && (known < 0 || known == k) ? frequency : Absent;
            if (unit.PartCount == 1)
                Warp.Barrier(); // the rows of a warp are its own
            else
                Group.Barrier();

            // 2. Posteriors: eight lanes a pattern, four patterns of a warp at a time.
            for (int round = 0; round < roundCount; round++)
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

            // 3. Counts of the part's columns at the warp's 16 nodes.
            if (shape.Pass != (int)FusedPass.Terms)
            {
                int counted = countAddress;
                long bits = (long)part * 2 * shape.BitStride + shape.FirstPattern + tile + quad;
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

        if (shape.Pass == (int)FusedPass.Terms)
            return;
        long firstCount = (long)slice * shape.SliceLength + ((long)block * shape.NodeBlockCount + blockOfNodes) * unit.PartCount * Width * Width;
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

    /// <summary>Packs the answers of one pattern in 32 columns.</summary>
    /// <param name="cell">word · patterns + pattern.</param>
    /// <param name="shape">The run; all patterns where they stay.</param>
    /// <param name="patterns">Responses.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="bits">Receives them. [word, pattern]</param>
    public static void PackAnswers(Index1D cell, FusedShape shape, PatternViews patterns, ColumnViews columns, ArrayView<int> bits)
    {
        int pattern = shape.FirstPattern + cell.X % shape.PatternCount;
        int word = cell.X / shape.PatternCount;
        int packed = 0;
        for (int column = 0; column < 32; column++)
        {
            int item = columns.Item[word * 32 + column];
            bool isAnswer = item == -1;
            if (item >= 0)
            {
                int responses = patterns.Words[(long)pattern * patterns.WordCount + (item >> 2)] >> (8 * (item & 3));
                isAnswer = (responses & 255) == columns.Category[word * 32 + column];
            }

            packed |= isAnswer ? 1 << ((30 - column) & 31) : 0;
        }

        bits[(long)word * shape.BitStride + pattern] = packed;
    }

    /// <summary>What one column adds at one node, in the order in which lanes read it.</summary>
    /// <param name="cell">((table · node blocks + node block) · steps of all parts + step) · 256 + element.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="partCount">Parts.</param>
    /// <param name="nodeCount">Nodes of the tables.</param>
    /// <param name="rowCount">Rows of a table.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="logProbability">log P. [table, row, node]</param>
    /// <param name="fragments">Receives them.</param>
    public static void PackFragments(
        Index1D cell, FusedShape shape, int partCount, int nodeCount, int rowCount, ColumnViews columns, ArrayView<double> logProbability, ArrayView<double> fragments)
    {
        int element = cell.X % StepLength;
        int step = cell.X / StepLength;
        int stepsOfPart = shape.FragmentCount * 2;
        int nodeBlock = step / (stepsOfPart * partCount);
        int inBlock = step % (stepsOfPart * partCount);
        int lane = (element >> 1) & 31;
        int node = nodeBlock % shape.NodeBlockCount * Width + (((element >> 6) << 1) | (element & 1)) * 8 + (lane >> 2);
        int column = inBlock / stepsOfPart * Width + inBlock % stepsOfPart * 4 + (lane & 3);
        int row = columns.Row[column];
        double value = 0.0;
        if (row >= 0 && node < nodeCount)
        {
            long table = (long)(nodeBlock / shape.NodeBlockCount) * rowCount * nodeCount + node;
            value = AtLeastImpossible(logProbability[table + (long)row * nodeCount]);
            int reference = columns.ReferenceRow[column];
            if (reference >= 0)
                value -= AtLeastImpossible(logProbability[table + (long)reference * nodeCount]);
        }

        fragments[cell.X] = 0.5 * value;
    }

    /// <summary>Lanes that add the rows of one node in <see cref="PackBases"/>.</summary>
    public const int BaseLanes = 16;

    /// <summary>Log weight and log-probabilities of the reference categories at the nodes of one node block; one group a block and node block.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="nodeCount">Nodes of the tables, and distance of blocks in the weights.</param>
    /// <param name="rowCount">Rows of a table.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="tables">Table of each block, log P [table, row, node], log weights [block, node].</param>
    /// <param name="bases">Receives them; −∞ beyond the nodes. [block, node block, 64]</param>
    public static void PackBases(FusedShape shape, int nodeCount, int rowCount, ColumnViews columns, TableViews tables, ArrayView<double> bases)
    {
        ArrayView<double> lanes = SharedMemory.Allocate<double>(BaseLanes * Width);
        int lane = Group.IdxX / Width;
        int node = Grid.IdxX % shape.NodeBlockCount * Width + Group.IdxX % Width;
        int block = Grid.IdxX / shape.NodeBlockCount;
        double sum = 0.0;
        if (node < nodeCount)
        {
            long table = (long)tables.TableOfBlock[block] * rowCount * nodeCount + node;
            for (int index = lane; index < columns.BaseRow.IntLength; index += BaseLanes)
            {
                int row = columns.BaseRow[index];
                if (row >= 0)
                    sum += AtLeastImpossible(tables.LogProbability[table + (long)row * nodeCount]);
            }
        }

        lanes[Group.IdxX] = sum;
        Group.Barrier();
        if (lane == 0)
        {
            double all = node < nodeCount ? tables.LogWeight[(long)block * nodeCount + node] : double.NegativeInfinity;
            for (int other = 0; other < BaseLanes; other++)
                all += lanes[other * Width + Group.IdxX];
            bases[(long)Grid.IdxX * Width + Group.IdxX] = all;
        }
    }

    /// <summary>Counts and node totals of the usual form from the sums of columns: one row at one node, or one block at one node.</summary>
    /// <param name="cell">(table · rows + row) · nodes + node; then block · nodes + node.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="partCount">Parts.</param>
    /// <param name="nodeCount">Nodes of the tables.</param>
    /// <param name="rowCount">Rows of a table.</param>
    /// <param name="tableCount">Tables.</param>
    /// <param name="totalColumn">Column that is always answered.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="tableOfBlock">Table of each block.</param>
    /// <param name="sums">Twice the counts, slices added. [block, node block, column, 64]</param>
    /// <param name="counts">Receives counts. [table, row, node]</param>
    /// <param name="totals">Receives totals. [block, node]</param>
    public static void SpreadCounts(
        Index1D cell, FusedShape shape, int partCount, int nodeCount, int rowCount, int tableCount, int totalColumn, ColumnViews columns,
        ArrayView<int> tableOfBlock, ArrayView<double> sums, ArrayView<double> counts, ArrayView<double> totals)
    {
        int node = cell.X % nodeCount;
        int rest = cell.X / nodeCount;
        long blockLength = (long)shape.NodeBlockCount * partCount * Width * Width;
        long inBlock = (long)(node / Width) * partCount * Width * Width + node % Width;
        if (rest >= tableCount * rowCount)
        {
            int own = rest - tableCount * rowCount;
            totals[(long)own * nodeCount + node] = 0.5 * sums[own * blockLength + inBlock + (long)totalColumn * Width];
            return;
        }

        int table = rest / rowCount;
        int row = rest % rowCount;
        int column = columns.ColumnOfRow[row];
        double sum = 0.0;
        for (int block = 0; block < tableOfBlock.IntLength; block++)
        {
            if (tableOfBlock[block] != table)
                continue;
            long first = block * blockLength + inBlock;
            if (column >= 0)
            {
                sum += sums[first + (long)column * Width];
            }
            else if (column == -1)
            {
                double others = 0.0;
                for (int other = columns.FirstRow[row]; other < columns.EndRow[row]; other++)
                {
                    if (other != row)
                        others += sums[first + (long)columns.ColumnOfRow[other] * Width];
                }

                sum += IntrinsicMath.Max(sums[first + (long)totalColumn * Width] - others, 0.0);
            }
        }

        counts[cell.X] = 0.5 * sum;
    }

    /// <summary>Adds frequency times log-likelihood over the patterns of a slice of a whole pass; one group a slice.</summary>
    /// <remarks>As <see cref="EStepKernels.SumLogLikelihood"/>, from the terms of the only node block.</remarks>
    /// <param name="shape">The run.</param>
    /// <param name="sliceLength">Patterns of a slice.</param>
    /// <param name="patterns">Frequencies.</param>
    /// <param name="views">Largest terms and sums.</param>
    /// <param name="sums">Added to. [slice]</param>
    public static void SumWholeLogLikelihood(FusedShape shape, int sliceLength, PatternViews patterns, FusedViews views, ArrayView<double> sums)
    {
        int begin = Grid.IdxX * sliceLength;
        int end = IntrinsicMath.Min(begin + sliceLength, shape.PatternCount);
        double own = 0.0;
        for (int pattern = begin + Group.IdxX; pattern < end; pattern += Group.DimX)
            own += patterns.Frequency[shape.FirstPattern + pattern] * (views.Largest[pattern] + Elementary.Log(views.Sum[pattern]));
        double sum = GroupExtensions.InclusiveScan<double, AddDouble>(own);
        if (Group.IdxX == Group.DimX - 1)
            sums[Grid.IdxX] += sum;
    }

    private static double AtLeastImpossible(double logProbability) => logProbability < Impossible ? Impossible : logProbability;

    private static int RotateLeft(int word, int by) => (word << by) | (int)(((uint)word >> 1) >> (31 - by));

    private static int Magnitude(double term) => (int)(Interop.FloatAsInt(term) >> 32) & 0x7FFFFFFF;
}
