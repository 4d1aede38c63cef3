using IrtGpu.Bench.Output;

namespace IrtGpu.Bench.Studies;

/// <summary>Bias of population parameters in hard designs.</summary>
internal static class RecoverySuite
{
    private const int DefaultReplications = 100;

    public static void Run(BenchOptions options)
    {
        int replications = options.Replications > 0 ? options.Replications : options.IsQuick ? 2 : DefaultReplications;
        ResultFile file = new("Recovery of populations in hard designs", options);
        file.Add(FormattableString.Invariant($"{replications} data sets a design with seeds 1, 2, …, the same test in all of them; default tolerance; {options.Threads} fits at a time. ")
            + "Bias: mean of estimate − truth ± its Monte-Carlo standard error; t is their ratio (|t| above 3 deserves a look); RMSE over the data sets.");
        foreach (RecoveryDesign design in RecoveryDesign.All().Where(design => !options.IsQuick || design.IsInQuick))
        {
            Console.Error.WriteLine($"  {design.Name}");
            file.Add($"## {design.Name}").Add(design.Description);
            Run(design, file, replications, options);
        }
        file.Write("recovery.md");
    }

    private static void Run(RecoveryDesign design, ResultFile file, int replications, BenchOptions options)
    {
        (CalibrationResult Result, List<RecoveredParameter> Parameters)[] all = MonteCarlo.Replicate(replications, options.Threads, replication =>
        {
            CalibrationResult result = Calibration.Run(design.Truth.Draw(replication + 1, design.KnownClassShare), design.Specification, new CalibrationOptions
            {
                Threads = 1,
                MaxCycles = 2000,
                Seed = replication + 1,
                StandardErrors = StandardErrorMethod.None,
                Scores = ScoreMethod.None,
            });
            return (result, Recovery.Match(result, design.Truth));
        });
        MarkdownTable table = new("parameter", "truth", "bias", "t", "RMSE");
        var populations = all.SelectMany(one => one.Parameters)
            .Where(parameter => parameter.Kind is RecoveredKind.Mean or RecoveredKind.Sd or RecoveredKind.Proportion)
            .GroupBy(parameter => (parameter.Kind, Block: Block(parameter, design)))
            .OrderBy(group => group.Key.Kind).ThenBy(group => group.Key.Block);
        foreach (var group in populations)
        {
            double[] errors = [.. group.Select(parameter => SignedError(parameter, design))];
            (double bias, double standardError) = MonteCarlo.Mean(errors);
            table.Add(
                Name(group.Key.Kind, group.Key.Block, design), MarkdownTable.Number(Truth(group.First(), design), "f2"),
                $"{MarkdownTable.Number(bias, "f4")} ± {MarkdownTable.Number(standardError, "f4")}", MarkdownTable.Number(bias / standardError, "f1"),
                MarkdownTable.Number(Math.Sqrt(errors.Average(error => error * error)), "f4"));
        }
        file.Add(table).Add(FormattableString.Invariant($"Converged: {all.Count(one => one.Result.Termination.IsConverged)} of {replications}; ")
            + FormattableString.Invariant($"median {Whole.StepTimer.Median(all.Select(one => (double)one.Result.EStepCount)):f0} E-steps (those of all starts), ")
            + FormattableString.Invariant($"{Whole.StepTimer.Median(all.Select(one => one.Result.Seconds.Total)):f2} s a fit; ")
            + ItemLine(all));
    }

    private static string ItemLine((CalibrationResult Result, List<RecoveredParameter> Parameters)[] all)
    {
        string Cell(RecoveredKind kind) => MonteCarlo.Cell(MonteCarlo.RootMean([.. all.Select(one => MonteCarlo.MeanSquare(one.Parameters, kind))]));
        return $"RMSE of slopes {Cell(RecoveredKind.Discrimination)}, of intercepts {Cell(RecoveredKind.Intercept)}.";
    }

    // Matching may have exchanged the classes, so a proportion can be that of either: always show the second class's.
    private static int Block(RecoveredParameter parameter, RecoveryDesign design) =>
        parameter.Kind == RecoveredKind.Proportion ? parameter.Block / design.Truth.ClassCount * design.Truth.ClassCount + 1 : parameter.Block;

    private static double SignedError(RecoveredParameter parameter, RecoveryDesign design) =>
        Block(parameter, design) == parameter.Block ? parameter.Error : -parameter.Error;

    private static double Truth(RecoveredParameter parameter, RecoveryDesign design) =>
        Block(parameter, design) == parameter.Block ? parameter.Truth : 1 - parameter.Truth;

    private static string Name(RecoveredKind kind, int block, RecoveryDesign design)
    {
        string what = kind switch { RecoveredKind.Mean => "mean", RecoveredKind.Sd => "SD", _ => "proportion" };
        string group = design.Truth.GroupCount > 1 ? FormattableString.Invariant($", group {block / design.Truth.ClassCount + 1}") : "";
        return what + group + (design.Truth.ClassCount > 1 ? FormattableString.Invariant($", class {block % design.Truth.ClassCount + 1}") : "");
    }
}
