using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Vectors;

namespace IrtGpu.Population;

/// <summary>Log density of a normal at nodes that lie in rows by attribute.</summary>
internal static class NormalDensity
{
    /// <summary>Adds −½ ‖R(θ − μ)‖² − c at every node.</summary>
    /// <param name="mean">μ. [attribute]</param>
    /// <param name="root">R, lower, RᵀR the precision. [attribute, attribute]</param>
    /// <param name="logNormalizer">c.</param>
    /// <param name="theta">θ. [attribute, node]</param>
    /// <param name="sum">Added to; its length is the number of nodes, a multiple of the lanes of the widest vector. [node]</param>
    public static void Add(ReadOnlySpan<double> mean, ReadOnlySpan<double> root, double logNormalizer, ReadOnlySpan<double> theta, Span<double> sum)
    {
        switch (VectorWidth.Bits)
        {
            case 512:
                Add<Lanes512>(mean, root, logNormalizer, theta, sum);
                break;
            case 256:
                Add<Lanes256>(mean, root, logNormalizer, theta, sum);
                break;
            default:
                Add<Lanes128>(mean, root, logNormalizer, theta, sum);
                break;
        }
    }

    /// <summary>Writes −½ (θ − μ)ᵀ P (θ − μ) and its derivatives −P (θ − μ) of persons side by side.</summary>
    /// <param name="mean">μ. [attribute]</param>
    /// <param name="precision">P. [attribute, attribute]</param>
    /// <param name="theta">θ. [attribute, person]</param>
    /// <param name="logDensity">Receives the value; its length is a multiple of the lanes of the widest vector. [person]</param>
    /// <param name="gradient">Receives the derivatives. [attribute, person]</param>
    public static void FillDerivatives(ReadOnlySpan<double> mean, ReadOnlySpan<double> precision, ReadOnlySpan<double> theta, Span<double> logDensity, Span<double> gradient)
    {
        switch (VectorWidth.Bits)
        {
            case 512:
                FillDerivatives<Lanes512>(mean, precision, theta, logDensity, gradient);
                break;
            case 256:
                FillDerivatives<Lanes256>(mean, precision, theta, logDensity, gradient);
                break;
            default:
                FillDerivatives<Lanes128>(mean, precision, theta, logDensity, gradient);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FillDerivatives<TLanes>(
        ReadOnlySpan<double> mean, ReadOnlySpan<double> precision, ReadOnlySpan<double> theta, Span<double> logDensity, Span<double> gradient)
        where TLanes : struct, ILanes<TLanes>
    {
        int count = mean.Length;
        int stride = logDensity.Length;
        Span<double> memory = LaneMemory.Align(stackalloc double[(count + 1) * LaneMemory.MostLanes]);
        LaneVector<TLanes> centred = new(memory);
        ref double first = ref MemoryMarshal.GetReference(theta);
        ref double value = ref MemoryMarshal.GetReference(logDensity);
        ref double slope = ref MemoryMarshal.GetReference(gradient);
        for (int person = 0; person < stride; person += TLanes.Count)
        {
            for (int j = 0; j < count; j++)
                centred[j] = TLanes.Load(ref first, (nuint)(j * stride + person)) - mean[j];
            TLanes square = 0.0;
            for (int j = 0; j < count; j++)
            {
                TLanes pull = 0.0;
                for (int k = 0; k < count; k++)
                    pull = TLanes.MultiplyAdd(precision[j * count + k], centred[k], pull);
                (-pull).Store(ref slope, (nuint)(j * stride + person));
                square = TLanes.MultiplyAdd(centred[j], pull, square);
            }
            (-0.5 * square).Store(ref value, (nuint)person);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TLanes>(ReadOnlySpan<double> mean, ReadOnlySpan<double> root, double logNormalizer, ReadOnlySpan<double> theta, Span<double> sum)
        where TLanes : struct, ILanes<TLanes>
    {
        int count = mean.Length;
        Span<double> memory = LaneMemory.Align(stackalloc double[(count + 1) * LaneMemory.MostLanes]);
        LaneVector<TLanes> centred = new(memory);
        ref double first = ref MemoryMarshal.GetReference(theta);
        ref double total = ref MemoryMarshal.GetReference(sum);
        for (int node = 0; node < sum.Length; node += TLanes.Count)
        {
            TLanes square = 0.0;
            for (int j = 0; j < count; j++)
            {
                TLanes distance = TLanes.Load(ref first, (nuint)(j * sum.Length + node)) - mean[j];
                centred[j] = distance;
                TLanes along = 0.0;
                for (int k = 0; k <= j; k++)
                    along = TLanes.MultiplyAdd(root[j * count + k], centred[k], along);
                square = TLanes.MultiplyAdd(along, along, square);
            }
            (TLanes.Load(ref total, (nuint)node) + (-0.5 * square - logNormalizer)).Store(ref total, (nuint)node);
        }
    }
}
