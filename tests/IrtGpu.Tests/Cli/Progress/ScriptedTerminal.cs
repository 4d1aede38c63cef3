using IrtGpu.Cli.Progress;
using Microsoft.Extensions.Time.Testing;

namespace IrtGpu.Tests.Cli.Progress;

/// <summary>A display whose terminal and clock the test holds.</summary>
internal sealed class ScriptedTerminal : IDisposable
{
    private readonly StringWriter text = new();

    public ScriptedTerminal(bool isLive, bool isQuiet = false, int width = 200)
    {
        Display = new ProgressDisplay(new ProgressStream(text, isLive, () => width), isQuiet, Clock);
    }

    public FakeTimeProvider Clock { get; } = new();

    public ProgressDisplay Display { get; }

    /// <summary>All that was written.</summary>
    public string Text => text.ToString();

    /// <summary>What a reader sees last: behind the last carriage return or line end, without the blanks that cover an older line.</summary>
    public string Shown => Text[(Text.LastIndexOfAny(['\r', '\n']) + 1)..].TrimEnd();

    /// <summary>Lines that stay.</summary>
    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Lets time go by; timers fire.</summary>
    public void Wait(double seconds) => Clock.Advance(TimeSpan.FromSeconds(seconds));

    public void Dispose()
    {
        Display.Dispose();
        text.Dispose();
    }
}
