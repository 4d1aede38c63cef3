using System.Diagnostics;
using IrtGpu.Bench.Output;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Items;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Whole;

/// <summary>Times one calibration of a file, for comparison with other programs on the same data.</summary>
internal static class TimingSuite
{
    private const double LargestReferencePins = 5e7; // the plain loops take about a second for these

    private static readonly double[] Tolerances = [1e-4, 1e-6];

    public static void Run(BenchOptions options)
    {
        string path = options.DataPath ?? throw new ArgumentException("The suite timing needs --data FILE (a table with a header), and takes --model, --q-matrix, --group and --nodes.");
        ResultFile file = new($"Calibration of {Path.GetFileName(path)}", options);
        ResponseReaderOptions reading = new() { GroupColumn = options.GroupColumn };
        ResponseData data = ResponseReader.Read(path, reading);
        ModelSpecification specification = Specification(options);
        double readSeconds = StepTimer.Median(() => ResponseReader.Read(path, reading), repeats: options.IsQuick ? 1 : 3);
        Problem problem = Problem.Create(data, specification);
        Agreement.Check(problem, options.Device, options.Threads);
        MarkdownTable table = new("tolerance", "read s", "plan s", "EM s", "fit s (median of 5)", "cycles", "E-steps", "log-likelihood", "gradient norm", "converged", "plain loops, pin/s");
        MarkdownTable peer = new("tolerance", "fit s", "the other program, s", "times faster", "times faster in proportion", "log-likelihood above the other's");
        for (int k = 0; k < Tolerances.Length; k++)
        {
            Round[] rounds = Fit(problem, specification, options, Tolerances[k]);
            table.Add(Row(rounds, Tolerances[k], readSeconds));
            if (k < options.PeerSeconds.Count)
                peer.Add(PeerRow(rounds, k, options));
        }
        file.Add(FormattableString.Invariant($"{data.PersonCount} persons × {data.ItemCount} items; {(options.Model is { } model ? $"model `{model}`" : "models by the number of categories")}, {problem.Plan.NodeCount} nodes; device {options.Device}, {options.Threads} {(options.Threads == 1 ? "thread" : "threads")}; ")
            + "no standard errors, no scores; reading and process start not counted in the fit. The E-step was compared with the reference's before timing.").Add(table);
        file.Add("Each of the five fits is followed by an E-step of the plain loops on one thread: their rate tells how fast the machine was at that moment.");
        if (options.PeerSeconds.Count > 0)
        {
            file.Add("## Beside another program").Add("Its seconds and log-likelihoods are those of the command line. In proportion: its seconds are multiplied by the rate of the plain loops on its machine over the rate here, fit by fit; the median of the fits"
                + (double.IsNaN(options.PeerReference) ? ". No rate was given for its machine (`--peer-reference`)." : $". The rate given for its machine is {MarkdownTable.Number(options.PeerReference)} pin/s.")).Add(peer);
        }
        file.Write(Path.Combine(options.DeviceFolder, $"timing-{Path.GetFileNameWithoutExtension(path)}.md"));
    }

    private static Round[] Fit(Problem problem, ModelSpecification specification, BenchOptions options, double tolerance)
    {
        CalibrationOptions settings = StepTimer.Compute(options.Device, options.Threads, EStepForm.Auto) with
        {
            Tolerance = tolerance,
            MaxCycles = 5000,
            StandardErrors = StandardErrorMethod.None,
            Scores = ScoreMethod.None,
        };
        Problem part = problem.Thinned(options.IsQuick ? LargestReferencePins / 50 : LargestReferencePins);
        using ReferenceBackend reference = new(part.Plan, part.Patterns);
        Calibration.Run(problem.Data, specification, settings); // warm-up
        reference.ComputeExpectation(part.Point).Dispose();
        Round[] rounds = new Round[options.IsQuick ? 1 : 5];
        for (int round = 0; round < rounds.Length; round++)
        {
            Stopwatch clock = Stopwatch.StartNew();
            CalibrationResult result = Calibration.Run(problem.Data, specification, settings);
            double seconds = clock.Elapsed.TotalSeconds;
            clock.Restart();
            reference.ComputeExpectation(part.Point).Dispose();
            rounds[round] = new Round(seconds, part.Pins / clock.Elapsed.TotalSeconds, result);
        }
        return [.. rounds.OrderBy(round => round.Seconds)];
    }

    private static string[] Row(Round[] rounds, double tolerance, double readSeconds)
    {
        (double seconds, _, CalibrationResult result) = rounds[rounds.Length / 2];
        return
        [
            MarkdownTable.Number(tolerance, "g2"), MarkdownTable.Number(readSeconds), MarkdownTable.Number(result.Seconds.Plan),
            MarkdownTable.Number(result.Seconds.Estimate), MarkdownTable.Number(seconds),
            FormattableString.Invariant($"{result.History.Count}"), FormattableString.Invariant($"{result.EStepCount}"),
            MarkdownTable.Number(result.LogLikelihood, "f4"), MarkdownTable.Number(result.GradientNorm), result.Termination.IsConverged ? "yes" : "no",
            MarkdownTable.Number(StepTimer.Median(rounds.Select(round => round.ReferenceRate))),
        ];
    }

    private static string[] PeerRow(Round[] rounds, int k, BenchOptions options)
    {
        Round middle = rounds[rounds.Length / 2];
        double peerSeconds = options.PeerSeconds[k];
        return
        [
            MarkdownTable.Number(Tolerances[k], "g2"), MarkdownTable.Number(middle.Seconds), MarkdownTable.Number(peerSeconds), MarkdownTable.Number(peerSeconds / middle.Seconds),
            MarkdownTable.Number(StepTimer.Median(rounds.Select(round => peerSeconds * options.PeerReference / round.ReferenceRate / round.Seconds))),
            k < options.PeerLogLikelihood.Count ? MarkdownTable.Number(middle.Result.LogLikelihood - options.PeerLogLikelihood[k], "f4") : "–",
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

    /// <summary>One fit, and the plain loops right after it.</summary>
    private sealed record Round(double Seconds, double ReferenceRate, CalibrationResult Result);
}
