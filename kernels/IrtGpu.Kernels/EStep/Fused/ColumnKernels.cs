using ILGPU;
using IrtGpu.Kernels.Memory;

namespace IrtGpu.Kernels.EStep.Fused;

/// <summary>What <see cref="FusedKernels"/> reads and leaves, from and to the form of the other kernels: answers by column, tables, counts.</summary>
internal static class ColumnKernels
{
    private const int Width = FusedKernels.Width;
    private const int StepLength = FusedKernels.StepLength;
    private const double Impossible = -1e5; // log-probabilities below stand for it: differences of columns stay exact enough

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

    private static double AtLeastImpossible(double logProbability) => logProbability < Impossible ? Impossible : logProbability;
}
