using System.Globalization;
using IrtGpu.Cli.Progress;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Progress;
using IrtGpu.Foundation.Sampling.Nuts;

namespace IrtGpu.Tests.Cli.Progress;

public sealed class ProgressDisplayTests
{
    [Fact]
    public void A_terminal_shows_one_live_line_with_rate_and_remaining_time_and_takes_it_away()
    {
        using ScriptedTerminal terminal = new(isLive: true);
        terminal.Display.Report(WorkProgress.OfBytes("reading answers.csv", 0, 200_000_000));
        Assert.Empty(terminal.Text);
        for (int second = 1; second <= 4; second++)
        {
            terminal.Wait(1);
            terminal.Display.Report(WorkProgress.OfBytes("reading answers.csv", second * 20_000_000L, 200_000_000));
        }
        terminal.Wait(0.2);
        Assert.Equal("reading answers.csv  80 of 200 MB, 20.0 MB a second, about 6 s left", terminal.Shown);
        Assert.DoesNotContain('\n', terminal.Text);
        terminal.Display.End();
        Assert.EndsWith("\r", terminal.Text, StringComparison.Ordinal);
        Assert.Empty(terminal.Shown);
    }

    [Fact]
    public void What_is_over_in_a_second_shows_nothing()
    {
        using ScriptedTerminal terminal = new(isLive: true);
        terminal.Display.Report("patterns and plan");
        terminal.Wait(0.8);
        terminal.Display.End();
        Assert.Empty(terminal.Text);
    }

