using IrtGpu.Data;
using IrtGpu.Foundation.Collections;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.ClosedForm;

/// <summary>
/// The information that not knowing θ costs, Σ_p N_p Cov(s | pattern), for one-dimensional items of the exponential family: summed
/// over the cells of block and answered items (<see cref="MissingInformationCell"/>).
/// </summary>
/// <remarks>
/// Taken from the complete information it leaves the observed one (Louis 1982, Journal of the Royal Statistical Society B 44, 226–233).
/// Cells, shards and their order are those of the data, so results do not depend on the number of threads.
/// </remarks>
internal static class MissingInformation
{
    private const int CellsPerBatch = 32; // in memory at a time

    /// <summary>
    /// Whether the posterior covariances are the whole difference: one class, and nodes that stay where they are when a free parameter moves.
    /// </summary>
    public static bool IsFor(CalibrationPlan plan)
    {
        if (plan.ClassCount > 1 || plan.AttributeCount > 1)
            return false;
        if (!plan.Grid.Moves)
            return true;
        foreach (PlannedBlock block in plan.Blocks)
        {
            if (!plan.Layout.IsFixed(block.FirstMeanSlot) || !plan.Layout.IsFixed(block.FirstCovarianceSlot))
                return false;
        }
        return true;
    }

    /// <summary>The sum over all cells.</summary>
    /// <param name="plan">The plan, one that it is for.</param>
    /// <param name="patterns">The data.</param>
    /// <param name="sets">Distinct sets of answered items.</param>
    /// <param name="createCell">Makes the cell of a block and a set: block, set, its patterns.</param>
    /// <param name="threads">Number of threads; the result does not depend on it.</param>
    /// <returns>Lower triangle. [free, free]</returns>
    public static double[] Sum(
        CalibrationPlan plan, PatternTable patterns, AnsweredSets sets, Func<int, int, int[], MissingInformationCell> createCell, int threads)
    {
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads };
        double[] sum = new double[(long)plan.Layout.FreeCount * plan.Layout.FreeCount];
        (int Block, int Set, int[] Patterns)[] all = Members(plan, patterns, sets);
        for (int start = 0; start < all.Length; start += CellsPerBatch)
        {
            MissingInformationCell[] cells = new MissingInformationCell[Math.Min(CellsPerBatch, all.Length - start)];
            Parallel.For(0, cells.Length, parallel, k => cells[k] = createCell(all[start + k].Block, all[start + k].Set, all[start + k].Patterns));
            (MissingInformationCell Cell, int Shard)[] tasks =
                [.. cells.SelectMany(cell => Enumerable.Range(0, cell.Deposits.ShardCount).Select(shard => (cell, shard)))];
            Parallel.For(0, tasks.Length, parallel, k => tasks[k].Cell.Deposits.Collect(patterns, tasks[k].Shard));
            Parallel.ForEach(cells, parallel, cell => cell.Assemble());
            foreach (MissingInformationCell cell in cells)
            {
                cell.AddTo(sum, plan.Layout.FreeCount);
                cell.Dispose();
            }
        }
        return sum;
    }

    /// <summary>Patterns that count by block and answered set, in order; with one class the group is the block.</summary>
    private static (int Block, int Set, int[] Patterns)[] Members(CalibrationPlan plan, PatternTable patterns, AnsweredSets sets)
    {
        int setCount = sets.IsAnswered.Count;
        int cellCount = plan.Blocks.Count * setCount;
        int CellOf(int pattern) => patterns.Frequency[pattern] == 0 ? cellCount : patterns.Groups[pattern] * setCount + sets.SetOfPattern[pattern];
        int[] begin = CountingSort.Begin(patterns.PatternCount, cellCount + 1, CellOf);
        int[] order = CountingSort.Order(begin, CellOf);
        return [.. Enumerable.Range(0, cellCount).Where(cell => begin[cell] < begin[cell + 1])
            .Select(cell => (cell / setCount, cell % setCount, order[begin[cell]..begin[cell + 1]]))];
    }
}
