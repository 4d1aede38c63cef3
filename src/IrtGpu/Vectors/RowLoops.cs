using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IrtGpu.Foundation.Vectors;

namespace IrtGpu.Vectors;

/// <summary>Loops over rows of persons side by side, whose length is a multiple of <see cref="LaneMemory.MostLanes"/>; sums have one order for each width of vectors.</summary>
internal abstract class RowLoops
{
    /// <summary>Those of the machine's vectors.</summary>
    public static RowLoops Chosen { get; } = VectorWidth.Bits switch
    {
        512 => new RowLoops<Lanes512>(),
        256 => new RowLoops<Lanes256>(),
        _ => new RowLoops<Lanes128>(),
    };

    /// <summary>z = Σ_j a_j θ_j.</summary>
    /// <param name="slopes">a. [loading]</param>
    /// <param name="attributes">j. [loading]</param>
    /// <param name="theta">θ. [attribute, person]</param>
    /// <param name="z">Receives z; its length is that of the rows. [person]</param>
    public abstract void Predict(ReadOnlySpan<double> slopes, ReadOnlySpan<int> attributes, ReadOnlySpan<double> theta, Span<double> z);

    /// <summary>Σ x.</summary>
    public abstract double Sum(ReadOnlySpan<double> x);

    /// <summary>Σ x y.</summary>
    public abstract double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y);

    /// <summary>y += factor · x.</summary>
    public abstract void AddScaled(double factor, ReadOnlySpan<double> x, Span<double> y);

    /// <summary>z += factor · x y.</summary>
    public abstract void AddProduct(double factor, ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> z);

    /// <summary>z = x y.</summary>
    public abstract void Multiply(ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> z);

    /// <summary>y /= x.</summary>
    public abstract void Divide(ReadOnlySpan<double> x, Span<double> y);
}

/// <summary>The loops by vectors of one width.</summary>
/// <typeparam name="TLanes">The vector.</typeparam>
internal sealed class RowLoops<TLanes> : RowLoops
    where TLanes : struct, ILanes<TLanes>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Predict(ReadOnlySpan<double> slopes, ReadOnlySpan<int> attributes, ReadOnlySpan<double> theta, Span<double> z)
    {
        int stride = z.Length;
        ref double first = ref MemoryMarshal.GetReference(theta);
        ref double result = ref MemoryMarshal.GetReference(z);
        foreach (int attribute in attributes)
            ArgumentOutOfRangeException.ThrowIfLessThan(theta.Length, (attribute + 1) * stride);
        for (int start = 0; start < stride; start += TLanes.Count)
        {
            TLanes sum = 0.0;
            for (int loading = 0; loading < slopes.Length; loading++)
                sum = TLanes.MultiplyAdd(slopes[loading], TLanes.Load(ref first, (nuint)(attributes[loading] * stride + start)), sum);
            sum.Store(ref result, (nuint)start);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Sum(ReadOnlySpan<double> x)
    {
        ref double first = ref MemoryMarshal.GetReference(x);
        TLanes sum = 0.0;
        for (int start = 0; start < x.Length; start += TLanes.Count)
            sum += TLanes.Load(ref first, (nuint)start);
        return LaneArithmetic.SumPairs(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(y.Length, x.Length);
        ref double left = ref MemoryMarshal.GetReference(x);
        ref double right = ref MemoryMarshal.GetReference(y);
        TLanes even = 0.0;
        TLanes odd = 0.0;
        int start = 0;
        for (; start + 2 * TLanes.Count <= x.Length; start += 2 * TLanes.Count)
        {
            even = TLanes.MultiplyAdd(TLanes.Load(ref left, (nuint)start), TLanes.Load(ref right, (nuint)start), even);
            odd = TLanes.MultiplyAdd(TLanes.Load(ref left, (nuint)(start + TLanes.Count)), TLanes.Load(ref right, (nuint)(start + TLanes.Count)), odd);
        }
        if (start < x.Length)
            even = TLanes.MultiplyAdd(TLanes.Load(ref left, (nuint)start), TLanes.Load(ref right, (nuint)start), even);
        return LaneArithmetic.SumPairs(even + odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddScaled(double factor, ReadOnlySpan<double> x, Span<double> y)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(y.Length, x.Length);
        ref double from = ref MemoryMarshal.GetReference(x);
        ref double to = ref MemoryMarshal.GetReference(y);
        TLanes scale = factor;
        for (int start = 0; start < x.Length; start += TLanes.Count)
            TLanes.MultiplyAdd(scale, TLanes.Load(ref from, (nuint)start), TLanes.Load(ref to, (nuint)start)).Store(ref to, (nuint)start);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddProduct(double factor, ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> z)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(y.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(z.Length, x.Length);
        ref double left = ref MemoryMarshal.GetReference(x);
        ref double right = ref MemoryMarshal.GetReference(y);
        ref double to = ref MemoryMarshal.GetReference(z);
        TLanes scale = factor;
        for (int start = 0; start < x.Length; start += TLanes.Count)
            TLanes.MultiplyAdd(scale * TLanes.Load(ref left, (nuint)start), TLanes.Load(ref right, (nuint)start), TLanes.Load(ref to, (nuint)start)).Store(ref to, (nuint)start);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Multiply(ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> z)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(y.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(z.Length, x.Length);
        ref double left = ref MemoryMarshal.GetReference(x);
        ref double right = ref MemoryMarshal.GetReference(y);
        ref double to = ref MemoryMarshal.GetReference(z);
        for (int start = 0; start < x.Length; start += TLanes.Count)
            (TLanes.Load(ref left, (nuint)start) * TLanes.Load(ref right, (nuint)start)).Store(ref to, (nuint)start);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Divide(ReadOnlySpan<double> x, Span<double> y)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(y.Length, x.Length);
        ref double by = ref MemoryMarshal.GetReference(x);
        ref double to = ref MemoryMarshal.GetReference(y);
        for (int start = 0; start < x.Length; start += TLanes.Count)
            (TLanes.Load(ref to, (nuint)start) / TLanes.Load(ref by, (nuint)start)).Store(ref to, (nuint)start);
    }
}
