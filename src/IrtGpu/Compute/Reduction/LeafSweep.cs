using System.Runtime.CompilerServices;
using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Reduction.Layout;
using IrtGpu.Compute.Reduction.Loops;
using IrtGpu.Compute.Tables;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Reduction;

/// <summary>Both ways of one step without children, by runs of parts: row by row of cells, all parts at each.</summary>
/// <remarks>
/// A row's likelihoods are copied side by side, so that all that its parts need stays in the second cache, and so do its counts. Sums and weights of
/// parts lie by row meanwhile, as they are written there one after the other.
/// </remarks>
/// <param name="model">The model at a point.</param>
/// <param name="step">The step.</param>
/// <param name="run">Patterns.</param>
/// <param name="k">Class.</param>
/// <param name="messages">The class's messages.</param>
internal sealed unsafe class LeafSweep(ReducedModel model, ReducedStep step, ReducedPatterns run, int k, ReducedMessages messages)
{
    private const double SmallestMessage = 1e-280; // below which a cell has no weight that doubles could tell

    private readonly int index = step.Source.Index;
    private readonly PartRuns runs = run.RunsOf(step);
    private readonly int width = step.Width;

    private int PartCount => runs.Parts.Length;

    private ReducedTables Tables => model.Tables[step.Source.Index]!;

    private double* ByRow => messages.ByRow[index]!.Pointer; // [row, position]

    /// <summary>Sums the products of all parts at one row.</summary>
    /// <param name="row">Row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SumRow(int row)
    {
        using AlignedBuffer values = new((long)StackedRows * width);
        using AlignedBuffer product = new(width);
        int table = -1;
        fixed (int* rows = runs.Rows)
        {
            for (int one = 0; one + 1 < runs.Start.Length; one++)
            {
                PlannedBlock block = BlockOf(one);
                if (block.Table != table)
                    Copy(table = block.Table, row, values.Pointer);
                Multiply(one, block, row, product.Pointer);
                int begin = runs.Start[one];
                ReducedKernels.Chosen.SumRun(
                    product.Pointer, values.Pointer, rows + begin * runs.Own.Length, runs.Start[one + 1] - begin, runs.Own.Length, width, ByRow + (long)row * PartCount + begin);
            }
        }
    }

    /// <summary>The sums of some parts, as they lie in a message. [row]</summary>
    /// <param name="position">Position of the part.</param>
    /// <param name="sums">Receives them.</param>
    /// <returns>The part.</returns>
    public int Take(int position, Span<double> sums)
    {
        for (int row = 0; row < sums.Length; row++)
            sums[row] = ByRow[(long)row * PartCount + position];
        return runs.Parts[position];
    }

    /// <summary>What the rest of the patterns says of some parts, which is what their sums came back with, divided by the message.</summary>
    /// <param name="begin">First position.</param>
    /// <param name="end">One after the last.</param>
    public void Divide(int begin, int end)
    {
        for (int position = begin; position < end; position++)
        {
            int part = runs.Parts[position];
            double* sums = messages.Sums[index].Pointer + (long)part * step.MessageLength;
            double* message = messages.Values[index].Pointer + (long)part * step.MessageLength;
            double scale = messages.Scale[index][part];
            for (int row = 0; row < step.RowCount; row++)
            {
                int place = step.MessagePosition[row];
                ByRow[(long)row * PartCount + position] = message[place] > SmallestMessage ? sums[place] / (message[place] * scale) : 0;
            }
        }
    }

    /// <summary>Adds the posterior weights of all parts at one row to counts and totals.</summary>
    /// <param name="row">Row.</param>
    /// <param name="totals">Added to. [block][step][cell]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ScatterRow(int row, AlignedBuffer[][] totals)
    {
        using AlignedBuffer values = new((long)StackedRows * width);
        using AlignedBuffer counts = new((long)StackedRows * width);
        using AlignedBuffer product = new(width);
        using AlignedBuffer sum = new(width);
        int table = -1;
        fixed (int* rows = runs.Rows)
        {
            for (int one = 0; one + 1 < runs.Start.Length; one++)
            {
                PlannedBlock block = BlockOf(one);
                if (block.Table != table)
                {
                    AddCounts(table, row, counts);
                    Copy(table = block.Table, row, values.Pointer);
                }
                Multiply(one, block, row, product.Pointer);
                int begin = runs.Start[one];
                ReducedKernels.Chosen.ScatterRun(
                    product.Pointer, values.Pointer, counts.Pointer, rows + begin * runs.Own.Length, runs.Start[one + 1] - begin, runs.Own.Length, width,
                    ByRow + (long)row * PartCount + begin, sum.Pointer);
                PatternKernels.Chosen.Accumulate(totals[block.Index][index].Pointer + (long)row * width, sum.Pointer, width);
                foreach (int shared in runs.Shared)
                    PatternKernels.Chosen.Accumulate(Tables.Counts[table].Pointer + (KeyOf(one)[1 + shared] * (long)step.RowCount + row) * width, sum.Pointer, width);
            }
        }
        AddCounts(table, row, counts);
    }

    private int StackedRows => runs.Own.Sum(own => step.Joint!.RowCount[own]);

    private ReadOnlySpan<int> KeyOf(int one) => run.Keys[index].AsSpan(runs.Parts[runs.Start[one]] * run.KeyLength[index], run.KeyLength[index]);

    private PlannedBlock BlockOf(int one) => model.Plan.Blocks[KeyOf(one)[0] * model.Plan.ClassCount + k];

    /// <summary>The population's weights times the likelihoods that the parts of a run share.</summary>
    private void Multiply(int one, PlannedBlock block, int row, double* product)
    {
        new ReadOnlySpan<double>(model.Priors[index][block.Index].Pointer + (long)row * width, width).CopyTo(new Span<double>(product, width));
        foreach (int shared in runs.Shared)
            LineKernels.Chosen.Multiply(product, Tables.Values[block.Table].Pointer + (KeyOf(one)[1 + shared] * (long)step.RowCount + row) * width, product, width);
    }

    private void Copy(int table, int row, double* values)
    {
        foreach (int own in runs.Own)
        {
            for (int joint = step.Joint!.FirstRow[own]; joint < step.Joint.FirstRow[own + 1]; joint++, values += width)
                new ReadOnlySpan<double>(Tables.Values[table].Pointer + (joint * (long)step.RowCount + row) * width, width).CopyTo(new Span<double>(values, width));
        }
    }

    /// <summary>Adds counts to those of the table they are of, and forgets them.</summary>
    private void AddCounts(int table, int row, AlignedBuffer counts)
    {
        if (table < 0)
            return;
        double* from = counts.Pointer;
        foreach (int own in runs.Own)
        {
            for (int joint = step.Joint!.FirstRow[own]; joint < step.Joint.FirstRow[own + 1]; joint++, from += width)
                PatternKernels.Chosen.Accumulate(Tables.Counts[table].Pointer + (joint * (long)step.RowCount + row) * width, from, width);
        }
        counts.Clear();
    }
}
