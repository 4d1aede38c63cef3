using System.Globalization;

namespace IrtGpu.Bench;

/// <summary>The command line of the benchmarks.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        run-bench.sh [SUITE …] [--quick] [--device NAME] [--threads N] [--replications N] [--persons N] [--case NAME,…] [--out FOLDER]
                     [--data FILE [--model 'ITEMS=NAME;…'] [--q-matrix FILE] [--group COLUMN] [--nodes D]
                      [--peer-seconds S,S [--peer-log-likelihood X,X] [--peer-reference R]]]

          --quick            small sizes, to see that everything runs; results go to a temporary folder unless --out is given
          --device NAME      device of the whole calibrations and their steps (default cpu; the suites of single steps take, beside
                             the processor, the device named or, when none is, every CUDA and OpenCL device that is here)
          --threads N        threads (default: all processors)
          --replications N   data sets of a study (table1: 30, recovery: 100, cycles: 20)
          --persons N        persons of each case of the suite mirt
          --case NAME,…      cases of the suites micro, calibration, cycles, ratios and mixed whose names contain one of these (default: all)
          --out FOLDER       where results are written (default bench/results under the current folder, or of the checkout)
          --data FILE …      data for the suite timing; for the suite mixed the file of InstEval (default: the one of R's lme4)
          --peer-seconds     what another program needed for the same fit, at the tolerances 1e-4 and 1e-6; and the log-likelihoods it reached
          --peer-reference   rate of the plain loops (suite timing prints it) on the other program's machine, in pin/s, where that is another machine
        """;

    public IReadOnlyList<string> Suites { get; private init; } = [];

    public bool IsQuick { get; private init; }

    public string Device { get; private init; } = "cpu";

    /// <summary>Parts of names; empty: all cases.</summary>
    public IReadOnlyList<string> Cases { get; private init; } = [];

    public int Threads { get; private init; } = Environment.ProcessorCount;

    /// <summary>0: the study's own number.</summary>
    public int Replications { get; private init; }

    /// <summary>0: each case's own number.</summary>
    public int Persons { get; private init; }

    public string ResultFolder { get; private init; } = "";

    public string? DataPath { get; private init; }

    public string? Model { get; private init; }

    public string? QMatrixPath { get; private init; }

    public string? GroupColumn { get; private init; }

    public int? Nodes { get; private init; }

    /// <summary>At the tolerances 1e-4 and 1e-6; fewer where fewer are known.</summary>
    public IReadOnlyList<double> PeerSeconds { get; private init; } = [];

    /// <summary>At the same tolerances.</summary>
    public IReadOnlyList<double> PeerLogLikelihood { get; private init; } = [];

    /// <summary>Pin/s of the plain loops on the machine of <see cref="PeerSeconds"/>; NaN: that machine is as fast as this one.</summary>
    public double PeerReference { get; private init; } = double.NaN;

    public string CommandLine { get; private init; } = "";

    /// <summary>Folder of results that depend on the machine, inside <see cref="ResultFolder"/>.</summary>
    public string DeviceFolder => Output.Machine.Folder(Device);

    /// <summary>One thread, and all that were asked for.</summary>
    public IReadOnlyList<int> ThreadCounts => Threads == 1 ? [1] : [1, Threads];

    /// <summary>The accelerator named; when none is, every one that is here except ILGPU's CPU accelerator, which is for tests.</summary>
    public IReadOnlyList<string> Accelerators => Device switch
    {
        "cpu" or "reference" or "auto" => IsDeviceNamed
            ? []
            : [.. BenchDevices.All.Where(device => device.IsAvailable && device.Name.Kind != "ilgpu-cpu").Select(device => device.Name.ToString())],
        _ => [Device],
    };

    private bool IsDeviceNamed { get; init; }

    /// <summary>Whether the device is ILGPU's CPU accelerator, a thousand times slower than the processor's own backend: quick runs do less on it.</summary>
    public bool IsTestDevice => Device == "ilgpu-cpu";

    /// <summary>Whether a case is to be run.</summary>
    /// <param name="name">Its name.</param>
    public bool Wants(string name) => Cases.Count == 0 || Cases.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads arguments.</summary>
    /// <param name="arguments">Arguments.</param>
    /// <param name="resultFolder">Folder of results unless <c>--out</c> or <c>--quick</c> says otherwise.</param>
    /// <exception cref="ArgumentException">An option is unknown or its value missing or malformed.</exception>
    public static BenchOptions Parse(string[] arguments, string resultFolder)
    {
        List<string> suites = [];
        string? folder = null;
        BenchOptions options = new() { CommandLine = string.Join(' ', ["./run-bench.sh", .. arguments.Select(Quote)]) };
        for (int k = 0; k < arguments.Length; k++)
        {
            string Next() => ++k < arguments.Length ? arguments[k] : throw new ArgumentException($"{arguments[k - 1]} needs a value.\n{Usage}");
            int Whole(string option) => int.TryParse(Next(), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
                ? value : throw new ArgumentException($"{option} {arguments[k]}: a whole number above 0 is needed.");
            double[] Numbers(string option) => [.. Next().Split(',').Select(part => double.TryParse(part, CultureInfo.InvariantCulture, out double value)
                ? value : throw new ArgumentException($"{option} {arguments[k]}: numbers separated by commas are needed."))];
            switch (arguments[k])
            {
                case "--quick": options = options with { IsQuick = true }; break;
                case "--device": options = options with { Device = Next(), IsDeviceNamed = true }; break;
                case "--case": options = options with { Cases = Next().Split(',', StringSplitOptions.RemoveEmptyEntries) }; break;
                case "--peer-seconds": options = options with { PeerSeconds = Numbers("--peer-seconds") }; break;
                case "--peer-log-likelihood": options = options with { PeerLogLikelihood = Numbers("--peer-log-likelihood") }; break;
                case "--peer-reference": options = options with { PeerReference = Numbers("--peer-reference")[0] }; break;
                case "--threads": options = options with { Threads = Whole("--threads") }; break;
                case "--replications": options = options with { Replications = Whole("--replications") }; break;
                case "--persons": options = options with { Persons = Whole("--persons") }; break;
                case "--out": folder = Next(); break;
                case "--data": options = options with { DataPath = Next() }; break;
                case "--model": options = options with { Model = Next() }; break;
                case "--q-matrix": options = options with { QMatrixPath = Next() }; break;
                case "--group": options = options with { GroupColumn = Next() }; break;
                case "--nodes": options = options with { Nodes = Whole("--nodes") }; break;
                case var other when other.StartsWith('-'): throw new ArgumentException($"There is no option {other}.\n{Usage}");
                default: suites.Add(arguments[k]); break;
            }
        }
        folder ??= options.IsQuick ? Path.Combine(Path.GetTempPath(), "irtgpu-bench") : resultFolder;
        return options with { Suites = suites, ResultFolder = Path.GetFullPath(folder) };
    }

    private static string Quote(string argument) =>
        argument.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./=,".Contains(letter, StringComparison.Ordinal)) ? argument : $"'{argument}'";
}
