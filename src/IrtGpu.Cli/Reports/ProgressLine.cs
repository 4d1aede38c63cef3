using System.Diagnostics;
using System.Globalization;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Sampling.Nuts;

namespace IrtGpu.Cli.Reports;

/// <summary>Progress on standard error: a live line on a terminal, a line in ten seconds otherwise.</summary>
internal sealed class ProgressLine(bool isQuiet) : IProgress<IterationRecord>, IProgress<ChainProgress>, IProgress<string>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private readonly bool isLive = !Console.IsErrorRedirected;
    private readonly SortedDictionary<int, ChainProgress> chains = [];
    private readonly Stopwatch sinceLine = Stopwatch.StartNew();
    private int shown;

    private bool IsDue => !isQuiet && (isLive || sinceLine.Elapsed >= Interval);

    public void Report(IterationRecord value)
    {
        if (IsDue)
            Report(Line(value));
    }

    /// <summary>A cycle in words; a rejected one has no change, and one that led out of the domain no likelihood either.</summary>
    internal static string Line(IterationRecord value)
    {
        string deviance = double.IsFinite(value.Deviance) ? string.Create(CultureInfo.InvariantCulture, $"-2 log L {value.Deviance:0.0000}") : "no likelihood";
        string change = double.IsFinite(value.LargestChange)
            ? string.Create(CultureInfo.InvariantCulture, $"largest change {value.LargestChange:0.000000}{(value.Parameter.Length > 0 ? $" ({value.Parameter})" : "")}")
            : value.Step;
        return string.Create(CultureInfo.InvariantCulture, $"cycle {value.Cycle}  {deviance}  {change}  {value.Seconds:0.0} s");
    }

    public void Report(ChainProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        lock (chains)
            chains[value.Chain] = value;
        if (IsDue)
            Report(Line());
    }

    public void Report(string value)
    {
        lock (sinceLine) // work on several threads reports, too
        {
            if (!IsDue)
                return;
            if (!isLive)
            {
                Console.Error.WriteLine(value);
                sinceLine.Restart();
                return;
            }
            Console.Error.Write('\r' + value.PadRight(shown));
            shown = value.Length;
        }
    }

    /// <summary>How far each chain is, in per cent, and the divergences of all.</summary>
    private string Line()
    {
        lock (chains)
        {
            string done = string.Join("  ", chains.Values.Select(chain => string.Create(CultureInfo.InvariantCulture, $"{chain.Chain + 1}: {100.0 * chain.Done / chain.Total:0} %{(chain.IsWarmup ? " warmup" : "")}")));
            int divergences = chains.Values.Sum(chain => chain.Divergences);
            return $"chains {done}{(divergences > 0 ? string.Create(CultureInfo.InvariantCulture, $"  {divergences} divergences") : "")}";
        }
    }

    /// <summary>Clears the live line.</summary>
    public void End()
    {
        if (shown > 0)
            Console.Error.Write('\r' + new string(' ', shown) + '\r');
        shown = 0;
    }
}
