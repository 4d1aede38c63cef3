using System.Numerics.Tensors;
using IrtGpu.Compute.Loops;
using IrtGpu.Items;
using IrtGpu.Planning;

namespace IrtGpu.Compute.Tables;

/// <summary>Sums of log-probabilities by joint response, and the way back from joint counts to counts by category.</summary>
/// <remarks>Layout of a table: [node tile][joint row of all groups][node of the tile].</remarks>
internal static unsafe class JointTables
{
    /// <summary>Fills the joint table of one set of item tables.</summary>
    public static void Build(CalibrationPlan plan, JointItems joint, NodeTiling tiling, double[] logProbability, AlignedBuffer result, int threads)
    {
        Parallel.For(0, tiling.TileCount * joint.GroupCount, new ParallelOptions { MaxDegreeOfParallelism = threads }, task =>
        {
            int tile = task / joint.GroupCount;
            int group = task % joint.GroupCount;
            int width = tiling.Width;
            double* rows = result.Pointer + ((long)tile * joint.TotalRows + joint.FirstRow[group]) * width;
            new Span<double>(rows, width).Clear();
            int built = 1; // rows built so far: joint responses of the items before
            for (int item = joint.FirstItem[group]; item < joint.FirstItem[group + 1]; item++)
            {
                PlannedItem planned = plan.Items[joint.Items[item]];
                for (int category = joint.Radix[item] - 1; category >= 0; category--)
                {
                    bool isMissing = category == planned.CategoryCount;
                    ReadOnlySpan<double> single = isMissing
                        ? []
                        : logProbability.AsSpan((planned.FirstRow + category) * tiling.PaddedCount + tile * width, width);
                    for (int row = 0; row < built; row++)
                    {
                        double* from = rows + (long)row * width;
                        double* to = rows + ((long)category * built + row) * width;
                        if (isMissing)
                            new Span<double>(from, width).CopyTo(new Span<double>(to, width));
                        else
                            TensorPrimitives.Add(new ReadOnlySpan<double>(from, width), single, new Span<double>(to, width));
                    }
                }
                built *= joint.Radix[item];
            }
        });
    }

    /// <summary>Adds joint counts up to counts by category; the joint counts are used up.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="joint">The items.</param>
    /// <param name="tiling">How the nodes of the joint counts are cut.</param>
    /// <param name="nodeCount">Nodes without padding.</param>
    /// <param name="jointCounts">Joint counts.</param>
    /// <param name="rowCounts">Added to. [row, node]</param>
    /// <param name="threads">Number of threads; the result does not depend on it.</param>
    public static void Collapse(
        CalibrationPlan plan, JointItems joint, NodeTiling tiling, int nodeCount, AlignedBuffer jointCounts, double[] rowCounts, int threads)
    {
        Parallel.For(0, tiling.TileCount * joint.GroupCount, new ParallelOptions { MaxDegreeOfParallelism = threads }, task =>
        {
            int tile = task / joint.GroupCount;
            int group = task % joint.GroupCount;
            int width = tiling.Width;
            int lanes = Math.Min(width, nodeCount - tile * width);
            double* rows = jointCounts.Pointer + ((long)tile * joint.TotalRows + joint.FirstRow[group]) * width;
            int built = joint.RowCount[group];
            for (int item = joint.FirstItem[group + 1] - 1; item >= joint.FirstItem[group]; item--)
            {
                PlannedItem planned = plan.Items[joint.Items[item]];
                built /= joint.Radix[item];
                for (int category = 0; category < joint.Radix[item]; category++)
                {
                    bool isMissing = category == planned.CategoryCount;
                    Span<double> single = isMissing ? [] : rowCounts.AsSpan((planned.FirstRow + category) * nodeCount + tile * width, lanes);
                    for (int row = 0; row < built; row++)
                    {
                        double* from = rows + ((long)category * built + row) * width;
                        double* to = rows + (long)row * width;
                        ReadOnlySpan<double> counts = new(from, lanes);
                        if (!isMissing)
                            TensorPrimitives.Add(single, counts, single);
                        if (category > 0)
                            TensorPrimitives.Add(new ReadOnlySpan<double>(to, lanes), counts, new Span<double>(to, lanes));
                    }
                }
            }
        });
    }
}
