using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using IrtGpu.Compute.Loops;
using IrtGpu.Compute.Tables;
using IrtGpu.Compute.WeightedScore.Interpolation;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;

namespace IrtGpu.Compute.WeightedScore;

/// <summary>
/// Scores of patterns: mean and variance of the posterior are analytic functions of the weighted score and interpolated on the same
/// grids as log Z; the largest node is a step function of it.
/// </summary>
/// <param name="plan">The plan.</param>
/// <param name="sets">Distinct sets of answered items.</param>
/// <param name="layout">Codes of the patterns.</param>
/// <param name="tables">Filled.</param>
/// <param name="parallel">Threads.</param>
internal sealed unsafe class WeightedScoreScorer(
    CalibrationPlan plan, AnsweredSets sets, WeightedScoreLayout layout, WeightedScoreTables tables, ParallelOptions parallel)
{
    private const double LargestScoringError = 1e-9; // of means and variances, as sampled; beyond, posteriors are summed at the nodes
    private const int PatternsPerRun = 4096;
    private const int ScoringWidth = 2; // t and Σ d of a joint row

    private readonly PatternTable patterns = layout.Patterns;
    private readonly JointItems joint = layout.Joint;

    /// <summary>Scores every pattern; null where interpolation is not exact enough.</summary>
    /// <param name="point">Where the tables were filled.</param>
    public PatternScores? TryScore(ModelPoint point)
    {
        WeightedScoreCurves?[] curves = new WeightedScoreCurves?[tables.Grids.Length];
        Parallel.For(0, curves.Length, parallel, index =>
        {
            int block = index / sets.IsAnswered.Count;
            if (tables.Grids[index] is { } grid)
                curves[index] = new WeightedScoreCurves(grid, tables.ThetaOf(block), tables.PriorOf(index), tables.PaddedNodeCount);
        });
        for (int index = 0; index < curves.Length; index++)
        {
            if (curves[index] is not { } curve)
                continue;
            (double low, double high) = tables.ScoreRange(point, index);
            if (!(curve.LargestError(low, high) <= LargestScoringError))
                return null;
        }
        using AlignedBuffer rows = new((long)ScoringWidth * plan.Tables.Count * joint.TotalRows); // [table, joint row, width]
        for (int table = 0; table < plan.Tables.Count; table++)
            WeightedScoreRows.Fill(point, joint, table, rows.Pointer + (long)ScoringWidth * table * joint.TotalRows, ScoringWidth);
        int count = patterns.PatternCount;
        PatternScores result = new(
            1, plan.ClassCount, new double[count], new double[count], new double[count], new double[count * plan.ClassCount], new double[count]);
        double* firstRow = rows.Pointer;
        Parallel.For(0, (count + PatternsPerRun - 1) / PatternsPerRun, parallel, run =>
            ScoreRun(run * PatternsPerRun, Math.Min((run + 1) * PatternsPerRun, count), curves, firstRow, point, result));
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ScoreRun(int begin, int end, WeightedScoreCurves?[] curves, double* firstRow, ModelPoint point, PatternScores result)
    {
        int classCount = plan.ClassCount;
        double* joints = stackalloc double[classCount]; // log of proportion and likelihood
        double* means = stackalloc double[classCount];
        double* variances = stackalloc double[classCount];
        for (int pattern = begin; pattern < end; pattern++)
        {
            int firstBlock = patterns.Groups[pattern] * classCount;
            int known = patterns.KnownClasses[pattern];
            ReadOnlySpan<byte> codes = joint.CodesOf(pattern);
            double largest = double.NegativeInfinity;
            double largestNode = double.NegativeInfinity;
            for (int k = 0; k < classCount; k++)
            {
                joints[k] = double.NegativeInfinity;
                means[k] = variances[k] = 0;
                if (known >= 0 && known != k)
                    continue;
                Vector128<double> sum = Vector128<double>.Zero;
                double* rows = firstRow + (long)ScoringWidth * plan.Blocks[firstBlock + k].Table * joint.TotalRows;
                for (int group = 0; group < codes.Length; group++)
                    sum += Vector128.Load(rows + ScoringWidth * (joint.FirstRow[group] + codes[group]));
                double score = sum[0];
                double offset = point.LogProportion[firstBlock + k] + sum[1];
                if (point.Tilts is { } tilts)
                {
                    score += tilts.Tilt(firstBlock + k, patterns.CovariateRows[pattern])[0];
                    offset -= tilts.LogNormalizer(firstBlock + k, patterns.CovariateRows[pattern]);
                }
                WeightedScoreCurves curve = curves[(firstBlock + k) * sets.IsAnswered.Count + sets.SetOfPattern[pattern]]!;
                curve.Interpolate(score, out double logZ, out means[k], out variances[k]);
                joints[k] = offset + logZ;
                largest = Math.Max(largest, joints[k]);
                double weight = offset + curve.LargestNode(score, out double node);
                if (weight > largestNode)
                    (largestNode, result.MapTheta[pattern]) = (weight, node);
            }
            double total = 0;
            for (int k = 0; k < classCount; k++)
                total += joints[k] = classCount == 1 ? 1 : Math.Exp(joints[k] - largest);
            result.LogLikelihood[pattern] = classCount == 1 ? largest : largest + Math.Log(total);
            double mean = 0;
            for (int k = 0; k < classCount; k++)
            {
                double probability = joints[k] / total;
                result.ClassProbability[pattern * classCount + k] = probability;
                mean += probability * means[k];
            }
            double variance = 0;
            for (int k = 0; k < classCount; k++)
                variance += joints[k] / total * (variances[k] + (means[k] - mean) * (means[k] - mean));
            result.Mean[pattern] = mean;
            result.Covariance[pattern] = Math.Max(0, variance);
        }
    }
}
