using System.Diagnostics;
using IrtGpu.Bench.Output;
using IrtGpu.Data;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Whole;

/// <summary>Times one calibration of a file, for comparison with other programs on the same data.</summary>
internal static class TimingSuite
{
    public static void Run(BenchOptions options)
    {
        string path = options.DataPath ?? throw new ArgumentException("The suite timing needs --data FILE (a table with a header), and takes --model, --q-matrix, --group and --nodes.");
        ResultFile file = new($"Calibration of {Path.GetFileName(path)}", options);
        ResponseReaderOptions reading = new() { GroupColumn = options.GroupColumn, Threads = options.Threads };
        ResponseData data = ResponseReader.Read(path, reading);
        ModelSpecification specification = Specification(options);
        double readSeconds = StepTimer.Median(() => ResponseReader.Read(path, reading), repeats: 3);
        Agreement.Check(Problem.Create(data, specification), options.Device, options.Threads);

        MarkdownTable table = new("tolerance", "read s", "plan s", "EM s", "total s (median of 5)", "cycles", "E-steps", "log-likelihood", "gradient norm", "converged");
        foreach (double tolerance in (double[])[1e-4, 1e-6])
            table.Add(Row(data, specification, options, tolerance, readSeconds));
        file.Add(FormattableString.Invariant($"{data.PersonCount} persons × {data.ItemCount} items; device {options.Device}, {options.Threads} threads; ")
            + "no standard errors, no scores; process start not counted. The E-step was compared with the reference's before timing.").Add(table);
        file.Write(Path.Combine(options.DeviceFolder, $"timing-{Path.GetFileNameWithoutExtension(path)}.md"));
    }

    private static string[] Row(ResponseData data, ModelSpecification specification, BenchOptions options, double tolerance, double readSeconds)
    {
        CalibrationOptions settings = new()
        {
            Device = options.Device,
            Threads = options.Threads,
            Tolerance = tolerance,
            MaxCycles = 5000,
            StandardErrors = StandardErrorMethod.None,
            Scores = ScoreMethod.None,
        };
        CalibrationResult result = Calibration.Run(data, specification, settings); // warm-up
        List<(double Seconds, CalibrationResult Result)> runs = [];
        for (int run = 0; run < (options.IsQuick ? 1 : 5); run++)
        {
            Stopwatch clock = Stopwatch.StartNew();
            result = Calibration.Run(data, specification, settings);
            runs.Add((clock.Elapsed.TotalSeconds, result));
        }
        (double seconds, result) = runs.OrderBy(run => run.Seconds).ElementAt(runs.Count / 2);
        return
        [
            MarkdownTable.Number(tolerance, "g2"), MarkdownTable.Number(readSeconds), MarkdownTable.Number(result.Seconds.Plan),
            MarkdownTable.Number(result.Seconds.Estimate), MarkdownTable.Number(seconds + readSeconds),
            FormattableString.Invariant($"{result.History.Count}"), FormattableString.Invariant($"{result.EStepCount}"),
            MarkdownTable.Number(result.LogLikelihood, "f4"), MarkdownTable.Number(result.GradientNorm), result.Termination.IsConverged ? "yes" : "no",
        ];
    }

    private static ModelSpecification Specification(BenchOptions options)
    {
        List<FunctionAssignment> functions = [];
        foreach (string part in (options.Model ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            int sign = part.IndexOf('=', StringComparison.Ordinal);
            string name = part[(sign + 1)..];
            if (!ItemFunctions.TryParse(name, out ItemFunction function))
                throw new ArgumentException($"--model: there is no model '{name}'. The models are {ItemFunctions.All}.");
            functions.Add(new FunctionAssignment(sign < 0 ? "*" : part[..sign], function));
        }
        ModelSpecification specification = new() { Functions = functions, Quadrature = new QuadratureSpecification(Nodes: options.Nodes) };
        if (options.QMatrixPath is not { } path)
            return specification;
        string[][] rows = [.. File.ReadLines(path).Where(line => line.Length > 0).Select(line => line.Split(','))];
        return specification with
        {
            Attributes = rows[0][1..],
            QMatrix = rows.Skip(1).ToDictionary(row => row[0], row => row.Skip(1).Select(cell => cell.Trim() == "0" ? 0 : 1).ToArray()),
        };
    }
}
