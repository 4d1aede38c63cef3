using System.Runtime.CompilerServices;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.Reduction.Loops;

/// <summary>The inner loops, by vectors of one width.</summary>
/// <typeparam name="TLanes">The vector.</typeparam>
internal sealed unsafe class ReducedKernels<TLanes> : ReducedKernels
    where TLanes : struct, ILanes<TLanes>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double LargestLog(in ReducedFactors factors, int begin, int end)
    {
        TLanes largest = double.NegativeInfinity;
        for (long cell = (long)begin * factors.Width; cell < (long)end * factors.Width; cell += TLanes.Count)
            largest = TLanes.Max(largest, SumOfLogs(factors, cell));
        return LaneArithmetic.Largest(largest);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SumRows(in ReducedFactors factors, int begin, int end, double* sums)
    {
        int lanes = TLanes.Count;
        for (int row = begin; row < end; row++)
        {
            TLanes even = default;
            TLanes odd = default;
            int lane = 0;
            for (; !factors.IsLog && lane + 4 * lanes <= factors.Width; lane += 4 * lanes)
            {
                long cell = (long)row * factors.Width + lane;
                double* from = factors.Prior + cell;
                TLanes p0 = TLanes.Load(from), p1 = TLanes.Load(from + lanes), p2 = TLanes.Load(from + 2 * lanes), p3 = TLanes.Load(from + 3 * lanes);
                for (int table = 0; table < factors.OwnCount; table++)
                {
                    from = factors.Own[table] + cell;
                    p0 *= TLanes.Load(from);
                    p1 *= TLanes.Load(from + lanes);
                    p2 *= TLanes.Load(from + 2 * lanes);
                    p3 *= TLanes.Load(from + 3 * lanes);
                }
                for (int child = 0; child < factors.ChildCount; child++)
                {
                    from = factors.Child[child] + factors.ChildRow[child][row] + lane;
                    p0 *= TLanes.Load(from);
                    p1 *= TLanes.Load(from + lanes);
                    p2 *= TLanes.Load(from + 2 * lanes);
                    p3 *= TLanes.Load(from + 3 * lanes);
                }
                even += p0 + p2;
                odd += p1 + p3;
            }
            for (; lane < factors.Width; lane += lanes)
                even += Product(factors, row, lane);
            sums[row - begin] = LaneArithmetic.SumPairs(even + odd);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Products(in ReducedFactors factors, int row, double* products)
    {
        for (int lane = 0; lane < factors.Width; lane += TLanes.Count)
            Product(factors, row, lane).Store(products + lane);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Scatter(in ReducedFactors factors, double* outside, int begin, int end, int lane, int endLane, double** counts, double* totals, double** sums)
    {
        int lanes = TLanes.Count;
        for (int row = begin; row < end; row++)
        {
            if (outside[row] == 0)
                continue;
            TLanes weight = outside[row];
            int place = lane;
            for (; !factors.IsLog && place + 4 * lanes <= endLane; place += 4 * lanes)
                ScatterFour(factors, weight, row, place, counts, totals, sums);
            for (; place < endLane; place += lanes)
            {
                TLanes posterior = weight * Product(factors, row, place);
                long cell = (long)row * factors.Width + place;
                (TLanes.Load(totals + cell) + posterior).Store(totals + cell);
                for (int table = 0; table < factors.OwnCount; table++)
                {
                    double* to = counts[table] + cell;
                    (TLanes.Load(to) + posterior).Store(to);
                }
                for (int child = 0; child < factors.ChildCount; child++)
                {
                    double* to = sums[child] + factors.ChildRow[child][row] + place;
                    (TLanes.Load(to) + posterior).Store(to);
                }
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SumRun(double* product, double* values, int* rows, int count, int tableCount, int width, double* sums)
    {
        int lanes = TLanes.Count;
        int lane = 0;
        for (; lane + 4 * lanes <= width; lane += 4 * lanes)
        {
            TLanes w0 = TLanes.Load(product + lane), w1 = TLanes.Load(product + lane + lanes), w2 = TLanes.Load(product + lane + 2 * lanes), w3 = TLanes.Load(product + lane + 3 * lanes);
            int* at = rows;
            for (int part = 0; part < count; part++, at += tableCount)
            {
                double* from = values + (long)at[0] * width + lane;
                TLanes p0 = w0 * TLanes.Load(from), p1 = w1 * TLanes.Load(from + lanes), p2 = w2 * TLanes.Load(from + 2 * lanes), p3 = w3 * TLanes.Load(from + 3 * lanes);
                for (int table = 1; table < tableCount; table++)
                {
                    from = values + (long)at[table] * width + lane;
                    p0 *= TLanes.Load(from);
                    p1 *= TLanes.Load(from + lanes);
                    p2 *= TLanes.Load(from + 2 * lanes);
                    p3 *= TLanes.Load(from + 3 * lanes);
                }
                double sum = LaneArithmetic.SumPairs((p0 + p2) + (p1 + p3));
                sums[part] = lane == 0 ? sum : sums[part] + sum;
            }
        }
        for (int first = lane; lane < width; lane += lanes)
        {
            TLanes w = TLanes.Load(product + lane);
            int* at = rows;
            for (int part = 0; part < count; part++, at += tableCount)
            {
                TLanes p = w;
                for (int table = 0; table < tableCount; table++)
                    p *= TLanes.Load(values + (long)at[table] * width + lane);
                double sum = LaneArithmetic.SumPairs(p);
                sums[part] = lane == 0 && first == 0 ? sum : sums[part] + sum;
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void ScatterRun(double* product, double* values, double* counts, int* rows, int count, int tableCount, int width, double* outside, double* sum)
    {
        int lanes = TLanes.Count;
        int lane = 0;
        for (; lane + 4 * lanes <= width; lane += 4 * lanes)
        {
            TLanes w0 = TLanes.Load(product + lane), w1 = TLanes.Load(product + lane + lanes), w2 = TLanes.Load(product + lane + 2 * lanes), w3 = TLanes.Load(product + lane + 3 * lanes);
            TLanes s0 = default, s1 = default, s2 = default, s3 = default;
            int* at = rows;
            for (int part = 0; part < count; part++, at += tableCount)
            {
                TLanes weight = outside[part];
                TLanes p0 = weight * w0, p1 = weight * w1, p2 = weight * w2, p3 = weight * w3;
                for (int table = 0; table < tableCount; table++)
                {
                    double* from = values + (long)at[table] * width + lane;
                    p0 *= TLanes.Load(from);
                    p1 *= TLanes.Load(from + lanes);
                    p2 *= TLanes.Load(from + 2 * lanes);
                    p3 *= TLanes.Load(from + 3 * lanes);
                }
                for (int table = 0; table < tableCount; table++)
                {
                    double* to = counts + (long)at[table] * width + lane;
                    (TLanes.Load(to) + p0).Store(to);
                    (TLanes.Load(to + lanes) + p1).Store(to + lanes);
                    (TLanes.Load(to + 2 * lanes) + p2).Store(to + 2 * lanes);
                    (TLanes.Load(to + 3 * lanes) + p3).Store(to + 3 * lanes);
                }
                s0 += p0;
                s1 += p1;
                s2 += p2;
                s3 += p3;
            }
            s0.Store(sum + lane);
            s1.Store(sum + lane + lanes);
            s2.Store(sum + lane + 2 * lanes);
            s3.Store(sum + lane + 3 * lanes);
        }
        for (; lane < width; lane += lanes)
        {
            TLanes w = TLanes.Load(product + lane);
            TLanes s = default;
            int* at = rows;
            for (int part = 0; part < count; part++, at += tableCount)
            {
                TLanes p = outside[part] * w;
                for (int table = 0; table < tableCount; table++)
                    p *= TLanes.Load(values + (long)at[table] * width + lane);
                for (int table = 0; table < tableCount; table++)
                {
                    double* to = counts + (long)at[table] * width + lane;
                    (TLanes.Load(to) + p).Store(to);
                }
                s += p;
            }
            s.Store(sum + lane);
        }
    }

    /// <summary>Four vectors at once, so that each row of a table is looked up once for all of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ScatterFour(in ReducedFactors factors, TLanes weight, int row, int lane, double** counts, double* totals, double** sums)
    {
        int lanes = TLanes.Count;
        long cell = (long)row * factors.Width + lane;
        double* at = factors.Prior + cell;
        TLanes p0 = weight * TLanes.Load(at), p1 = weight * TLanes.Load(at + lanes), p2 = weight * TLanes.Load(at + 2 * lanes), p3 = weight * TLanes.Load(at + 3 * lanes);
        for (int table = 0; table < factors.OwnCount; table++)
        {
            at = factors.Own[table] + cell;
            p0 *= TLanes.Load(at);
            p1 *= TLanes.Load(at + lanes);
            p2 *= TLanes.Load(at + 2 * lanes);
            p3 *= TLanes.Load(at + 3 * lanes);
        }
        for (int child = 0; child < factors.ChildCount; child++)
        {
            at = factors.Child[child] + factors.ChildRow[child][row] + lane;
            p0 *= TLanes.Load(at);
            p1 *= TLanes.Load(at + lanes);
            p2 *= TLanes.Load(at + 2 * lanes);
            p3 *= TLanes.Load(at + 3 * lanes);
        }
        at = totals + cell;
        (TLanes.Load(at) + p0).Store(at);
        (TLanes.Load(at + lanes) + p1).Store(at + lanes);
        (TLanes.Load(at + 2 * lanes) + p2).Store(at + 2 * lanes);
        (TLanes.Load(at + 3 * lanes) + p3).Store(at + 3 * lanes);
        for (int table = 0; table < factors.OwnCount; table++)
        {
            at = counts[table] + cell;
            (TLanes.Load(at) + p0).Store(at);
            (TLanes.Load(at + lanes) + p1).Store(at + lanes);
            (TLanes.Load(at + 2 * lanes) + p2).Store(at + 2 * lanes);
            (TLanes.Load(at + 3 * lanes) + p3).Store(at + 3 * lanes);
        }
        for (int child = 0; child < factors.ChildCount; child++)
        {
            at = sums[child] + factors.ChildRow[child][row] + lane;
            (TLanes.Load(at) + p0).Store(at);
            (TLanes.Load(at + lanes) + p1).Store(at + lanes);
            (TLanes.Load(at + 2 * lanes) + p2).Store(at + 2 * lanes);
            (TLanes.Load(at + 3 * lanes) + p3).Store(at + 3 * lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Product(in ReducedFactors factors, int row, int lane)
    {
        long cell = (long)row * factors.Width + lane;
        TLanes product = TLanes.Load(factors.Prior + cell);
        if (factors.IsLog)
        {
            product *= VectorMath.ExpNonPositive(SumOfLogs(factors, cell) - factors.Shift);
        }
        else
        {
            for (int table = 0; table < factors.OwnCount; table++)
                product *= TLanes.Load(factors.Own[table] + cell);
        }
        for (int child = 0; child < factors.ChildCount; child++)
            product *= TLanes.Load(factors.Child[child] + factors.ChildRow[child][row] + lane);
        return product;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes SumOfLogs(in ReducedFactors factors, long cell)
    {
        TLanes sum = TLanes.Load(factors.Own[0] + cell);
        for (int table = 1; table < factors.OwnCount; table++)
            sum += TLanes.Load(factors.Own[table] + cell);
        return sum;
    }
}
