using System.Globalization;
using System.Text.Json;

namespace IrtGpu.Bench.Cold;

/// <summary>Seconds of one run of <c>irtgpu calibrate</c>.</summary>
/// <param name="Seconds">From the start of the process to its end; of a warm run, of the command alone.</param>
/// <param name="Stages">Read, plan, estimate, standard errors, scores, as the run itself tells.</param>
/// <param name="Methods">Methods compiled until its end; −1: not counted.</param>
/// <param name="Compiling">Seconds of compiling until its end, on all threads.</param>
internal sealed record CommandRun(double Seconds, IReadOnlyList<double> Stages, int Methods = -1, double Compiling = double.NaN)
{
    /// <summary>What <see cref="Stages"/> are.</summary>
    public static IReadOnlyList<string> StageNames { get; } = ["read", "plan", "estimate", "standardErrors", "score"];

    /// <summary>Starting, writing, ending.</summary>
    public double Rest => Seconds - Stages.Sum();

    /// <summary>Medians, figure by figure.</summary>
    public static CommandRun Median(IReadOnlyList<CommandRun> runs) => new(
        Whole.StepTimer.Median([.. runs.Select(run => run.Seconds)]),
        [.. Enumerable.Range(0, StageNames.Count).Select(stage => Whole.StepTimer.Median([.. runs.Select(run => run.Stages[stage])]))],
        runs.Max(run => run.Methods), runs.Max(run => run.Compiling));

    /// <summary>Reads what a run wrote.</summary>
    /// <param name="folder">Its results.</param>
    /// <param name="whole">Seconds from outside.</param>
    public static CommandRun Read(string folder, double whole)
    {
        using JsonDocument fit = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "fit.json")));
        JsonElement seconds = fit.RootElement.GetProperty("seconds");
        return new CommandRun(whole, [.. StageNames.Select(stage => seconds.GetProperty(stage).GetDouble())]);
    }

    /// <summary>With what <see cref="StartupHook"/> reports of a run.</summary>
    /// <param name="line">Line of the report.</param>
    public CommandRun With(string line)
    {
        double[] figures = [.. line.Split(' ').Select(part => double.Parse(part, CultureInfo.InvariantCulture))];
        return this with { Seconds = double.IsNaN(Seconds) ? figures[0] : Seconds, Methods = (int)figures[1], Compiling = figures[2] };
    }
}
