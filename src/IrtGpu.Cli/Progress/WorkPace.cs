using System.Globalization;
using IrtGpu.Foundation.Progress;

namespace IrtGpu.Cli.Progress;

/// <summary>The pace of work that counts units, and of work that only says what it is.</summary>
internal sealed class WorkPace : IPace
{
    private static readonly TimeSpan Sure = TimeSpan.FromSeconds(2); // before that a rate is mostly chance

    private readonly WorkProgress first;
    private readonly TimeSpan begin;
    private WorkProgress last;
    private TimeSpan lastAt;

    /// <param name="first">The first report of the work.</param>
    /// <param name="begin">When that was.</param>
    public WorkPace(WorkProgress first, TimeSpan begin)
    {
        this.first = last = first;
        this.begin = lastAt = begin;
    }

    /// <summary>Whether a report is of the same work.</summary>
    public bool IsOf(WorkProgress report) => report.What == first.What && report.Unit == first.Unit && report.Total == first.Total;

    /// <summary>Takes a report; reports of several threads may come out of order.</summary>
    public void Take(WorkProgress report, TimeSpan now)
    {
        if (report.Done <= last.Done)
            return;
        last = report;
        lastAt = now;
    }

    public string Line(TimeSpan now)
    {
        TimeSpan elapsed = now - begin;
        if (last.Unit.Length == 0)
            return $"{last.What}  {Durations.InWords(elapsed)}";
        string count = last.Total > 0 ? $"{Count(last.Done)} of {Count(last.Total)} {last.Unit}" : $"{Count(last.Done)} {last.Unit}";
        double rate = (last.Done - first.Done) / (lastAt - begin).TotalSeconds;
        if (elapsed < Sure || !(rate > 0) || !double.IsFinite(rate))
            return $"{last.What}  {count}";
        string remaining = last.Total > last.Done ? $", about {Durations.InWords(Left(rate, now))} left" : "";
        return $"{last.What}  {count}, {Durations.Digits(rate)} {last.Unit} a second{remaining}";
    }

    private TimeSpan Left(double rate, TimeSpan now)
    {
        TimeSpan atReport = TimeSpan.FromSeconds(Math.Min((last.Total - last.Done) / rate, 1e9));
        TimeSpan left = atReport - (now - lastAt);
        return left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1);
    }

    private static string Count(double value) => value == Math.Floor(value) || value >= 100 ? value.ToString("#,0", CultureInfo.InvariantCulture) : Durations.Digits(value);
}
