using System.Runtime.CompilerServices;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.Tables;

/// <summary>The inner loops of the E-step, by vectors of one width.</summary>
/// <typeparam name="TLanes">The vector.</typeparam>
internal sealed unsafe class PatternKernels<TLanes> : PatternKernels
    where TLanes : struct, ILanes<TLanes>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddRows(double* table, int* offsets, int count, int width, double* sum)
    {
        int lanes = TLanes.Count;
        int lane = 0;
        for (; lane + 8 * lanes <= width; lane += 8 * lanes)
        {
            TLanes s0 = default, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
            for (int k = 0; k < count; k++)
            {
                double* row = table + offsets[k] + lane;
                s0 += TLanes.Load(row);
                s1 += TLanes.Load(row + lanes);
                s2 += TLanes.Load(row + 2 * lanes);
                s3 += TLanes.Load(row + 3 * lanes);
                s4 += TLanes.Load(row + 4 * lanes);
                s5 += TLanes.Load(row + 5 * lanes);
                s6 += TLanes.Load(row + 6 * lanes);
                s7 += TLanes.Load(row + 7 * lanes);
            }
            s0.Store(sum + lane);
            s1.Store(sum + lane + lanes);
            s2.Store(sum + lane + 2 * lanes);
            s3.Store(sum + lane + 3 * lanes);
            s4.Store(sum + lane + 4 * lanes);
            s5.Store(sum + lane + 5 * lanes);
            s6.Store(sum + lane + 6 * lanes);
            s7.Store(sum + lane + 7 * lanes);
        }
        for (; lane + 2 * lanes <= width; lane += 2 * lanes)
        {
            TLanes s0 = default, s1 = s0;
            for (int k = 0; k < count; k++)
            {
                double* row = table + offsets[k] + lane;
                s0 += TLanes.Load(row);
                s1 += TLanes.Load(row + lanes);
            }
            s0.Store(sum + lane);
            s1.Store(sum + lane + lanes);
        }
        for (; lane < width; lane += lanes)
        {
            TLanes s0 = default;
            for (int k = 0; k < count; k++)
                s0 += TLanes.Load(table + offsets[k] + lane);
            s0.Store(sum + lane);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void ScatterRows(double* counts, int* offsets, int count, int width, double* weight)
    {
        int lanes = TLanes.Count;
        int lane = 0;
        for (; lane + 8 * lanes <= width; lane += 8 * lanes)
        {
            TLanes w0 = TLanes.Load(weight + lane), w1 = TLanes.Load(weight + lane + lanes);
            TLanes w2 = TLanes.Load(weight + lane + 2 * lanes), w3 = TLanes.Load(weight + lane + 3 * lanes);
            TLanes w4 = TLanes.Load(weight + lane + 4 * lanes), w5 = TLanes.Load(weight + lane + 5 * lanes);
            TLanes w6 = TLanes.Load(weight + lane + 6 * lanes), w7 = TLanes.Load(weight + lane + 7 * lanes);
            for (int k = 0; k < count; k++)
            {
                double* row = counts + offsets[k] + lane;
                (TLanes.Load(row) + w0).Store(row);
                (TLanes.Load(row + lanes) + w1).Store(row + lanes);
                (TLanes.Load(row + 2 * lanes) + w2).Store(row + 2 * lanes);
                (TLanes.Load(row + 3 * lanes) + w3).Store(row + 3 * lanes);
                (TLanes.Load(row + 4 * lanes) + w4).Store(row + 4 * lanes);
                (TLanes.Load(row + 5 * lanes) + w5).Store(row + 5 * lanes);
                (TLanes.Load(row + 6 * lanes) + w6).Store(row + 6 * lanes);
                (TLanes.Load(row + 7 * lanes) + w7).Store(row + 7 * lanes);
            }
        }
        for (; lane + 2 * lanes <= width; lane += 2 * lanes)
        {
            TLanes w0 = TLanes.Load(weight + lane), w1 = TLanes.Load(weight + lane + lanes);
            for (int k = 0; k < count; k++)
            {
                double* row = counts + offsets[k] + lane;
                (TLanes.Load(row) + w0).Store(row);
                (TLanes.Load(row + lanes) + w1).Store(row + lanes);
            }
        }
        for (; lane < width; lane += lanes)
        {
            TLanes w0 = TLanes.Load(weight + lane);
            for (int k = 0; k < count; k++)
            {
                double* row = counts + offsets[k] + lane;
                (TLanes.Load(row) + w0).Store(row);
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddLine(double* values, double* arguments, double slope, double intercept, int count)
    {
        TLanes slopes = slope;
        TLanes intercepts = intercept;
        for (int k = 0; k < count; k += TLanes.Count)
            TLanes.MultiplyAdd(slopes, TLanes.Load(arguments + k), TLanes.Load(values + k) + intercepts).Store(values + k);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double AddAndMax(double* values, double* addend, int count)
    {
        TLanes largest = double.NegativeInfinity;
        for (int k = 0; k < count; k += TLanes.Count)
        {
            TLanes sum = TLanes.Load(values + k) + TLanes.Load(addend + k);
            sum.Store(values + k);
            largest = TLanes.Max(largest, sum);
        }
        return LaneArithmetic.Largest(largest);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Max(double* values, int count)
    {
        TLanes largest = TLanes.Load(values);
        for (int k = TLanes.Count; k < count; k += TLanes.Count)
            largest = TLanes.Max(largest, TLanes.Load(values + k));
        return LaneArithmetic.Largest(largest);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double ExpAndSum(double* values, double shift, int count)
    {
        TLanes shifts = shift;
        TLanes total = default;
        for (int k = 0; k < count; k += TLanes.Count)
        {
            TLanes exp = VectorMath.ExpNonPositive(TLanes.Load(values + k) - shifts);
            exp.Store(values + k);
            total += exp;
        }
        return LaneArithmetic.SumInOrder(total);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void ScaleAndAccumulate(double* values, double factor, double* totals, int count)
    {
        TLanes factors = factor;
        for (int k = 0; k < count; k += TLanes.Count)
        {
            TLanes scaled = TLanes.Load(values + k) * factors;
            scaled.Store(values + k);
            (TLanes.Load(totals + k) + scaled).Store(totals + k);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Accumulate(double* sum, double* term, long count)
    {
        for (long k = 0; k < count; k += TLanes.Count)
            (TLanes.Load(sum + k) + TLanes.Load(term + k)).Store(sum + k);
    }
}