    [Fact]
    public void Elsewhere_there_is_a_line_in_ten_seconds_and_no_carriage_return()
    {
        using ScriptedTerminal log = new(isLive: false);
        for (int item = 1; item <= 35; item++)
        {
            log.Wait(1);
            log.Display.Report(new WorkProgress("tests of items", item, 100, "items"));
        }
        log.Display.End();
        Assert.Equal(3, log.Lines.Length);
        Assert.Equal("tests of items  29 of 100 items, 1.00 items a second, about 1 min 10 s left", log.Lines[^1].TrimEnd());
        Assert.DoesNotContain("\r", log.Text.Replace("\r\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Quiet_is_quiet_but_for_what_is_said()
    {
        using ScriptedTerminal terminal = new(isLive: true, isQuiet: true);
        terminal.Display.Report("scores");
        terminal.Wait(60);
        terminal.Display.Say("warning: look");
        terminal.Display.End();
        Assert.Equal(["warning: look"], terminal.Lines.Select(line => line.TrimEnd()));
    }

    [Fact]
    public void Work_that_reports_nothing_is_told_by_the_clock()
    {
        using ScriptedTerminal terminal = new(isLive: true);
        terminal.Display.Report("scores");
        terminal.Wait(75);
        Assert.Equal("scores  1 min 15 s", terminal.Shown);
        using ScriptedTerminal log = new(isLive: false);
        log.Display.Report("scores");
        log.Wait(10);
        log.Wait(10);
        Assert.Equal(["scores  10 s", "scores  20 s"], log.Lines.Select(line => line.TrimEnd()));
    }

    [Fact]
    public void A_warning_stands_on_a_line_of_its_own_and_the_live_line_comes_back()
    {
        using ScriptedTerminal terminal = new(isLive: true);
        terminal.Display.Report("scores");
        terminal.Wait(3);
        terminal.Display.Say("warning: look");
        Assert.EndsWith("\rwarning: look\n", terminal.Text.Replace("\r\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
        terminal.Wait(1);
        Assert.Equal("scores  4 s", terminal.Shown);
    }

    [Fact]
    public void A_line_never_wraps()
    {
        using ScriptedTerminal terminal = new(isLive: true, width: 40);
        terminal.Display.Report($"reading {new string('x', 200)}");
        terminal.Wait(2);
        Assert.Equal(39, terminal.Shown.Length);
        Assert.EndsWith("…", terminal.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Cycles_that_shrink_geometrically_are_extrapolated_to_the_tolerance()
    {
        using ScriptedTerminal terminal = new(isLive: true);
        terminal.Display.Expect(new CycleGoal(1e-4, 500));
        for (int cycle = 1; cycle <= 20; cycle++)
        {
            terminal.Wait(0.5);
            terminal.Display.Report(new IterationRecord(cycle, -100, -0.1, Math.Pow(0.8, cycle), "d of 'q1'", "em", 0.5 * cycle));
        }
        terminal.Wait(0.2);
        // 0.8^c = 1e-4 at c = 41.3, that is 21.3 cycles of half a second from here.
        Assert.Equal("cycle 20  -2 log L 200.0000  largest change 0.011529 (d of 'q1')  2.00 cycles a second, about 11 s left", terminal.Shown);
    }

    [Fact]
    public void Cycles_that_do_not_shrink_have_the_largest_number_as_their_bound_and_a_new_run_begins_anew()
    {
        using ScriptedTerminal terminal = new(isLive: true);
        terminal.Display.Expect(new CycleGoal(1e-4, 50));
        for (int cycle = 1; cycle <= 20; cycle++)
        {
            terminal.Wait(0.5);
            terminal.Display.Report(new IterationRecord(cycle, -100, -0.1, 0.3, "", "em", 0.5 * cycle));
        }
        terminal.Wait(0.2);
        Assert.EndsWith("2.00 cycles a second, at most 15 s left", terminal.Shown, StringComparison.Ordinal);
        terminal.Wait(0.5);
        terminal.Display.Report(new IterationRecord(1, -90, -0.1, 0.3, "", "em", 0.5));
        terminal.Wait(0.2);
        Assert.EndsWith("largest change 0.300000", terminal.Shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cycle 3  -2 log L 12.5000  rejected", -6.25, double.NaN, "", "rejected")]
    [InlineData("cycle 3  no likelihood  rejected", double.NaN, double.NaN, "", "rejected")]
    [InlineData("cycle 3  -2 log L 12.5000  largest change 0.250000 (d of 'q1')", -6.25, 0.25, "d of 'q1'", "em")]
    public void Cycles_say_nothing_where_there_is_no_number(string line, double logLikelihood, double change, string parameter, string step) =>
        Assert.Equal(line, CyclePace.Describe(new IterationRecord(3, logLikelihood, double.NaN, change, parameter, step, 0.5)));

    [Fact]
    public void Chains_count_together_also_those_that_wait()
    {
        using ScriptedTerminal terminal = new(isLive: true);
        terminal.Display.Report(new ChainProgress(0, 100, 2000, true, 0, 4));
        for (int hundred = 2; hundred <= 11; hundred++)
        {
            terminal.Wait(1);
            terminal.Display.Report(new ChainProgress(0, 100 * hundred, 2000, hundred <= 10, 0, 4));
            terminal.Display.Report(new ChainProgress(1, 100 * hundred, 2000, hundred <= 10, 3, 4));
        }
        terminal.Wait(0.2);
        // 2 × 1100 transitions in ten seconds; 8000 in all.
        Assert.Equal("chains 1: 55 %  2: 55 %  3 divergences  220 transitions a second, about 27 s left", terminal.Shown);
    }

    [Theory]
    [InlineData(0.2, "1 s")]
    [InlineData(59.5, "1 min 0 s")]
    [InlineData(119, "1 min 59 s")]
    [InlineData(1800, "30 min")]
    [InlineData(9000, "2 h 30 min")]
    [InlineData(200000, "2 days 7 h")]
    [InlineData(1e12, "11574 days 1 h")]
    public void Durations_are_in_words(double seconds, string words) => Assert.Equal(words, Durations.InWords(TimeSpan.FromSeconds(Math.Min(seconds, 9e11))));

    [Fact]
    public void Reports_of_many_threads_never_tear_a_line()
    {
        using ScriptedTerminal log = new(isLive: false);
        log.Wait(10);
        Parallel.For(0, 2000, item =>
        {
            log.Display.Report(new WorkProgress(string.Create(CultureInfo.InvariantCulture, $"work {item % 3}"), item, 2000, "items"));
            log.Clock.Advance(TimeSpan.FromSeconds(1));
        });
        Assert.All(log.Lines, line => Assert.Matches(@"^work [012]  [\d,]+ of 2,000 items(, [\d.,]+ items a second(, about [\w ]+ left)?)?\s*$", line));
    }
}
