using IrtGpu.Bench.Output;
using IrtGpu.Bench.Studies;
using IrtGpu.Items;

namespace IrtGpu.Bench.Dimensions;

/// <summary>Stochastic approximation in many dimensions: recovery of simulated truth, and how long an exploration takes.</summary>
internal static class StochasticSuite
{
    private const int DefaultReplications = 20;

    public static void Run(BenchOptions options)
    {
        int replications = options.Replications > 0 ? options.Replications : options.IsQuick ? 2 : DefaultReplications;
        ResultFile file = new("Many dimensions by stochastic approximation", options);
        file.Add(FormattableString.Invariant($"Items of one attribute each, attributes correlated .3; confirmatory: {replications} data sets with seeds 1, 2, …, default settings. ")
            + "Bias: mean of estimate − truth over parameters of a kind and data sets; coverage: share of 95 % intervals that hold the truth.");
        MarkdownTable table = new("design", "parameters", "bias", "coverage", "SD of z", "draws", "processor s a fit");
        foreach ((int attributes, int items, int persons) in options.IsQuick ? new[] { (5, 20, 500) } : [(5, 30, 2000), (10, 50, 2000), (20, 100, 2000)])
            Recover(table, new SimpleStructure(attributes, items), persons, replications);
        file.Add(table);
        Explore(file, options.IsQuick ? new SimpleStructure(4, 24) : new SimpleStructure(10, 100), options.IsQuick ? 1000 : 10_000, options.Threads);
        file.Write(Path.Combine(options.DeviceFolder, "stochastic.md"));
    }

    private static void Recover(MarkdownTable table, SimpleStructure design, int persons, int replications)
    {
        List<(ParameterKind Kind, double Error, double Z)> all = [];
        double draws = 0;
        TimeSpan before = Environment.CpuUsage.TotalTime;
        for (int seed = 1; seed <= replications; seed++)
        {
            Console.Error.WriteLine(FormattableString.Invariant($"  {design.Attributes} dimensions, data set {seed}"));
            CalibrationResult fit = Calibration.Run(design.Draw(persons, seed), design.Confirmatory, new CalibrationOptions { Seed = seed, Scores = ScoreMethod.None });
            draws += (double)fit.History.Count / replications;
            int count = fit.Plan.Layout.FreeCount;
            for (int k = 0; k < count; k++)
            {
                Planning.Layout.ParameterSlot slot = fit.Plan.Layout.Slots[fit.Plan.Layout.RepresentativeSlot[k]];
                int item = slot.ParameterSet < 0 ? -1 : fit.Plan.ParameterSets[slot.ParameterSet].Item;
                double truth = slot.Kind switch
                {
                    ParameterKind.Slope => SimpleStructure.Slope(item),
                    ParameterKind.Intercept => SimpleStructure.Intercept(item),
                    _ => SimpleStructure.Correlation,
                };
                double error = fit.Point.Parameters.Free[k] - truth;
                all.Add((slot.Kind, error, error / Math.Sqrt(fit.StandardErrors.Covariance![(long)k * count + k])));
            }
        }
        double seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds / replications;
        foreach (var kind in all.GroupBy(one => one.Kind))
        {
            (double bias, double standardError) = MonteCarlo.Mean([.. kind.Select(one => one.Error)]);
            table.Add(
                FormattableString.Invariant($"{design.Attributes} dimensions, {persons} × {design.Items}"), FormattableString.Invariant($"{kind.Key} ({kind.Count() / replications})"),
                $"{MarkdownTable.Number(bias, "f4")} ± {MarkdownTable.Number(standardError, "f4")}", MarkdownTable.Number(kind.Average(one => Math.Abs(one.Z) < 1.959964 ? 1.0 : 0), "f3"),
                MarkdownTable.Number(Math.Sqrt(kind.Average(one => one.Z * one.Z)), "f2"), MarkdownTable.Number(draws, "f0"), MarkdownTable.Number(seconds));
        }
    }

    private static void Explore(ResultFile file, SimpleStructure design, int persons, int threads)
    {
        Console.Error.WriteLine(FormattableString.Invariant($"  exploring {design.Attributes} dimensions"));
        TimeSpan before = Environment.CpuUsage.TotalTime;
        CalibrationResult fit = Calibration.Run(design.Draw(persons, 1), design.Exploratory, new CalibrationOptions { Threads = threads });
        double seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        Inference.Rotation.RotatedSolution rotation = fit.Rotations[0];
        double worst = Enumerable.Range(0, design.Attributes).Min(j => Enumerable.Range(0, design.Attributes).Max(k =>
        {
            double along = 0;
            double all = 0;
            double square = 0;
            for (int item = 0; item < design.Items; item++)
            {
                double truth = item % design.Attributes == j ? SimpleStructure.Slope(item) / Math.Sqrt(1.702 * 1.702 + SimpleStructure.Slope(item) * SimpleStructure.Slope(item)) : 0;
                double loading = rotation.Items[item].Loadings[k];
                along += truth * loading;
                all += loading * loading;
                square += truth * truth;
            }
            return Math.Abs(along) / Math.Sqrt(all * square);
        }));
        file.Add(FormattableString.Invariant($"Exploration of {design.Attributes} dimensions, {persons} × {design.Items}, {fit.FreeParameterCount} free parameters: {fit.History.Count} draws, ")
            + FormattableString.Invariant($"{fit.Seconds.Total:f1} s by {fit.Threads} threads, {seconds:f1} s of processors (estimation {fit.Seconds.Estimate:f1} s); smallest congruence with the truth after {rotation.Method} {worst:f3}; ")
            + fit.Termination.Message);
    }
}
