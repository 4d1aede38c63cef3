using System.Diagnostics;
using System.Globalization;
using IrtGpu.Bench.Output;
using IrtGpu.Bench.Whole;
using IrtGpu.Foundation.Formulas;
using IrtGpu.Regression;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Mixtures.Planning;
using IrtGpu.Regression.Mixtures.Rows;

namespace IrtGpu.Bench.Mixtures;

/// <summary>Mixtures of regressions: an E-step, EM from one start and from ten by size, beside R's flexmix where it is installed; agreement before time.</summary>
internal static class MixturesSuite
{
    private const int Starts = 10;
    private const int LargestForPeer = 10_000; // flexmix takes minutes beyond
    private const double LargestShortfall = 1e-3; // of the log-likelihood below flexmix's

    public static void Run(BenchOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("irtgpu-mixtures-").FullName;
        try
        {
            RProgram? flexmix = RProgram.Find("flexmix", folder, out string missing);
            ResultFile file = new("Mixtures of regressions", options);
            MarkdownTable sizes = new("model", "threads", "E-step ms", "ns a row and class", "GB/s", "cycles of one start", "its s", "E-steps of 10 starts", "its s", "whole fit s");
            MarkdownTable peer = new("model", "IrtGpu − flexmix", "IrtGpu s", "flexmix s", "ratio", "iterations of flexmix");
            foreach (MixtureCase one in MixtureCase.All(options.IsQuick).Where(one => options.Wants(one.Name)))
            {
                Console.Error.WriteLine($"  {one.Name}");
                foreach (int threads in options.ThreadCounts)
                    AddSizes(one, threads, options, sizes);
                if (flexmix is not null && one.Rows <= LargestForPeer)
                    AddPeer(one, flexmix, folder, peer);
            }
            file.Add("E-step: densities, class probabilities and weighted cross-products of all rows; GB/s are the bytes of response and columns over its time. "
                + "One start, ten starts: EM until no parameter changes by 1e-6, then Newton steps with exact second derivatives; ten starts of 65,536 rows or more on a sample first, and by Newton steps from a change of 1e-3. Whole fit: ten starts, with planning, standard errors and class probabilities. "
                + "Medians of up to 5 runs after a warm-up.");
            file.Add("## By size").Add(sizes);
            if (flexmix is null)
                file.Add($"Not beside flexmix: {missing}");
            else
                file.Add("## Beside flexmix").Add($"{flexmix.Description}; ten random starts each, one thread. flexmix stops at a relative change of 1e-10 and divides σ² by the degrees of freedom, so its log-likelihood is slightly lower.").Add(peer);
            AddGrowth(file, options);
            MixtureCoverage.AddTo(file, options);
            file.Write(Path.Combine(options.DeviceFolder, "mixtures.md"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void AddSizes(MixtureCase one, int threads, BenchOptions options, MarkdownTable table)
    {
        int repeats = options.IsQuick ? 1 : 5;
        MixtureOptions ask = new() { Classes = one.Classes, Threads = threads };
        MixtureProblem problem = MixturePlanner.Plan(Formula.Parse(one.Formula), one.Columns, ask);
        RowPass pass = new(problem.Data, problem.Layout, threads);
        RowSums sums = pass.NewSums();
        double[] point = new double[problem.Layout.SlotCount];
        for (int slot = 0; slot < point.Length; slot++)
            point[slot] = 0.1 * (slot % 7 - 3);
        double step = StepTimer.Median(() => pass.Sum(point, sums, withCross: true, []), options.IsQuick ? 3 : 21, secondsAllowed: 10);
        MixtureSolution single = null!;
        double singleSeconds = StepTimer.Median(() => single = RowMixture.Estimate(problem with { Options = ask with { Starts = 1 } }, new RegressionProgress(), default), repeats, secondsAllowed: 30);
        MixtureSolution many = null!;
        double manySeconds = StepTimer.Median(() => many = RowMixture.Estimate(problem with { Options = ask with { Starts = Starts } }, new RegressionProgress(), default), repeats, secondsAllowed: 60);
        double whole = StepTimer.Median(() => MixtureModel.Fit(Formula.Parse(one.Formula), one.Columns, ask with { Starts = Starts }, new RegressionProgress(), default), options.IsQuick ? 1 : 3, secondsAllowed: 60);
        double bytes = 8.0 * one.Rows * (MixtureCase.PredictorCount + 2);
        table.Add(
            one.Name, threads.ToString(CultureInfo.InvariantCulture), MarkdownTable.Number(1000 * step), MarkdownTable.Number(1e9 * step / one.Rows / one.Classes), MarkdownTable.Number(bytes / step / 1e9),
            single.History.Count.ToString(CultureInfo.InvariantCulture), MarkdownTable.Number(singleSeconds), many.Evaluations.ToString(CultureInfo.InvariantCulture), MarkdownTable.Number(manySeconds),
            MarkdownTable.Number(whole));
    }

    private static void AddGrowth(ResultFile file, BenchOptions options)
    {
        MarkdownTable table = new("model", "threads", "E-steps of 10 starts", "whole fit s", "log-likelihood");
        foreach (GrowthCase one in GrowthCase.All(options.IsQuick).Where(one => options.Wants(one.Name)))
        {
            Console.Error.WriteLine($"  {one.Name}");
            foreach (int threads in options.ThreadCounts)
            {
                MixtureFit fit = null!;
                double seconds = StepTimer.Median(
                    () => fit = MixtureModel.Fit(Formula.Parse(GrowthCase.Formula), one.Columns, one.Options with { Starts = Starts, Threads = threads }, new RegressionProgress(), default),
                    options.IsQuick ? 1 : 3, secondsAllowed: 30);
                table.Add(one.Name, threads.ToString(CultureInfo.InvariantCulture), fit.Evaluations.ToString(CultureInfo.InvariantCulture), MarkdownTable.Number(seconds), MarkdownTable.Number(fit.LogLikelihood, "f3"));
            }
        }
        file.Add("## Classes of levels with random effects").Add("Intercept and slope by level, all their covariances and σ by class; ten starts, with planning, standard errors, classes and predicted effects. Medians of up to 3 runs after a warm-up.").Add(table);
    }

    private static void AddPeer(MixtureCase one, RProgram flexmix, string folder, MarkdownTable table)
    {
        string path = Path.Combine(folder, "data.csv");
        one.Write(path);
        string[] theirs = flexmix.Run("fit", path, one.Formula, one.Classes.ToString(CultureInfo.InvariantCulture), Starts.ToString(CultureInfo.InvariantCulture)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double value = double.Parse(theirs[0], CultureInfo.InvariantCulture);
        double peerSeconds = double.Parse(theirs[1], CultureInfo.InvariantCulture);
        Stopwatch clock = Stopwatch.StartNew();
        MixtureFit fit = MixtureModel.Fit(Formula.Parse(one.Formula), one.Columns, new MixtureOptions { Classes = one.Classes, Threads = 1, Starts = Starts }, new RegressionProgress(), default);
        double seconds = clock.Elapsed.TotalSeconds;
        if (!(fit.LogLikelihood >= value - LargestShortfall))
            throw new InvalidOperationException(FormattableString.Invariant($"{one.Name}: the log-likelihood {fit.LogLikelihood:f6} is below flexmix's {value:f6}."));
        table.Add(
            one.Name, MarkdownTable.Number(fit.LogLikelihood - value, "0.0e0"), MarkdownTable.Number(seconds), MarkdownTable.Number(peerSeconds), MarkdownTable.Number(peerSeconds / seconds), theirs[2]);
    }
}
