using ILGPU;
using IrtGpu.Kernels.EStep;
using IrtGpu.Kernels.Reduction.Layout;
using IrtGpu.Models;

namespace IrtGpu.Kernels.Reduction;

/// <summary>Likelihoods of joint responses and weights of populations at the cells of all steps.</summary>
internal static class ReducedTableKernels
{
    /// <summary>Weight of one block at one cell of one step: the product of the densities that enter there.</summary>
    /// <param name="thread">Step after step; in each block · cells + cell, as <see cref="ReducedViews.Priors"/> has them.</param>
    /// <param name="turnCount">Steps.</param>
    /// <param name="turns">The steps.</param>
    /// <param name="lines">What enters at a step. [step]</param>
    /// <param name="terms">Sets of attributes.</param>
    /// <param name="logWeightStride">Nodes of all sets.</param>
    /// <param name="logWeights">Of the populations. [block][set][node]</param>
    /// <param name="views">Where.</param>
    public static void FillPriors(
        Index1D thread, int turnCount, ArrayView<ReducedTurn> turns, ArrayView<ReducedLine> lines, ArrayView<ReducedTerm> terms, int logWeightStride,
        ArrayView<double> logWeights, ReducedViews views)
    {
        ReducedTurn turn = turns[ReducedSweepKernels.Find(turns, 0, turnCount, thread.X)];
        ReducedLine line = lines[turn.Step];
        int local = thread.X - turn.First;
        int cell = local % line.CellCount;
        long block = local / line.CellCount * (long)logWeightStride;
        double logWeight = 0.0;
        for (int index = line.FirstTerm; index < line.FirstTerm + line.TermCount; index++)
        {
            ReducedTerm term = terms[index];
            logWeight += logWeights[block + term.Logs + views.Maps[term.Map + cell]];
        }

        views.Priors[thread.X] = Elementary.Exp(logWeight);
    }

    /// <summary>One joint row of one item table, divided by its largest value, whose logarithm is kept; one group a row.</summary>
    /// <param name="lines">Rows. [group]</param>
    /// <param name="terms">Items.</param>
    /// <param name="logProbability">log P of items at their nodes.</param>
    /// <param name="views">Where.</param>
    public static void FillJointRows(ArrayView<ReducedLine> lines, ArrayView<ReducedTerm> terms, ArrayView<double> logProbability, ReducedViews views)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(GroupReductions.MostThreads);
        ReducedLine line = lines[Grid.IdxX];
        double own = double.NegativeInfinity;
        for (int cell = Group.IdxX; cell < line.CellCount; cell += Group.DimX)
        {
            double sum = 0.0;
            for (int index = line.FirstTerm; index < line.FirstTerm + line.TermCount; index++)
            {
                ReducedTerm term = terms[index];
                int node = cell;
                if (term.Map >= 0)
                    node = views.Maps[term.Map + cell];
                sum += logProbability[term.Logs + node];
            }

            views.Values[line.Values + cell] = sum;
            own = sum > own ? sum : own;
        }

        double largest = GroupReductions.Largest(shared, Group.DimX, own);
        bool isFinite = Elementary.IsFinite(largest);
        for (int cell = Group.IdxX; cell < line.CellCount; cell += Group.DimX)
        {
            double value = views.Values[line.Values + cell] - largest;
            if (!isFinite)
                value = double.NegativeInfinity;
            if (line.IsLog == 0)
                value = isFinite ? Exponential.OfNegative(value) : 0.0;
            views.Values[line.Values + cell] = value;
        }

        if (Group.IdxX == 0)
            views.LogLargest[line.LogLargest] = isFinite ? largest : double.NegativeInfinity;
    }
}
