using IrtGpu.Bench.Output;
using IrtGpu.Bench.Studies;
using IrtGpu.Fit;
using IrtGpu.Fit.LocalDependence;

namespace IrtGpu.Bench.Fit;

/// <summary>Whether tests of fit reject as often as they say under the model, and how often under planted misfit.</summary>
internal static class FitSuite
{
    private const int DefaultReplications = 1000;

    public static void Run(BenchOptions options)
    {
        int replications = options.Replications > 0 ? options.Replications : options.IsQuick ? 10 : DefaultReplications;
        ResultFile file = new("Calibration and power of tests of fit", options);
        file.Add(FormattableString.Invariant($"{replications} data sets a design with seeds 1, 2, …; default tolerance and standard errors. Share of p below .05; for items, pairs and ")
            + "persons over all of them. KS: p of Kolmogorov and Smirnov that p is uniform, one item, pair or person a data set.");
        file.Add("## Under the model");
        Run(FitDesign.Null.Where(design => options.Wants(design.Name)), file, replications, options);
        file.Add("## Planted misfit").Add("What is misfitting (the first item, the first two as a pair, persons who guess) and the rest.");
        Run(FitDesign.Misfit.Where(design => options.Wants(design.Name)), file, replications, options);
        file.Write("fit.md");
    }

    private static void Run(IEnumerable<FitDesign> designs, ResultFile file, int replications, BenchOptions options)
    {
        MarkdownTable table = new("design", "test", "rejects at .05", "of", "KS p");
        foreach (FitDesign design in designs)
        {
            Console.Error.WriteLine($"  {design.Name}");
            Dictionary<string, double[]>[] all = MonteCarlo.Replicate(replications, options.Threads, replication => Test(design, replication));
            foreach (string test in all.SelectMany(one => one.Keys).Distinct())
            {
                double[][] values = [.. all.Select(one => one.GetValueOrDefault(test, []).Where(p => !double.IsNaN(p)).ToArray())];
                double[] pooled = [.. values.SelectMany(p => p)];
                double[] single = [.. values.Where(p => p.Length > 0).Select((p, replication) => p[replication % p.Length])];
                if (pooled.Length > 0)
                {
                    table.Add(
                        design.Name, test, MarkdownTable.Number(pooled.Count(p => p < 0.05) / (double)pooled.Length, "f3"), FormattableString.Invariant($"{pooled.Length}"),
                        MarkdownTable.Number(UniformityP(single), "f3"));
                }
            }
        }
        file.Add(table);
    }

    private static Dictionary<string, double[]> Test(FitDesign design, int replication)
    {
        CalibrationResult result = Calibration.Run(design.Draw(replication + 1), design.Specification, new CalibrationOptions { Threads = 1, Device = "cpu" });
        FitReport report = FitEvaluation.Run(FitSource.Of(result), new FitOptions
        {
            Threads = 1,
            Statistics = new HashSet<FitStatistic> { FitStatistic.ModelFit, FitStatistic.SumScores, FitStatistic.PlausibleValues, FitStatistic.PairTables, FitStatistic.Persons },
        });
        bool isFirst = design.Guessing > 0;
        Dictionary<string, double[]> p = new()
        {
            [report.ModelFits![0].Name] = [report.ModelFits[0].P],
            ["C2"] = [.. (report.CategoryFits ?? []).Take(1).Select(fit => fit.P)],
            ["S-X²"] = [.. report.Items!.Where(item => !isFirst || item.Item > 0).Select(item => item.SumScores?.P ?? double.NaN)],
            ["S-X², corrected"] = [.. report.Items!.Where(item => !isFirst || item.Item > 0).Select(item => item.SumScores?.CorrectedP ?? double.NaN)],
            ["S-X², corrected, first item"] = [.. report.Items!.Where(item => isFirst && item.Item == 0).Select(item => item.SumScores?.CorrectedP ?? double.NaN)],
            ["S-X², first item"] = [.. report.Items!.Where(item => isFirst && item.Item == 0).Select(item => item.SumScores?.P ?? double.NaN)],
        };
        p["PV-Q1, χ² on its df"] = [.. report.Items!.Where(item => !isFirst || item.Item > 0).Select(item => item.PlausibleValues?.P ?? double.NaN)];
        p["PV-Q1, corrected"] = [.. report.Items!.Where(item => !isFirst || item.Item > 0).Select(item => item.PlausibleValues?.CorrectedP ?? double.NaN)];
        p["PV-Q1, corrected, first item"] = [.. report.Items!.Where(item => isFirst && item.Item == 0).Select(item => item.PlausibleValues?.CorrectedP ?? double.NaN)];
        bool IsPlanted(PairTest pair) => design.CommonFactor > 0 && pair is { First: 0, Second: 1 };
        p["LD-X², (M₁−1)(M₂−1) df"] = [.. report.Pairs!.Where(pair => !IsPlanted(pair)).Select(pair => pair.P)];
        p["LD-X², corrected"] = [.. report.Pairs!.Where(pair => !IsPlanted(pair)).Select(pair => pair.CorrectedP)];
        p["LD-X², corrected, first two items"] = [.. report.Pairs!.Where(IsPlanted).Select(pair => pair.CorrectedP)];
        p["l_z, below"] = [.. Persons(result, report.Persons!.Lz)];
        p["l_z*, below"] = [.. Persons(result, report.Persons!.LzStar)];
        return p;
    }

    private static IEnumerable<double> Persons(CalibrationResult result, double[] values) =>
        result.Patterns.PatternOfPerson.Select(pattern => MathNet.Numerics.Distributions.Normal.CDF(0, 1, values[pattern]));

    /// <summary>Asymptotic p of the largest distance of the empirical distribution from the uniform one.</summary>
    private static double UniformityP(double[] values)
    {
        double[] sorted = [.. values.Order()];
        double distance = 0;
        for (int k = 0; k < sorted.Length; k++)
            distance = Math.Max(distance, Math.Max(sorted[k] - (double)k / sorted.Length, (k + 1.0) / sorted.Length - sorted[k]));
        double lambda = (Math.Sqrt(sorted.Length) + 0.12 + 0.11 / Math.Sqrt(sorted.Length)) * distance;
        double sum = 0;
        for (int k = 1; k <= 100; k++)
            sum += (k % 2 == 1 ? 2 : -2) * Math.Exp(-2 * k * k * lambda * lambda);
        return lambda < 0.2 ? 1 : Math.Clamp(sum, 0, 1);
    }
}
