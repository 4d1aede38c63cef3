using System.Diagnostics;
using ILGPU;
using ILGPU.Runtime;
using IrtGpu.Kernels.Devices;
using IrtGpu.Kernels.Loading;
using IrtGpu.Kernels.Memory;

namespace IrtGpu.Kernels.Measuring;

/// <summary>Measures what a device can do at best.</summary>
internal static class MachineLimitProbe
{
    private const double Factor = 0.999;
    private const double Term = 0.001;
    private const int WavesOfThreads = 2;
    private const int LargestRounds = 1 << 24;
    private const int LaunchesPerRepeat = 20; // a repeat takes so many times an empty launch, or more
    private const int Repeats = 5;

    /// <summary>Opens the device and measures it, the best of five repeats each.</summary>
    /// <param name="device">An available one.</param>
    /// <param name="secondsPerRepeat">How long a repeat should take at least.</param>
    /// <param name="copyBytes">Bytes of a copy.</param>
    /// <exception cref="InvalidOperationException">The device computed something else than it was asked for.</exception>
    public static MachineLimits Measure(ComputeDevice device, double secondsPerRepeat = 0.05, long copyBytes = 256L << 20)
    {
        using DeviceSession session = DeviceSession.Open(device);
        Accelerator accelerator = session.Accelerator;
        long length = Math.Min(copyBytes, DeviceBuffers.FreeBytes(accelerator) / 4) / sizeof(double);
        using MemoryBuffer1D<double, Stride1D.Dense> source = accelerator.Allocate1D<double>(length);
        using MemoryBuffer1D<double, Stride1D.Dense> target = accelerator.Allocate1D<double>(length);
        using PageLockedArray1D<double> host = accelerator.AllocatePageLocked1D<double>(length);
        source.MemSetToZero();
        ArrayView<double> from = source.View;
        ArrayView<double> to = target.View;
        ArrayView<double> locked = host.ArrayView;
        double bytes = (double)length * sizeof(double);
        AcceleratorStream stream = accelerator.DefaultStream;
        return new MachineLimits(
            MultiplyAddsPerSecond(accelerator, secondsPerRepeat),
            bytes / BestSeconds(stream, () => to.CopyFrom(stream, from)),
            bytes / BestSeconds(stream, () => to.CopyFrom(stream, locked)),
            bytes / BestSeconds(stream, () => locked.CopyFrom(stream, from)));
    }

    private static double MultiplyAddsPerSecond(Accelerator accelerator, double secondsPerRepeat)
    {
        int threads = WavesOfThreads * accelerator.MaxNumThreads;
        Action<Index1D, int, double, double, ArrayView<double>> kernel =
            accelerator.LoadIndexed<int, double, double, ArrayView<double>>(MachineLimitKernels.MultiplyAdd);
        using MemoryBuffer1D<double, Stride1D.Dense> sums = accelerator.Allocate1D<double>(threads);
        void Launch(int rounds) => kernel(threads, rounds, Factor, Term, sums.View);

        Launch(1);
        Check(sums.GetAsArray1D());
        double launchSeconds = BestSeconds(accelerator.DefaultStream, () => Launch(0));
        int rounds = 16;
        double seconds = BestSeconds(accelerator.DefaultStream, () => Launch(rounds));
        while (seconds < secondsPerRepeat + LaunchesPerRepeat * launchSeconds && rounds < LargestRounds)
        {
            rounds *= 2;
            seconds = BestSeconds(accelerator.DefaultStream, () => Launch(rounds));
        }
        return (double)threads * rounds * MachineLimitKernels.ChainCount * MachineLimitKernels.StepsPerRound / seconds;
    }

    // One round is four steps of every chain from its start.
    private static void Check(double[] sums)
    {
        for (int thread = 0; thread < sums.Length; thread++)
        {
            double expected = 0;
            for (int chain = 0; chain < MachineLimitKernels.ChainCount; chain++)
            {
                double x = thread + chain;
                for (int step = 0; step < MachineLimitKernels.StepsPerRound; step++)
                    x = x * Factor + Term;
                expected += x;
            }
            if (!(Math.Abs(sums[thread] - expected) <= 1e-12 * Math.Max(1, expected)))
            {
                throw new InvalidOperationException(FormattableString.Invariant(
                    $"The device computed {sums[thread]:r} in thread {thread} where {expected:r} is right, so its rate is not measured."));
            }
        }
    }

    private static double BestSeconds(AcceleratorStream stream, Action queue)
    {
        queue();
        stream.Synchronize();
        double best = double.PositiveInfinity;
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            Stopwatch clock = Stopwatch.StartNew();
            queue();
            stream.Synchronize();
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }
        return best;
    }
}
