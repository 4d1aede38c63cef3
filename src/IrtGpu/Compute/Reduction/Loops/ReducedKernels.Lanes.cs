using System.Runtime.CompilerServices;
using IrtGpu.Compute.Loops;
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
            for (; lane + 2 * lanes <= factors.Width; lane += 2 * lanes)
            {
                even += Product(factors, row, lane);
                odd += Product(factors, row, lane + lanes);
            }
            if (lane < factors.Width)
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
        for (int row = begin; row < end; row++)
        {
            if (outside[row] == 0)
                continue;
            TLanes weight = outside[row];
            for (int place = lane; place < endLane; place += TLanes.Count)
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
