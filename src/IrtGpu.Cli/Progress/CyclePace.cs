using System.Globalization;
using IrtGpu.Estimation.Stochastic;
using IrtGpu.Foundation.Estimation.Convergence;

namespace IrtGpu.Cli.Progress;

/// <summary>The pace of cycles, and where they lead: changes shrink by about the same share a cycle, so their logs lie about a line.</summary>
/// <param name="goal">Where cycles end; null where that is not by the change of parameters.</param>
/// <param name="begin">When the first cycle began.</param>
internal sealed class CyclePace(CycleGoal? goal, TimeSpan begin) : IPace
{
    private const int Window = 12;
    private const int Fewest = 6; // cycles that a line is drawn through
    private static readonly TimeSpan Sure = TimeSpan.FromSeconds(2);

    private readonly List<(IterationRecord Cycle, TimeSpan At)> recent = [];

    /// <summary>Whether a cycle goes on from those before it; a run from another start begins anew.</summary>
    public bool IsOf(IterationRecord cycle) => recent.Count == 0 || cycle.Cycle > recent[^1].Cycle.Cycle;

    /// <summary>Takes a cycle.</summary>
    public void Take(IterationRecord cycle, TimeSpan now)
    {
        recent.Add((cycle, now));
        if (recent.Count > Window)
            recent.RemoveAt(0);
    }

    public string Line(TimeSpan now)
    {
        IterationRecord cycle = recent[^1].Cycle;
        string line = Describe(cycle);
        (int before, TimeSpan since) = recent.Count > 1 ? (recent[0].Cycle.Cycle, recent[0].At) : (0, begin);
        double rate = (cycle.Cycle - before) / (recent[^1].At - since).TotalSeconds;
        if (now - begin < Sure || !(rate > 0) || !double.IsFinite(rate))
            return line;
        string speed = rate >= 1 ? $"{Durations.Digits(rate)} cycles a second" : $"{Durations.Digits(1 / rate)} s a cycle";
        return $"{line}  {speed}{Remaining(cycle, rate)}";
    }

    /// <summary>A cycle in words; a rejected one has no change, and one that led out of the domain no likelihood either.</summary>
    internal static string Describe(IterationRecord cycle)
    {
        if (cycle.Step is RunLog.StochasticEm or RunLog.Average)
            return DescribeDraw(cycle);
        string deviance = double.IsFinite(cycle.Deviance) ? string.Create(CultureInfo.InvariantCulture, $"-2 log L {cycle.Deviance:0.0000}") : "no likelihood";
        string change = double.IsFinite(cycle.LargestChange)
            ? string.Create(CultureInfo.InvariantCulture, $"largest change {cycle.LargestChange:0.000000}{(cycle.Parameter.Length > 0 ? $" ({cycle.Parameter})" : "")}")
            : cycle.Step;
        return string.Create(CultureInfo.InvariantCulture, $"cycle {cycle.Cycle}  {deviance}  {change}");
    }

    /// <summary>A draw of stochastic approximation, which knows no likelihood: how far the parameters moved, or how far off they still are.</summary>
    private static string DescribeDraw(IterationRecord draw)
    {
        string whose = draw.Parameter.Length > 0 ? $" ({draw.Parameter})" : "";
        string state = !double.IsFinite(draw.LargestChange) ? "the first window"
            : draw.Step == RunLog.StochasticEm ? string.Create(CultureInfo.InvariantCulture, $"largest change {draw.LargestChange:0.0000}{whose}")
            : string.Create(CultureInfo.InvariantCulture, $"largest Monte-Carlo error {draw.LargestChange:0.000} standard errors{whose}");
        return string.Create(CultureInfo.InvariantCulture, $"draw {draw.Cycle}  {(draw.Step == RunLog.StochasticEm ? "stochastic EM" : "averaging")}  {state}");
    }

    private string Remaining(IterationRecord cycle, double rate)
    {
        if (goal is null || cycle.Step is RunLog.StochasticEm or RunLog.Average) // draws end by their errors, not by changes
            return "";
        int most = goal.MaxCycles - cycle.Cycle;
        if (most <= 0)
            return "";
        return CyclesLeft() is { } left && left <= most
            ? $", about {Durations.InWords(TimeSpan.FromSeconds(Math.Max(1, left / rate)))} left"
            : $", at most {Durations.InWords(TimeSpan.FromSeconds(most / rate))} left";
    }

    /// <summary>Cycles until the change is as small as the tolerance, by least squares through logs of changes; null where they do not shrink.</summary>
    private double? CyclesLeft()
    {
        (double Cycle, double Log)[] points = [.. recent.Where(one => one.Cycle.LargestChange > 0 && double.IsFinite(one.Cycle.LargestChange))
            .Select(one => ((double)one.Cycle.Cycle, Math.Log(one.Cycle.LargestChange)))];
        if (points.Length < Fewest)
            return null;
        double meanCycle = points.Average(point => point.Cycle);
        double meanLog = points.Average(point => point.Log);
        double slope = points.Sum(point => (point.Cycle - meanCycle) * (point.Log - meanLog)) / points.Sum(point => (point.Cycle - meanCycle) * (point.Cycle - meanCycle));
        double end = meanCycle + (Math.Log(goal!.Tolerance) - meanLog) / slope;
        return slope < 0 && double.IsFinite(end) ? Math.Max(1, end - recent[^1].Cycle.Cycle) : null;
    }
}
