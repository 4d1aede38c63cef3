using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using IrtGpu.Compute.WeightedScore.Interpolation;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.WeightedScore;

/// <summary>
/// The inner loops of the weighted-score E-step over a batch of patterns that answer the same items: sum scores of joint rows,
/// interpolate, collect moments of joint rows.
/// </summary>
/// <remarks>
/// Several patterns are under way at once, so that no sum waits for the one before it. Every sum is taken in the order of groups or
/// of patterns, whatever the batch.
/// </remarks>
internal static unsafe class WeightedScoreLoops
{
    private const System.Runtime.CompilerServices.MethodImplOptions Loop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining; // registers of its own

    /// <summary>t of each pattern.</summary>
    /// <param name="codes">Joint responses. [pattern, group]</param>
    /// <param name="groupCount">Codes a pattern.</param>
    /// <param name="firstRow">First joint row of each group.</param>
    /// <param name="count">Number of patterns.</param>
    /// <param name="rows">Scores of the joint rows.</param>
    /// <param name="scores">Receives t. [pattern]</param>
    [MethodImpl(Loop)]
    public static void SumScores(byte* codes, int groupCount, int* firstRow, int count, double* rows, double* scores)
    {
        int pattern = 0;
        for (; pattern + 4 <= count; pattern += 4, codes += 4L * groupCount)
        {
            byte* codes1 = codes + groupCount, codes2 = codes1 + groupCount, codes3 = codes2 + groupCount;
            double sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
            for (nint group = 0; group < groupCount; group++)
            {
                double* table = rows + firstRow[group];
                sum0 += table[codes[group]];
                sum1 += table[codes1[group]];
                sum2 += table[codes2[group]];
                sum3 += table[codes3[group]];
            }
            scores[pattern] = sum0;
            scores[pattern + 1] = sum1;
            scores[pattern + 2] = sum2;
            scores[pattern + 3] = sum3;
        }
        for (; pattern < count; pattern++, codes += groupCount)
        {
            double sum = 0;
            for (nint group = 0; group < groupCount; group++)
                sum += rows[firstRow[group] + codes[group]];
            scores[pattern] = sum;
        }
    }

    /// <summary>t and Σ d of each pattern.</summary>
    /// <param name="codes">Joint responses. [pattern, group]</param>
    /// <param name="groupCount">Codes a pattern.</param>
    /// <param name="firstRow">First joint row of each group.</param>
    /// <param name="count">Number of patterns.</param>
    /// <param name="rows">Sums of the joint rows. [joint row, 2]</param>
    /// <param name="scores">Receives t. [pattern]</param>
    /// <param name="constants">Receives Σ d. [pattern]</param>
    [MethodImpl(Loop)]
    public static void SumScoresAndConstants(byte* codes, int groupCount, int* firstRow, int count, double* rows, double* scores, double* constants)
    {
        int pattern = 0;
        for (; pattern + 2 <= count; pattern += 2, codes += 2L * groupCount)
        {
            byte* codes1 = codes + groupCount;
            Vector128<double> sum0 = Vector128<double>.Zero, sum1 = sum0;
            for (nint group = 0; group < groupCount; group++)
            {
                double* table = rows + 2 * (nint)firstRow[group];
                sum0 += Vector128.Load(table + 2 * (nint)codes[group]);
                sum1 += Vector128.Load(table + 2 * (nint)codes1[group]);
            }
            (scores[pattern], constants[pattern]) = (sum0[0], sum0[1]);
            (scores[pattern + 1], constants[pattern + 1]) = (sum1[0], sum1[1]);
        }
        for (; pattern < count; pattern++, codes += groupCount)
        {
            Vector128<double> sum = Vector128<double>.Zero;
            for (nint group = 0; group < groupCount; group++)
                sum += Vector128.Load(rows + 2 * ((nint)firstRow[group] + codes[group]));
            (scores[pattern], constants[pattern]) = (sum[0], sum[1]);
        }
    }

    /// <summary>Adds log Z(t) to each pattern's constant.</summary>
    /// <param name="cells">log Z on the grid.</param>
    /// <param name="scores">t. [pattern]</param>
    /// <param name="count">Number of patterns.</param>
    /// <param name="shift">Added as well.</param>
    /// <param name="values">In: Σ d; out: the sum. [pattern]</param>
    public static void AddLogZ(WeightedScoreCells cells, double* scores, int count, double shift, double* values)
    {
        if (VectorWidth.Bits >= 256) // eight powers: one vector of 512 bits is no faster than two halves
            AddLogZ<Lanes256>(cells, scores, count, shift, values);
        else
            AddLogZ<Lanes128>(cells, scores, count, shift, values);
    }

