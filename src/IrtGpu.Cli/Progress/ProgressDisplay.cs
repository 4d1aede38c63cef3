using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Progress;
using IrtGpu.Foundation.Sampling.Nuts;

namespace IrtGpu.Cli.Progress;

/// <summary>Tells what is being done, how fast, and how long it will take: one live line on a terminal, a line in ten seconds elsewhere, nothing where the user wants it quiet.</summary>
/// <remarks>Work reports from any thread, as often as it likes. A timer tells of work that reports nothing for long.</remarks>
internal sealed class ProgressDisplay : IProgress<WorkProgress>, IProgress<IterationRecord>, IProgress<ChainProgress>, IDisposable
{
    private static readonly TimeSpan LiveInterval = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan LiveBegin = TimeSpan.FromSeconds(1); // what is over by then needs no line
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(10);

    private readonly Lock turn = new();
    private readonly ProgressStream stream;
    private readonly bool isQuiet;
    private readonly TimeProvider clock;
    private readonly long begin;
    private readonly ITimer? timer;
    private IPace? pace;
    private CycleGoal? goal;
    private TimeSpan due;

    /// <param name="stream">Where lines go.</param>
    /// <param name="isQuiet">Whether only what is said stays: no progress.</param>
    /// <param name="clock">Time.</param>
    public ProgressDisplay(ProgressStream stream, bool isQuiet, TimeProvider clock)
    {
        this.stream = stream;
        this.isQuiet = isQuiet;
        this.clock = clock;
        begin = clock.GetTimestamp();
        due = stream.IsLive ? LiveBegin : PlainInterval;
        TimeSpan period = stream.IsLive ? LiveInterval : TimeSpan.FromSeconds(1);
        timer = isQuiet ? null : clock.CreateTimer(_ => Tick(), null, period, period);
    }

    /// <summary>The display of a command.</summary>
    public static ProgressDisplay OfConsole(bool isQuiet) => new(ProgressStream.StandardError, isQuiet, TimeProvider.System);

    private TimeSpan Now => clock.GetElapsedTime(begin);

    /// <summary>Says where the cycles that follow end, so that the time they take can be told.</summary>
    public void Expect(CycleGoal? cycles)
    {
        lock (turn)
            goal = cycles;
    }

    /// <summary>Tells of work that counts nothing.</summary>
    public void Report(string what) => Report(new WorkProgress(what));

    /// <inheritdoc/>
    public void Report(WorkProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        lock (turn)
        {
            TimeSpan now = Now;
            if (pace is WorkPace same && same.IsOf(value))
                same.Take(value, now);
            else
                pace = new WorkPace(value, now);
            Show(now);
        }
    }

    /// <inheritdoc/>
    public void Report(IterationRecord value)
    {
        ArgumentNullException.ThrowIfNull(value);
        lock (turn)
        {
            TimeSpan now = Now;
            CyclePace cycles = pace is CyclePace same && same.IsOf(value) ? same : new CyclePace(goal, now - TimeSpan.FromSeconds(Math.Clamp(value.Seconds, 0, now.TotalSeconds)));
            cycles.Take(value, now);
            pace = cycles;
            Show(now);
        }
    }

    /// <inheritdoc/>
    public void Report(ChainProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        lock (turn)
        {
            TimeSpan now = Now;
            ChainPace chains = pace as ChainPace ?? new ChainPace(now);
            chains.Take(value, now);
            pace = chains;
            Show(now);
        }
    }

    /// <summary>Writes a line that stays, such as a warning, also where it is quiet.</summary>
    public void Say(string line)
    {
        lock (turn)
            stream.Write(line);
    }

    /// <summary>Ends the work at hand and takes the live line away; more work may follow.</summary>
    public void End()
    {
        lock (turn)
        {
            pace = null;
            stream.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        timer?.Dispose();
        End();
    }

    private void Tick()
    {
        lock (turn)
            Show(Now);
    }

    private void Show(TimeSpan now)
    {
        if (isQuiet || pace is null || now < due)
            return;
        due = now + (stream.IsLive ? LiveInterval : PlainInterval);
        if (stream.IsLive)
            stream.Overwrite(pace.Line(now));
        else
            stream.Write(pace.Line(now));
    }
}
