using System.Runtime.CompilerServices;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.WeightedScore.Interpolation;

/// <summary>The loops, by vectors of one width.</summary>
/// <typeparam name="TLanes">The vector.</typeparam>
internal sealed unsafe class ScoreGridKernels<TLanes> : ScoreGridKernels
    where TLanes : struct, ILanes<TLanes>
{
    private const int Points = LagrangeBasis.Points;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Evaluate(double* basis, double x, double* sum)
    {
        TLanes position = x;
        for (int lane = 0; lane < Points; lane += TLanes.Count)
        {
            TLanes value = TLanes.Load(basis + 7 * Points + lane);
            for (int power = 6; power >= 0; power--)
                value = TLanes.MultiplyAdd(value, position, TLanes.Load(basis + power * Points + lane));
            value.Store(sum + lane);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Combine(double* basis, double* factors, double* sum)
    {
        double* result = stackalloc double[Points];
        for (int lane = 0; lane < Points; lane += TLanes.Count)
        {
            double* column = basis + lane;
            TLanes even = factors[0] * TLanes.Load(column);
            TLanes odd = factors[1] * TLanes.Load(column + Points);
            for (int k = 2; k < Points; k += 2)
            {
                even = TLanes.MultiplyAdd(factors[k], TLanes.Load(column + k * Points), even);
                odd = TLanes.MultiplyAdd(factors[k + 1], TLanes.Load(column + (k + 1) * Points), odd);
            }
            (even + odd).Store(result + lane);
        }
        for (int lane = 0; lane < Points; lane += TLanes.Count)
            TLanes.Load(result + lane).Store(sum + lane);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double DotEight(double* a, double* b)
    {
        TLanes sum = TLanes.Load(a) * TLanes.Load(b);
        for (int lane = TLanes.Count; lane < Points; lane += TLanes.Count)
            sum = TLanes.MultiplyAdd(TLanes.Load(a + lane), TLanes.Load(b + lane), sum);
        return sum.Sum();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Spread(double* values, double* coefficients, double* target, int width)
    {
        for (int first = 0; first < Points; first += 4)
        {
            TLanes c0 = coefficients[first], c1 = coefficients[first + 1], c2 = coefficients[first + 2], c3 = coefficients[first + 3];
            double* t0 = target + (long)first * width, t1 = t0 + width, t2 = t1 + width, t3 = t2 + width;
            for (int lane = 0; lane < width; lane += TLanes.Count)
            {
                TLanes value = TLanes.Load(values + lane);
                TLanes.MultiplyAdd(c0, value, TLanes.Load(t0 + lane)).Store(t0 + lane);
                TLanes.MultiplyAdd(c1, value, TLanes.Load(t1 + lane)).Store(t1 + lane);
                TLanes.MultiplyAdd(c2, value, TLanes.Load(t2 + lane)).Store(t2 + lane);
                TLanes.MultiplyAdd(c3, value, TLanes.Load(t3 + lane)).Store(t3 + lane);
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double LineAndMax(double score, double* theta, double* logPrior, double* values, int nodeCount)
    {
        TLanes scores = score;
        TLanes largest = double.NegativeInfinity;
        for (int node = 0; node < nodeCount; node += TLanes.Count)
        {
            TLanes exponent = TLanes.MultiplyAdd(scores, TLanes.Load(theta + node), TLanes.Load(logPrior + node));
            exponent.Store(values + node);
            largest = TLanes.Max(largest, exponent);
        }
        return LaneArithmetic.Largest(largest);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Step(double* values, double* ratio, double* product, int nodeCount)
    {
        TLanes even = default, odd = even;
        for (int node = 0; node < nodeCount; node += TLanes.Count)
        {
            TLanes next = TLanes.Load(values + node) * TLanes.Load(ratio + node);
            next.Store(product + node);
            (even, odd) = (odd, even + next);
        }
        return (even + odd).Sum();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Dot(double* values, double* arguments, int nodeCount)
    {
        TLanes even = default, odd = even;
        for (int node = 0; node < nodeCount; node += TLanes.Count)
            (even, odd) = (odd, TLanes.MultiplyAdd(TLanes.Load(values + node), TLanes.Load(arguments + node), even));
        return (even + odd).Sum();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddScaled(double* values, double factor, double* totals, int nodeCount)
    {
        TLanes factors = factor;
        for (int node = 0; node < nodeCount; node += TLanes.Count)
            TLanes.MultiplyAdd(TLanes.Load(values + node), factors, TLanes.Load(totals + node)).Store(totals + node);
    }
}