    /// <summary>Leaves the weight of each pattern in the slots of its cell and finds weight · EAP.</summary>
    /// <param name="cells">EAP on the grid.</param>
    /// <param name="scores">t. [pattern]</param>
    /// <param name="weights">Weight. [pattern]</param>
    /// <param name="count">Number of patterns.</param>
    /// <param name="slots">Σ weight · f^k of each cell, added to. [cell, 8]</param>
    /// <param name="moments">Receives weight · EAP. [pattern]</param>
    public static void Interpolate(WeightedScoreCells cells, double* scores, double* weights, int count, double* slots, double* moments)
    {
        if (VectorWidth.Bits >= 256)
            Interpolate<Lanes256>(cells, scores, weights, count, slots, moments);
        else
            Interpolate<Lanes128>(cells, scores, weights, count, slots, moments);
    }

    /// <summary>Adds one number of each pattern to its joint rows.</summary>
    /// <param name="codes">Joint responses. [pattern, group]</param>
    /// <param name="groupCount">Codes a pattern.</param>
    /// <param name="firstRow">First joint row of each group.</param>
    /// <param name="count">Number of patterns.</param>
    /// <param name="values">What to add. [pattern]</param>
    /// <param name="rows">Added to. [joint row]</param>
    [MethodImpl(Loop)]
    public static void Scatter(byte* codes, int groupCount, int* firstRow, int count, double* values, double* rows)
    {
        int pattern = 0;
        for (; pattern + 4 <= count; pattern += 4, codes += 4L * groupCount)
        {
            byte* codes1 = codes + groupCount, codes2 = codes1 + groupCount, codes3 = codes2 + groupCount;
            double value0 = values[pattern], value1 = values[pattern + 1], value2 = values[pattern + 2], value3 = values[pattern + 3];
            for (nint group = 0; group < groupCount; group++)
            {
                double* table = rows + firstRow[group];
                table[codes[group]] += value0;
                table[codes1[group]] += value1;
                table[codes2[group]] += value2;
                table[codes3[group]] += value3;
            }
        }
        for (; pattern < count; pattern++, codes += groupCount)
        {
            for (nint group = 0; group < groupCount; group++)
                rows[firstRow[group] + codes[group]] += values[pattern];
        }
    }

    /// <summary>Adds two numbers of each pattern to its joint rows.</summary>
    /// <param name="codes">Joint responses. [pattern, group]</param>
    /// <param name="groupCount">Codes a pattern.</param>
    /// <param name="firstRow">First joint row of each group.</param>
    /// <param name="count">Number of patterns.</param>
    /// <param name="first">What to add to the first. [pattern]</param>
    /// <param name="second">What to add to the second. [pattern]</param>
    /// <param name="rows">Added to. [joint row, 2]</param>
    [MethodImpl(Loop)]
    public static void ScatterPairs(byte* codes, int groupCount, int* firstRow, int count, double* first, double* second, double* rows)
    {
        int pattern = 0;
        for (; pattern + 2 <= count; pattern += 2, codes += 2L * groupCount)
        {
            byte* codes1 = codes + groupCount;
            Vector128<double> value0 = Vector128.Create(first[pattern], second[pattern]), value1 = Vector128.Create(first[pattern + 1], second[pattern + 1]);
            for (nint group = 0; group < groupCount; group++)
            {
                double* table = rows + 2 * (nint)firstRow[group];
                double* row0 = table + 2 * (nint)codes[group];
                (Vector128.Load(row0) + value0).Store(row0);
                double* row1 = table + 2 * (nint)codes1[group];
                (Vector128.Load(row1) + value1).Store(row1);
            }
        }
        for (; pattern < count; pattern++, codes += groupCount)
        {
            for (nint group = 0; group < groupCount; group++)
            {
                double* row = rows + 2 * ((nint)firstRow[group] + codes[group]);
                (Vector128.Load(row) + Vector128.Create(first[pattern], second[pattern])).Store(row);
            }
        }
    }

