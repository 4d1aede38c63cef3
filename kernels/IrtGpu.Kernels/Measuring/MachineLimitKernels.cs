using ILGPU;

namespace IrtGpu.Kernels.Measuring;

/// <summary>Kernels that do nothing but keep the arithmetic units busy.</summary>
internal static class MachineLimitKernels
{
    /// <summary>Chains of a thread that do not wait for each other.</summary>
    public const int ChainCount = 8;

    /// <summary>Steps of every chain in one round of the loop.</summary>
    public const int StepsPerRound = 4;

    /// <summary>x ← x · factor + term in eight chains, four steps a round.</summary>
    /// <remarks>Written as product and sum, which device compilers fuse: a fused call would stay unresolved.</remarks>
    /// <param name="thread">Also where the chains begin.</param>
    /// <param name="rounds">Rounds of the loop.</param>
    /// <param name="factor">Below 1, so that chains stay finite.</param>
    /// <param name="term">Added in each step.</param>
    /// <param name="sums">Receives the sum of the chains, so that no compiler drops them. [thread]</param>
    public static void MultiplyAdd(Index1D thread, int rounds, double factor, double term, ArrayView<double> sums)
    {
        double x0 = thread.X;
        double x1 = x0 + 1.0;
        double x2 = x0 + 2.0;
        double x3 = x0 + 3.0;
        double x4 = x0 + 4.0;
        double x5 = x0 + 5.0;
        double x6 = x0 + 6.0;
        double x7 = x0 + 7.0;
        for (int round = 0; round < rounds; round++)
        {
            Step(ref x0, ref x1, ref x2, ref x3, factor, term);
            Step(ref x4, ref x5, ref x6, ref x7, factor, term);
            Step(ref x0, ref x1, ref x2, ref x3, factor, term);
            Step(ref x4, ref x5, ref x6, ref x7, factor, term);
            Step(ref x0, ref x1, ref x2, ref x3, factor, term);
            Step(ref x4, ref x5, ref x6, ref x7, factor, term);
            Step(ref x0, ref x1, ref x2, ref x3, factor, term);
            Step(ref x4, ref x5, ref x6, ref x7, factor, term);
        }
        sums[thread] = x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7;
    }

    private static void Step(ref double a, ref double b, ref double c, ref double d, double factor, double term)
    {
        a = a * factor + term;
        b = b * factor + term;
        c = c * factor + term;
        d = d * factor + term;
    }
}
