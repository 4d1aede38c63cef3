using System.Diagnostics;
using System.Globalization;
using IrtGpu.Foundation.Estimation.Convergence;

namespace IrtGpu.Cli.Reports;

/// <summary>Progress on standard error: a live line on a terminal, a line in ten seconds otherwise.</summary>
internal sealed class ProgressLine(bool isQuiet) : IProgress<IterationRecord>, IProgress<string>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private readonly bool isLive = !Console.IsErrorRedirected;
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

    /// <summary>Clears the live line.</summary>
    public void End()
    {
        if (shown > 0)
            Console.Error.Write('\r' + new string(' ', shown) + '\r');
        shown = 0;
    }
}
