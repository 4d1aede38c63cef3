using System.Diagnostics;
using System.Runtime.CompilerServices;
using IrtGpu.Foundation.Vectors;
using IrtGpu.Kernels.Measuring;
using IrtGpu.Vectors;

namespace IrtGpu.Bench.Limits;

/// <summary>Measures what the processor can do at best by the vectors of this process: multiply-adds in registers, and copies in memory.</summary>
internal static class HostLimits
{
    private const double Factor = 0.999;
    private const double Term = 0.001;
    private const int ChainCount = 12; // of vectors; two units of latency four need eight
    private const int Repeats = 5;

    /// <summary>The best of five repeats each.</summary>
    /// <param name="threads">Threads that work at once.</param>
    /// <param name="secondsPerRepeat">How long a repeat should take, roughly.</param>
    /// <param name="copyBytes">Bytes of a copy, well above the caches.</param>
    public static MachineLimits Measure(int threads, double secondsPerRepeat = 0.05, long copyBytes = 256L << 20) =>
        new(MultiplyAddsPerSecond(threads, secondsPerRepeat), CopyBytesPerSecond(threads, copyBytes));

    private static double MultiplyAddsPerSecond(int threads, double secondsPerRepeat)
    {
        (Func<int, double> chains, int lanes) = VectorWidth.Bits switch
        {
            512 => ((Func<int, double>)Chains<Lanes512>, Lanes512.Count),
            256 => (Chains<Lanes256>, Lanes256.Count),
            _ => (Chains<Lanes128>, Lanes128.Count),
        };
        int rounds = 1 << 16;
        double seconds = BestSeconds(threads, _ => Consume(chains(rounds)));
        while (seconds < secondsPerRepeat && rounds < 1 << 28)
        {
            rounds *= 2;
            seconds = BestSeconds(threads, _ => Consume(chains(rounds)));
        }
        return (double)threads * rounds * ChainCount * lanes / seconds;
    }

    private static double CopyBytesPerSecond(int threads, long copyBytes)
    {
        double[] source = GC.AllocateArray<double>((int)(copyBytes / sizeof(double)), pinned: true);
        double[] target = GC.AllocateArray<double>(source.Length, pinned: true);
        Array.Fill(source, 1);
        int part = source.Length / threads;
        double seconds = BestSeconds(threads, thread => source.AsSpan(thread * part, part).CopyTo(target.AsSpan(thread * part, part)));
        return target[part - 1] == 1 ? (double)part * threads * sizeof(double) / seconds : double.NaN;
    }

    // Chains move from their start to Term / (1 − Factor) = 1: what comes out is finite unless the arithmetic is broken.
    private static void Consume(double sum)
    {
        if (!double.IsFinite(sum))
            throw new InvalidOperationException("Chains of multiply-adds that must stay finite did not, so the processor's rate is not measured.");
    }

    private static double BestSeconds(int threads, Action<int> work)
    {
        double best = double.PositiveInfinity;
        for (int repeat = 0; repeat <= Repeats; repeat++)
        {
            using Barrier start = new(threads + 1);
            Thread[] workers = [.. Enumerable.Range(0, threads).Select(thread => new Thread(() =>
            {
                start.SignalAndWait();
                work(thread);
            }))];
            foreach (Thread worker in workers)
                worker.Start();
            start.SignalAndWait();
            Stopwatch clock = Stopwatch.StartNew();
            foreach (Thread worker in workers)
                worker.Join();
            if (repeat > 0) // the first warms up
                best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }
        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Chains<TLanes>(int rounds)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes factor = Factor;
        TLanes term = Term;
        TLanes x0 = 0.0, x1 = 1.0, x2 = 2.0, x3 = 3.0;
        TLanes x4 = 4.0, x5 = 5.0, x6 = 6.0, x7 = 7.0;
        TLanes x8 = 8.0, x9 = 9.0, x10 = 10.0, x11 = 11.0;
        for (int round = 0; round < rounds; round++)
        {
            x0 = TLanes.MultiplyAdd(x0, factor, term);
            x1 = TLanes.MultiplyAdd(x1, factor, term);
            x2 = TLanes.MultiplyAdd(x2, factor, term);
            x3 = TLanes.MultiplyAdd(x3, factor, term);
            x4 = TLanes.MultiplyAdd(x4, factor, term);
            x5 = TLanes.MultiplyAdd(x5, factor, term);
            x6 = TLanes.MultiplyAdd(x6, factor, term);
            x7 = TLanes.MultiplyAdd(x7, factor, term);
            x8 = TLanes.MultiplyAdd(x8, factor, term);
            x9 = TLanes.MultiplyAdd(x9, factor, term);
            x10 = TLanes.MultiplyAdd(x10, factor, term);
            x11 = TLanes.MultiplyAdd(x11, factor, term);
        }
        return (x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11).Sum();
    }
}
