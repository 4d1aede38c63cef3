using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.Loops;

/// <summary>The loops, by vectors of one width.</summary>
/// <typeparam name="TLanes">The vector.</typeparam>
internal sealed unsafe class LineKernels<TLanes> : LineKernels
    where TLanes : struct, ILanes<TLanes>
{
    private const int Run = 64; // values whose largest is found before their positions are asked for
    private const int NarrowRow = 4; // of scores in up to three dimensions: one vector of 256 bits, or two of 128

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddLine(double* values, double* arguments, double slope, int length)
    {
        TLanes slopes = slope;
        for (int lane = 0; lane < length; lane += TLanes.Count)
            TLanes.MultiplyAdd(slopes, TLanes.Load(arguments + lane), TLanes.Load(values + lane)).Store(values + lane);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Multiply(double* a, double* b, double* product, int length)
    {
        TLanes sum = default;
        for (int lane = 0; lane < length; lane += TLanes.Count)
        {
            TLanes value = TLanes.Load(a + lane) * TLanes.Load(b + lane);
            value.Store(product + lane);
            sum += value;
        }
        return LaneArithmetic.SumInOrder(sum);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Scale(double* values, double factor, double* product, int length)
    {
        TLanes factors = factor;
        for (int lane = 0; lane < length; lane += TLanes.Count)
            (TLanes.Load(values + lane) * factors).Store(product + lane);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double ScaleAndDot(double* values, double factor, double* arguments, int length)
    {
        TLanes factors = factor;
        TLanes sum = default;
        for (int lane = 0; lane < length; lane += TLanes.Count)
        {
            TLanes scaled = TLanes.Load(values + lane) * factors;
            scaled.Store(values + lane);
            sum = TLanes.MultiplyAdd(scaled, TLanes.Load(arguments + lane), sum);
        }
        return LaneArithmetic.SumInOrder(sum);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override int IndexOfLargest(double* values, int length)
    {
        double* parts = stackalloc double[TLanes.Count];
        double best = double.NegativeInfinity;
        int index = 0;
        for (int first = 0; first < length; first += Run)
        {
            int end = Math.Min(length, first + Run);
            TLanes largest = double.NegativeInfinity;
            int lane = first;
            for (; lane + TLanes.Count <= end; lane += TLanes.Count)
                largest = TLanes.Max(largest, TLanes.Load(values + lane));
            largest.Store(parts);
            double here = double.NegativeInfinity;
            for (int part = 0; part < TLanes.Count; part++)
                here = parts[part] > here ? parts[part] : here;
            for (; lane < end; lane++)
                here = values[lane] > here ? values[lane] : here;
            if (here > best)
                (best, index) = (here, first);
        }
        int found = index;
        while (found < length && values[found] != best)
            found++;
        return found < length ? found : 0;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void MultiplyOut(double* outer, double* factor, int rows, int lineCount)
    {
        for (int row = rows - 1; row >= 0; row--) // from the end: a row's place is read before it is written over
        {
            double value = outer[row];
            double* to = outer + (long)row * lineCount;
            int lane = 0;
            for (; lane + TLanes.Count <= lineCount; lane += TLanes.Count)
                (TLanes.Load(factor + lane) * value).Store(to + lane);
            for (; lane < lineCount; lane++)
                to[lane] = factor[lane] * value;
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void MultiplyRows(double* factor, double* kernel, int stride, double* rowFactors, double scale, double* result, int rows, int lineCount)
    {
        for (int row = 0; row < rows; row++, kernel += stride, result += lineCount)
        {
            double rowFactor = scale * rowFactors[row];
            int lane = 0;
            for (; lane + TLanes.Count <= lineCount; lane += TLanes.Count)
                (TLanes.Load(factor + lane) * TLanes.Load(kernel + lane) * rowFactor).Store(result + lane);
            for (; lane < lineCount; lane++)
                result[lane] = factor[lane] * kernel[lane] * rowFactor;
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SumOut(double* weights, double* marginal, int rows, int lineCount)
    {
        for (int row = 0; row < rows; row++)
        {
            double* from = weights + (long)row * lineCount;
            double sum = 0;
            int lane = 0;
            TLanes sums = default;
            for (; lane + TLanes.Count <= lineCount; lane += TLanes.Count)
            {
                TLanes part = TLanes.Load(from + lane);
                sums += part;
                (TLanes.Load(marginal + lane) + part).Store(marginal + lane);
            }
            for (; lane < lineCount; lane++)
            {
                sum += from[lane];
                marginal[lane] += from[lane];
            }
            for (int part = 0; part < TLanes.Count; part++)
                sum += sums[part];
            weights[row] = sum;
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SumScores(double* rows, byte* codes, int* firstRow, int groupCount, int width, double* sums)
    {
        if (width == NarrowRow)
        {
            Vector256<double> sum = Vector256<double>.Zero;
            for (int group = 0; group < groupCount; group++)
                sum += Vector256.Load(rows + (long)NarrowRow * (firstRow[group] + codes[group]));
            sum.Store(sums);
            return;
        }
        for (int lane = 0; lane < width; lane += TLanes.Count)
        {
            TLanes sum = default;
            for (int group = 0; group < groupCount; group++)
                sum += TLanes.Load(rows + (long)width * (firstRow[group] + codes[group]) + lane);
            sum.Store(sums + lane);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void ScatterScores(double* rows, byte* codes, int* firstRow, int groupCount, int width, double* sums)
    {
        if (width == NarrowRow)
        {
            Vector256<double> sum = Vector256.Load(sums);
            for (int group = 0; group < groupCount; group++)
            {
                double* row = rows + (long)NarrowRow * (firstRow[group] + codes[group]);
                (Vector256.Load(row) + sum).Store(row);
            }
            return;
        }
        for (int lane = 0; lane < width; lane += TLanes.Count)
        {
            TLanes sum = TLanes.Load(sums + lane);
            for (int group = 0; group < groupCount; group++)
            {
                double* row = rows + (long)width * (firstRow[group] + codes[group]) + lane;
                (TLanes.Load(row) + sum).Store(row);
            }
        }
    }
}
