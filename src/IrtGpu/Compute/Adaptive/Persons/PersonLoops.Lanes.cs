using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Models;
using IrtGpu.Vectors;

namespace IrtGpu.Compute.Adaptive.Persons;

/// <summary>The loops, by vectors of one width.</summary>
/// <typeparam name="TLanes">The vector.</typeparam>
internal sealed class PersonLoops<TLanes> : PersonLoops
    where TLanes : struct, ILanes<TLanes>
{
    private const double Ln2 = 0.6931471805599453;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Place(PersonNodes nodes, ReadOnlySpan<double> centre, ReadOnlySpan<double> factor, Span<double> theta)
    {
        int stride = nodes.Stride;
        ref double standard = ref nodes.Standard[0];
        ref double result = ref MemoryMarshal.GetReference(theta);
        for (int node = 0; node < stride; node += TLanes.Count)
        {
            for (int j = 0; j < centre.Length; j++)
            {
                TLanes value = centre[j];
                for (int k = j; k < centre.Length; k++)
                    value = TLanes.MultiplyAdd(factor[PackedTriangle.Index(k, j)], TLanes.Load(ref standard, (nuint)(k * stride + node)), value);
                value.Store(ref result, (nuint)(j * stride + node));
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Largest(ReadOnlySpan<double> values)
    {
        ref double first = ref MemoryMarshal.GetReference(values);
        TLanes largest = double.NegativeInfinity;
        for (int node = 0; node < values.Length; node += TLanes.Count)
            largest = TLanes.Max(largest, TLanes.Load(ref first, (nuint)node));
        return LaneArithmetic.Largest(largest);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Exponentiate(Span<double> values, double largest)
    {
        ref double first = ref MemoryMarshal.GetReference(values);
        TLanes sum = 0.0;
        for (int node = 0; node < values.Length; node += TLanes.Count)
        {
            TLanes weight = VectorMath.ExpNonPositive(TLanes.Load(ref first, (nuint)node) - largest);
            weight.Store(ref first, (nuint)node);
            sum += weight;
        }
        return LaneArithmetic.SumPairs(sum);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void TakeLogarithms(Span<double> factors, Span<double> sum)
    {
        ref double factor = ref MemoryMarshal.GetReference(factors);
        ref double total = ref MemoryMarshal.GetReference(sum);
        TLanes one = 1.0;
        for (int node = 0; node < factors.Length; node += TLanes.Count)
        {
            TLanes significand = TLanes.Significand(TLanes.Load(ref factor, (nuint)node), out TLanes exponent);
            TLanes logarithm = TLanes.MultiplyAdd(exponent, Ln2, Elementary.Log1P(significand - 1.0));
            (TLanes.Load(ref total, (nuint)node) - logarithm).Store(ref total, (nuint)node);
            one.Store(ref factor, (nuint)node);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Scale(Span<double> values, double factor)
    {
        ref double first = ref MemoryMarshal.GetReference(values);
        TLanes factors = factor;
        for (int node = 0; node < values.Length; node += TLanes.Count)
            (TLanes.Load(ref first, (nuint)node) * factors).Store(ref first, (nuint)node);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> product)
    {
        ref double left = ref MemoryMarshal.GetReference(a);
        ref double right = ref MemoryMarshal.GetReference(b);
        ref double result = ref MemoryMarshal.GetReference(product);
        TLanes sum = 0.0;
        for (int node = 0; node < a.Length; node += TLanes.Count)
        {
            TLanes value = TLanes.Load(ref left, (nuint)node) * TLanes.Load(ref right, (nuint)node);
            value.Store(ref result, (nuint)node);
            sum += value;
        }
        return LaneArithmetic.SumPairs(sum);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref double left = ref MemoryMarshal.GetReference(a);
        ref double right = ref MemoryMarshal.GetReference(b);
        TLanes sum = 0.0;
        for (int node = 0; node < a.Length; node += TLanes.Count)
            sum = TLanes.MultiplyAdd(TLanes.Load(ref left, (nuint)node), TLanes.Load(ref right, (nuint)node), sum);
        return LaneArithmetic.SumPairs(sum);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Centre(Span<double> values, double mean, ReadOnlySpan<double> factors)
    {
        ref double first = ref MemoryMarshal.GetReference(values);
        ref double factor = ref MemoryMarshal.GetReference(factors);
        TLanes means = mean;
        for (int node = 0; node < values.Length; node += TLanes.Count)
            ((TLanes.Load(ref first, (nuint)node) - means) * TLanes.Load(ref factor, (nuint)node)).Store(ref first, (nuint)node);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(Span<double> sum, double factor, ReadOnlySpan<double> values)
    {
        ref double total = ref MemoryMarshal.GetReference(sum);
        ref double first = ref MemoryMarshal.GetReference(values);
        TLanes factors = factor;
        for (int node = 0; node < values.Length; node += TLanes.Count)
            TLanes.MultiplyAdd(factors, TLanes.Load(ref first, (nuint)node), TLanes.Load(ref total, (nuint)node)).Store(ref total, (nuint)node);
    }
}
