using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using IrtGpu.Kernels.Measuring;

namespace IrtGpu.Bench.Limits;

/// <summary>Measures what the processor can do at best: multiply-adds in registers, and copies in memory.</summary>
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
        (Func<int, double> chains, int lanes) = Vector512.IsHardwareAccelerated ? ((Func<int, double>)Chains512, 8)
            : Vector256.IsHardwareAccelerated ? (Chains256, 4)
            : (Chains128, 2);
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
    private static double Chains512(int rounds)
    {
        Vector512<double> factor = Vector512.Create(Factor);
        Vector512<double> term = Vector512.Create(Term);
        Vector512<double> x0 = Vector512.Create(0.0), x1 = Vector512.Create(1.0), x2 = Vector512.Create(2.0), x3 = Vector512.Create(3.0);
        Vector512<double> x4 = Vector512.Create(4.0), x5 = Vector512.Create(5.0), x6 = Vector512.Create(6.0), x7 = Vector512.Create(7.0);
        Vector512<double> x8 = Vector512.Create(8.0), x9 = Vector512.Create(9.0), x10 = Vector512.Create(10.0), x11 = Vector512.Create(11.0);
        for (int round = 0; round < rounds; round++)
        {
            x0 = Vector512.FusedMultiplyAdd(x0, factor, term);
            x1 = Vector512.FusedMultiplyAdd(x1, factor, term);
            x2 = Vector512.FusedMultiplyAdd(x2, factor, term);
            x3 = Vector512.FusedMultiplyAdd(x3, factor, term);
            x4 = Vector512.FusedMultiplyAdd(x4, factor, term);
            x5 = Vector512.FusedMultiplyAdd(x5, factor, term);
            x6 = Vector512.FusedMultiplyAdd(x6, factor, term);
            x7 = Vector512.FusedMultiplyAdd(x7, factor, term);
            x8 = Vector512.FusedMultiplyAdd(x8, factor, term);
            x9 = Vector512.FusedMultiplyAdd(x9, factor, term);
            x10 = Vector512.FusedMultiplyAdd(x10, factor, term);
            x11 = Vector512.FusedMultiplyAdd(x11, factor, term);
        }
        return Vector512.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Chains256(int rounds)
    {
        Vector256<double> factor = Vector256.Create(Factor);
        Vector256<double> term = Vector256.Create(Term);
        Vector256<double> x0 = Vector256.Create(0.0), x1 = Vector256.Create(1.0), x2 = Vector256.Create(2.0), x3 = Vector256.Create(3.0);
        Vector256<double> x4 = Vector256.Create(4.0), x5 = Vector256.Create(5.0), x6 = Vector256.Create(6.0), x7 = Vector256.Create(7.0);
        Vector256<double> x8 = Vector256.Create(8.0), x9 = Vector256.Create(9.0), x10 = Vector256.Create(10.0), x11 = Vector256.Create(11.0);
        for (int round = 0; round < rounds; round++)
        {
            x0 = Vector256.FusedMultiplyAdd(x0, factor, term);
            x1 = Vector256.FusedMultiplyAdd(x1, factor, term);
            x2 = Vector256.FusedMultiplyAdd(x2, factor, term);
            x3 = Vector256.FusedMultiplyAdd(x3, factor, term);
            x4 = Vector256.FusedMultiplyAdd(x4, factor, term);
            x5 = Vector256.FusedMultiplyAdd(x5, factor, term);
            x6 = Vector256.FusedMultiplyAdd(x6, factor, term);
            x7 = Vector256.FusedMultiplyAdd(x7, factor, term);
            x8 = Vector256.FusedMultiplyAdd(x8, factor, term);
            x9 = Vector256.FusedMultiplyAdd(x9, factor, term);
            x10 = Vector256.FusedMultiplyAdd(x10, factor, term);
            x11 = Vector256.FusedMultiplyAdd(x11, factor, term);
        }
        return Vector256.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Chains128(int rounds)
    {
        Vector128<double> factor = Vector128.Create(Factor);
        Vector128<double> term = Vector128.Create(Term);
        Vector128<double> x0 = Vector128.Create(0.0), x1 = Vector128.Create(1.0), x2 = Vector128.Create(2.0), x3 = Vector128.Create(3.0);
        Vector128<double> x4 = Vector128.Create(4.0), x5 = Vector128.Create(5.0), x6 = Vector128.Create(6.0), x7 = Vector128.Create(7.0);
        Vector128<double> x8 = Vector128.Create(8.0), x9 = Vector128.Create(9.0), x10 = Vector128.Create(10.0), x11 = Vector128.Create(11.0);
        for (int round = 0; round < rounds; round++)
        {
            x0 = Vector128.FusedMultiplyAdd(x0, factor, term);
            x1 = Vector128.FusedMultiplyAdd(x1, factor, term);
            x2 = Vector128.FusedMultiplyAdd(x2, factor, term);
            x3 = Vector128.FusedMultiplyAdd(x3, factor, term);
            x4 = Vector128.FusedMultiplyAdd(x4, factor, term);
            x5 = Vector128.FusedMultiplyAdd(x5, factor, term);
            x6 = Vector128.FusedMultiplyAdd(x6, factor, term);
            x7 = Vector128.FusedMultiplyAdd(x7, factor, term);
            x8 = Vector128.FusedMultiplyAdd(x8, factor, term);
            x9 = Vector128.FusedMultiplyAdd(x9, factor, term);
            x10 = Vector128.FusedMultiplyAdd(x10, factor, term);
            x11 = Vector128.FusedMultiplyAdd(x11, factor, term);
        }
        return Vector128.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11);
    }
}
