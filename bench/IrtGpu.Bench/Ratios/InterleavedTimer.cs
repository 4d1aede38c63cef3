using System.Diagnostics;
using IrtGpu.Bench.Whole;

namespace IrtGpu.Bench.Ratios;

/// <summary>Times several actions in turn, round after round, so that what disturbs the machine disturbs all of them alike.</summary>
internal static class InterleavedTimer
{
    /// <summary>Times the actions.</summary>
    /// <param name="rounds">Rounds; one to warm up comes before.</param>
    /// <param name="secondsPerTurn">Short actions are repeated within their turn for about so long.</param>
    /// <param name="actions">What to time.</param>
    /// <returns>Seconds of one call. [action][round]</returns>
    public static double[][] Time(int rounds, double secondsPerTurn, params Action[] actions)
    {
        int[] calls = [.. actions.Select(action => Calls(action, secondsPerTurn))];
        double[][] seconds = [.. actions.Select(_ => new double[rounds])];
        for (int round = 0; round < rounds; round++)
        {
            for (int k = 0; k < actions.Length; k++)
            {
                Stopwatch clock = Stopwatch.StartNew();
                for (int call = 0; call < calls[k]; call++)
                    actions[k]();
                seconds[k][round] = clock.Elapsed.TotalSeconds / calls[k];
            }
        }
        return seconds;
    }

    /// <summary>Median of the rounds' ratios, and their range.</summary>
    public static (double Median, double Smallest, double Largest) Ratio(double[] numerator, double[] denominator)
    {
        double[] ratios = [.. numerator.Zip(denominator, (above, below) => above / below).Order()];
        return (StepTimer.Median(ratios), ratios[0], ratios[^1]);
    }

    // Warm up: the runtime recompiles hot code some 0.1 s after its thirtieth call.
    private static int Calls(Action action, double secondsPerTurn)
    {
        action();
        int calls = 0;
        Stopwatch clock = Stopwatch.StartNew();
        do
        {
            action();
            calls++;
        }
        while (clock.Elapsed.TotalSeconds < 3 * secondsPerTurn);
        return Math.Max(1, calls / 3);
    }
}
