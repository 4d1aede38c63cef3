using System.Globalization;

namespace IrtGpu.Bench;

/// <summary>The command line of the benchmarks.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        run-bench.sh [SUITE …] [--quick] [--device NAME] [--threads N] [--replications N] [--persons N] [--out FOLDER]
                     [--data FILE [--model 'ITEMS=NAME;…'] [--q-matrix FILE] [--group COLUMN] [--nodes D]]

          --quick            small sizes, to see that everything runs; results go to a temporary folder unless --out is given
          --device NAME      device of the whole calibrations (default cpu)
          --threads N        threads (default: all processors)
          --replications N   data sets of a study (table1: 30, recovery: 100)
          --persons N        persons of each case of the suite mirt
          --out FOLDER       where results are written (default bench/results)
          --data FILE …      data for the suite timing
        """;

    public IReadOnlyList<string> Suites { get; private init; } = [];

    public bool IsQuick { get; private init; }

    public string Device { get; private init; } = "cpu";

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

    public string CommandLine { get; private init; } = "";

    /// <summary>Folder of results that depend on the machine, inside <see cref="ResultFolder"/>.</summary>
    public string DeviceFolder => Output.Machine.Folder(Device);

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
            switch (arguments[k])
            {
                case "--quick": options = options with { IsQuick = true }; break;
                case "--device": options = options with { Device = Next() }; break;
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
