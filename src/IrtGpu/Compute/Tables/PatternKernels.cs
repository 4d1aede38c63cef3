using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using IrtGpu.Compute.Loops;

namespace IrtGpu.Compute.Tables;

/// <summary>The inner loops of the E-step: add table rows, normalise, scatter posteriors.</summary>
internal static unsafe class PatternKernels
{
    private const int Lanes = 8;

    /// <summary>sum[node] = Σ_k table[offset_k + node] over one node tile.</summary>
    /// <param name="table">One node tile of a joint table.</param>
    /// <param name="offsets">Where the pattern's joint rows begin.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="width">Nodes of the tile, a multiple of 8.</param>
    /// <param name="sum">Receives the sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRows(double* table, int* offsets, int count, int width, double* sum)
    {
        int lane = 0;
        for (; lane + 8 * Lanes <= width; lane += 8 * Lanes)
        {
            Vector512<double> s0 = Vector512<double>.Zero, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
            for (int k = 0; k < count; k++)
            {
                double* row = table + offsets[k] + lane;
                s0 += Vector512.Load(row);
                s1 += Vector512.Load(row + Lanes);
                s2 += Vector512.Load(row + 2 * Lanes);
                s3 += Vector512.Load(row + 3 * Lanes);
                s4 += Vector512.Load(row + 4 * Lanes);
                s5 += Vector512.Load(row + 5 * Lanes);
                s6 += Vector512.Load(row + 6 * Lanes);
                s7 += Vector512.Load(row + 7 * Lanes);
            }
            s0.Store(sum + lane);
            s1.Store(sum + lane + Lanes);
            s2.Store(sum + lane + 2 * Lanes);
            s3.Store(sum + lane + 3 * Lanes);
            s4.Store(sum + lane + 4 * Lanes);
            s5.Store(sum + lane + 5 * Lanes);
            s6.Store(sum + lane + 6 * Lanes);
            s7.Store(sum + lane + 7 * Lanes);
        }
        for (; lane + 2 * Lanes <= width; lane += 2 * Lanes)
        {
            Vector512<double> s0 = Vector512<double>.Zero, s1 = s0;
            for (int k = 0; k < count; k++)
            {
                double* row = table + offsets[k] + lane;
                s0 += Vector512.Load(row);
                s1 += Vector512.Load(row + Lanes);
            }
            s0.Store(sum + lane);
            s1.Store(sum + lane + Lanes);
        }
        for (; lane < width; lane += Lanes)
        {
            Vector512<double> s0 = Vector512<double>.Zero;
            for (int k = 0; k < count; k++)
                s0 += Vector512.Load(table + offsets[k] + lane);
            s0.Store(sum + lane);
        }
    }

    /// <summary>counts[offset_k + node] += weight[node] for every joint row of the pattern over one node tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScatterRows(double* counts, int* offsets, int count, int width, double* weight)
    {
        int lane = 0;
        for (; lane + 8 * Lanes <= width; lane += 8 * Lanes)
        {
            Vector512<double> w0 = Vector512.Load(weight + lane), w1 = Vector512.Load(weight + lane + Lanes);
            Vector512<double> w2 = Vector512.Load(weight + lane + 2 * Lanes), w3 = Vector512.Load(weight + lane + 3 * Lanes);
            Vector512<double> w4 = Vector512.Load(weight + lane + 4 * Lanes), w5 = Vector512.Load(weight + lane + 5 * Lanes);
            Vector512<double> w6 = Vector512.Load(weight + lane + 6 * Lanes), w7 = Vector512.Load(weight + lane + 7 * Lanes);
            for (int k = 0; k < count; k++)
            {
                double* row = counts + offsets[k] + lane;
                (Vector512.Load(row) + w0).Store(row);
                (Vector512.Load(row + Lanes) + w1).Store(row + Lanes);
                (Vector512.Load(row + 2 * Lanes) + w2).Store(row + 2 * Lanes);
                (Vector512.Load(row + 3 * Lanes) + w3).Store(row + 3 * Lanes);
                (Vector512.Load(row + 4 * Lanes) + w4).Store(row + 4 * Lanes);
                (Vector512.Load(row + 5 * Lanes) + w5).Store(row + 5 * Lanes);
                (Vector512.Load(row + 6 * Lanes) + w6).Store(row + 6 * Lanes);
                (Vector512.Load(row + 7 * Lanes) + w7).Store(row + 7 * Lanes);
            }
        }
        for (; lane < width; lane += Lanes)
        {
            Vector512<double> w0 = Vector512.Load(weight + lane);
            for (int k = 0; k < count; k++)
            {
                double* row = counts + offsets[k] + lane;
                (Vector512.Load(row) + w0).Store(row);
            }
        }
    }

    /// <summary>values += intercept + slope · arguments.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddLine(double* values, double* arguments, double slope, double intercept, int count)
    {
        Vector512<double> slopes = Vector512.Create(slope);
        Vector512<double> intercepts = Vector512.Create(intercept);
        for (int k = 0; k < count; k += Lanes)
            Vector512.FusedMultiplyAdd(slopes, Vector512.Load(arguments + k), Vector512.Load(values + k) + intercepts).Store(values + k);
    }

    /// <summary>values += addend; returns the largest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double AddAndMax(double* values, double* addend, int count)
    {
        Vector512<double> largest = Vector512.Create(double.NegativeInfinity);
        for (int k = 0; k < count; k += Lanes)
        {
            Vector512<double> sum = Vector512.Load(values + k) + Vector512.Load(addend + k);
            sum.Store(values + k);
            largest = Vector512.Max(largest, sum);
        }
        double result = double.NegativeInfinity;
        for (int lane = 0; lane < Lanes; lane++)
            result = Math.Max(result, largest[lane]);
        return result;
    }

    /// <summary>values = exp(values − shift); returns the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double ExpAndSum(double* values, double shift, int count)
    {
        Vector512<double> shifts = Vector512.Create(shift);
        Vector512<double> total = Vector512<double>.Zero;
        for (int k = 0; k < count; k += Lanes)
        {
            Vector512<double> exp = VectorMath.ExpNonPositive(Vector512.Load(values + k) - shifts);
            exp.Store(values + k);
            total += exp;
        }
        double sum = 0;
        for (int lane = 0; lane < Lanes; lane++)
            sum += total[lane];
        return sum;
    }

    /// <summary>values *= factor and totals += values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScaleAndAccumulate(double* values, double factor, double* totals, int count)
    {
        Vector512<double> factors = Vector512.Create(factor);
        for (int k = 0; k < count; k += Lanes)
        {
            Vector512<double> scaled = Vector512.Load(values + k) * factors;
            scaled.Store(values + k);
            (Vector512.Load(totals + k) + scaled).Store(totals + k);
        }
    }

    /// <summary>sum += term.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(double* sum, double* term, long count)
    {
        for (long k = 0; k < count; k += Lanes)
            (Vector512.Load(sum + k) + Vector512.Load(term + k)).Store(sum + k);
    }
}
