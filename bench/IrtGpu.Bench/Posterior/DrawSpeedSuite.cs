using System.Diagnostics;
using IrtGpu.Bench.Output;
using IrtGpu.Bench.Whole;
using IrtGpu.Data;
using IrtGpu.Foundation.Sampling.Nuts;
using IrtGpu.Foundation.Sampling.Posterior;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Posterior;

/// <summary>Effective draws a second.</summary>
internal static class DrawSpeedSuite
{
    private const int Repeats = 5;

    public static void Run(BenchOptions options)
    {
        int draws = options.IsQuick ? 100 : 2000;
        ResultFile file = new("Draws a second", options);
        file.Add(FormattableString.Invariant($"4 chains of {draws} draws after a warmup of 1000, {options.Threads} threads; median of {Repeats} runs (seeds 1 to {Repeats}), fit included. Effective draws: the smallest bulk size of a parameter, over the seconds of warmup and draws."));
        MarkdownTable table = new("model", "seconds", "seconds of draws", "evaluations", "µs an evaluation and thread", "smallest bulk size", "effective draws a second", "largest R-hat");
        foreach (MixtureStudy study in MixtureStudy.All.Where(study => options.Wants(study.Name)))
        {
            MixtureSample sample = study.Draw(0, isPrinted: true);
            Add(table, $"mixture of {study.Name}, {MixtureStudy.Rows} rows", options, seed => StudyRun.Draw(study, sample, Sampler(draws, seed, options.Threads)).Parameters);
        }
        if (options.Wants("2pl"))
        {
            int persons = options.IsQuick ? 100 : 1000;
            ResponseData data = TwoParameterData.Draw(persons, 20);
            Add(table, FormattableString.Invariant($"2PL, {persons} persons by 20 items"), options, seed => Calibration.Run(data, new ModelSpecification(), new CalibrationOptions
            {
                Sampler = Sampler(draws, seed, options.Threads),
                Seed = seed,
                Threads = options.Threads,
                Device = "cpu",
            }).Draws!);
        }
        file.Add(table);
        file.Write(Path.Combine(options.DeviceFolder, "draws.md"));
    }

    private static void Add(MarkdownTable table, string name, BenchOptions options, Func<int, PosteriorDraws> run)
    {
        Console.Error.WriteLine($"  {name}");
        int repeats = options.IsQuick ? 1 : Repeats;
        List<(double Seconds, PosteriorDraws Draws)> runs = [];
        for (int seed = 1; seed <= repeats; seed++)
        {
            Stopwatch clock = Stopwatch.StartNew();
            PosteriorDraws draws = run(seed);
            runs.Add((clock.Elapsed.TotalSeconds, draws));
        }
        double Middle(Func<(double Seconds, PosteriorDraws Draws), double> value) => StepTimer.Median(runs.Select(value));
        double Evaluations(PosteriorDraws draws) => draws.Chains.Sum(chain => chain.Evaluations);
        double Bulk(PosteriorDraws draws) => draws.Summaries.Where(summary => !double.IsNaN(summary.BulkSize)).Min(summary => summary.BulkSize);
        table.Add(
            name, MarkdownTable.Number(Middle(one => one.Seconds), "f2"), MarkdownTable.Number(Middle(one => one.Draws.Seconds), "f2"), MarkdownTable.Number(Middle(one => Evaluations(one.Draws)), "f0"),
            MarkdownTable.Number(Middle(one => 1e6 * options.Threads * one.Draws.Seconds / Evaluations(one.Draws)), "f1"), MarkdownTable.Number(Middle(one => Bulk(one.Draws)), "f0"),
            MarkdownTable.Number(Middle(one => Bulk(one.Draws) / one.Draws.Seconds), "f0"), MarkdownTable.Number(runs.Max(one => one.Draws.Summaries.Max(summary => double.IsNaN(summary.RHat) ? 1 : summary.RHat)), "f4"));
    }

    private static SamplerOptions Sampler(int draws, int seed, int threads) => new() { Draws = draws, Seed = seed, Threads = threads };
}
