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
