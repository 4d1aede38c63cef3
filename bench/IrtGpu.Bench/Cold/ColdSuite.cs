using IrtGpu.Bench.Output;

namespace IrtGpu.Bench.Cold;

/// <summary>The command in fresh processes beside runs in one that has done the same before: what starting costs, stage by stage.</summary>
internal static class ColdSuite
{
    private const int WarmRuns = 6; // by then what is called often has been compiled for good
    private const string InnerLoops = "IrtGpu.Compute."; // rooms whose methods must not be compiled at run time

    private static readonly string[] Results = ["items.csv", "population.csv", "scores.csv"];

    public static void Run(BenchOptions options)
    {
        if (Environment.GetEnvironmentVariable("IRTGPU_BENCH_ROOT") is not { } root || !File.Exists(Path.Combine(root, "irtgpu")))
        {
            Console.WriteLine("The suite cold did nothing: it builds the command, which takes a checkout and the SDK.");
            return;
        }
        BuiltCommand command = BuiltCommand.Build(root);
        bool isAhead = command.IsCompiledAhead();
        string folder = Directory.CreateTempSubdirectory("irtgpu-cold-").FullName;
        try
        {
            Measure(options, command, isAhead, root, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(BenchOptions options, BuiltCommand command, bool isAhead, string root, string folder)
    {
        ResultFile file = new("Fresh processes", options);
        MarkdownTable table = new(
            "`irtgpu calibrate`", "", "whole s", "start, write, end", "read", "plan", "estimate", "standard errors", "scores", "methods compiled", "of IrtGpu", "compiling s");
        SortedSet<string> leftOut = new(StringComparer.Ordinal);
        int repeats = options.IsQuick ? 2 : 7;
        double start = Whole.StepTimer.Median([.. Enumerable.Range(0, repeats).Select(_ => command.Fresh(["--version"]))]);
        foreach (ColdCase one in ColdCase.All(root, folder, options.IsQuick).Where(one => options.Wants(one.Name)))
        {
            Console.Error.WriteLine($"  {one.Name}");
            string output = Path.Combine(folder, "results");
            string[] arguments = ["calibrate", .. one.Arguments, "--out", output, "--threads", FormattableString.Invariant($"{options.Threads}")];
            CheckBits(command, arguments, output, one.Name);
            IReadOnlyList<string> methods = command.MethodsLeftOut(arguments);
            leftOut.UnionWith(methods);
            if (isAhead && methods.FirstOrDefault(method => method.StartsWith(InnerLoops, StringComparison.Ordinal)) is { } method)
                throw new InvalidOperationException($"{one.Name}: {method} was compiled at run time, though the command was compiled ahead: the compiler left it out.");

            List<CommandRun> fresh = [];
            List<CommandRun> warm = [];
            for (int repeat = 0; repeat < repeats; repeat++)
            {
                fresh.Add(CommandRun.Read(output, command.Fresh(arguments)));
                if (repeat % 2 == 0)
                {
                    string[] lines = command.Repeatedly(arguments, WarmRuns);
                    warm.Add(CommandRun.Read(output, double.NaN).With(lines[^1]));
                    fresh[0] = fresh[0].With(lines[0]);
                }
            }
            AddRows(table, one.Name, CommandRun.Median(fresh), CommandRun.Median(warm), methods.Count);
        }
        file.Add((isAhead
                ? "The command as `./irtgpu` builds it, compiled ahead for this processor. "
                : "**The compiler's package (crossgen) could not be had: the command holds no native code, as `./irtgpu` then builds it.** ")
            + $"Medians of {repeats} fresh processes, and of {(repeats + 1) / 2} others between them that run the same command {WarmRuns} times: warm is the last of these, without the start of the runtime. "
            + FormattableString.Invariant($"`irtgpu --version` takes {start:f3} s. ")
            + $"{options.Threads} threads. Stages as `fit.json` tells them. Methods compiled at run time in a fresh process, those of this program among them, and the time that it took on all threads."
            + (options.IsQuick ? " **Quick run: a twentieth of the persons named.**" : ""));
        file.Add(table);
        file.Add($"Before, {string.Join(", ", Results.Select(name => $"`{name}`"))} were compared with those of a run without any native code (`DOTNET_ReadyToRun=0`): the same bytes.");
        if (isAhead && leftOut.Count > 0)
            file.Add("Methods of IrtGpu that were compiled at run time in one of the cases:").Add(string.Join('\n', leftOut.Select(method => $"- `{method}`")));
        file.Write(Path.Combine(options.DeviceFolder, "cold.md"));
    }

    private static void CheckBits(BuiltCommand command, string[] arguments, string output, string name)
    {
        command.Fresh(arguments, ("DOTNET_ReadyToRun", "0"));
        byte[][] expected = [.. Results.Select(result => File.ReadAllBytes(Path.Combine(output, result)))];
        command.Fresh(arguments);
        for (int k = 0; k < Results.Length; k++)
        {
            if (!expected[k].AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(output, Results[k]))))
                throw new InvalidOperationException($"{name}: {Results[k]} is another with native code than without.");
        }
    }

    private static void AddRows(MarkdownTable table, string name, CommandRun fresh, CommandRun warm, int ownMethods)
    {
        string Seconds(double seconds) => MarkdownTable.Number(seconds, "0.000");
        string Ratio(double first, double second) => second < 0.001 ? "" : MarkdownTable.Number(first / second, "0.0");
        table.Add([
            name, "fresh", Seconds(fresh.Seconds), Seconds(fresh.Rest), .. fresh.Stages.Select(Seconds),
            FormattableString.Invariant($"{fresh.Methods}"), FormattableString.Invariant($"{ownMethods}"), Seconds(fresh.Compiling)]);
        table.Add(["", "warm", Seconds(warm.Seconds), Seconds(warm.Rest), .. warm.Stages.Select(Seconds), "", "", ""]);
        table.Add([
            "", "ratio", Ratio(fresh.Seconds, warm.Seconds), "", .. fresh.Stages.Select((stage, k) => Ratio(stage, warm.Stages[k])), "", "", ""]);
    }
}