    /// <summary>Turns log-likelihoods by class into posterior weights, in place.</summary>
    /// <param name="values">In: log π_k + log L; out: posterior probability of the class times the frequency. [class, stride]</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="stride">Distance of two classes, a multiple of 8.</param>
    /// <param name="count">Number of patterns; values up to the next multiple of 8 are overwritten.</param>
    /// <param name="frequency">Weights of the patterns. [pattern]</param>
    /// <param name="largest">Receives the largest log-likelihood. [pattern]</param>
    /// <param name="total">Receives Σ_k exp(log-likelihood − largest). [pattern]</param>
    public static void WeighClasses(double* values, int classCount, int stride, int count, double* frequency, double* largest, double* total)
    {
        switch (VectorWidth.Bits)
        {
            case 512:
                WeighClasses<Lanes512>(values, classCount, stride, count, frequency, largest, total);
                break;
            case 256:
                WeighClasses<Lanes256>(values, classCount, stride, count, frequency, largest, total);
                break;
            default:
                WeighClasses<Lanes128>(values, classCount, stride, count, frequency, largest, total);
                break;
        }
    }

    /// <summary>Σ frequency · (largest + log total).</summary>
    /// <remarks>Totals lie between 1 and the number of classes: those of frequency 1 are multiplied, and one logarithm is taken of many.</remarks>
    /// <param name="largest">[pattern]</param>
    /// <param name="total">[pattern]</param>
    /// <param name="frequency">[pattern]</param>
    /// <param name="count">Number of patterns.</param>
    [MethodImpl(Loop)]
    public static double SumLogLikelihoods(double* largest, double* total, double* frequency, int count)
    {
        const double Large = 1e200;
        double sum = 0;
        double product = 1;
        for (int pattern = 0; pattern < count; pattern++)
        {
            sum += frequency[pattern] * largest[pattern];
            if (frequency[pattern] != 1)
            {
                sum += frequency[pattern] * Math.Log(total[pattern]);
                continue;
            }
            product *= total[pattern];
            if (product > Large)
            {
                sum += Math.Log(product);
                product = 1;
            }
        }
        return sum + Math.Log(product);
    }

    [MethodImpl(Loop)]
    private static void AddLogZ<TLanes>(WeightedScoreCells cells, double* scores, int count, double shift, double* values)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int pattern = 0; pattern < count; pattern++)
        {
            double* row = cells.LogZ + 8L * cells.Find(scores[pattern], out double fraction);
            values[pattern] += shift + SumPowers<TLanes>(fraction, row);
        }
    }

    [MethodImpl(Loop)]
    private static void Interpolate<TLanes>(WeightedScoreCells cells, double* scores, double* weights, int count, double* slots, double* moments)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int pattern = 0; pattern < count; pattern++)
        {
            int cell = cells.Find(scores[pattern], out double fraction);
            double* slot = slots + 8L * cell;
            TLanes weight = weights[pattern];
            moments[pattern] = weights[pattern] * SumPowers<TLanes>(fraction, cells.Eap + 8L * cell);
            TLanes powers = TLanes.Powers(fraction, out double next);
            TLanes.MultiplyAdd(powers, weight, TLanes.Load(slot)).Store(slot);
            for (int power = TLanes.Count; power < 8; power += TLanes.Count)
            {
                powers *= next;
                TLanes.MultiplyAdd(powers, weight, TLanes.Load(slot + power)).Store(slot + power);
            }
        }
    }

    /// <summary>Σ coefficient_k · x^k over eight coefficients.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double SumPowers<TLanes>(double x, double* coefficients)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes powers = TLanes.Powers(x, out double next);
        TLanes sum = powers * TLanes.Load(coefficients);
        for (int power = TLanes.Count; power < 8; power += TLanes.Count)
        {
            powers *= next;
            sum = TLanes.MultiplyAdd(powers, TLanes.Load(coefficients + power), sum);
        }
        return sum.Sum();
    }

    [MethodImpl(Loop)]
    private static void WeighClasses<TLanes>(double* values, int classCount, int stride, int count, double* frequency, double* largest, double* total)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int pattern = 0; pattern < count; pattern += TLanes.Count)
        {
            TLanes top = TLanes.Load(values + pattern);
            for (int k = 1; k < classCount; k++)
                top = TLanes.Max(top, TLanes.Load(values + k * stride + pattern));
            TLanes sum = default;
            for (int k = 0; k < classCount; k++)
            {
                TLanes ratio = VectorMath.ExpNonPositive(TLanes.Load(values + k * stride + pattern) - top);
                ratio.Store(values + k * stride + pattern);
                sum += ratio;
            }
            top.Store(largest + pattern);
            sum.Store(total + pattern);
            TLanes factor = TLanes.Load(frequency + pattern) / sum;
            for (int k = 0; k < classCount; k++)
                (TLanes.Load(values + k * stride + pattern) * factor).Store(values + k * stride + pattern);
        }
    }
}
