namespace IrtGpu.Bench;

/// <summary>A named set of measurements that writes one result file.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Description">One line.</param>
/// <param name="Run">Runs it.</param>
internal sealed record Suite(string Name, string Description, Action<BenchOptions> Run)
{
    /// <summary>All suites, in the order in which they run when none is named.</summary>
    public static IReadOnlyList<Suite> All { get; } =
    [
        new("limits", "multiply-adds and copies a second: what the processor and the devices can do at best", Limits.LimitsSuite.Run),
        new("micro", "item tables, E-step, M-step, cycle, calibration, reading, by BenchmarkDotNet, on reference, cpu and devices", Micro.MicroSuite.Run),
        new("calibration", "whole calibrations: seconds by phase, cycles, E-step rate, memory", Whole.CalibrationSuite.Run),
        new("cost", "growth of the E-step with persons, items, nodes and dimensions", Slopes.CostSuite.Run),
        new("bifactor", "bifactor models with 1 + 5 attributes, 20,000 persons: whole calibrations, and growth of the E-step", Dimensions.BifactorSuite.Run),
        new("adaptive", "integration about persons' modes in 2 to 10 dimensions: whole calibrations, stated errors, growth of the E-step", Dimensions.AdaptiveSuite.Run),
        new("devices", "E-step and M-step on every device that is here, with launches, bytes moved and memory", Devices.DevicesSuite.Run),
        new("ratios", "one thread against the plain loops, two threads against one, share of the M-step, in interleaved repeats", Ratios.RatiosSuite.Run),
        new("cycles", "E-steps until within 1e-6 of the optimum, for seven kinds of models and three accelerations (minutes)", Cycles.CyclesSuite.Run),
        new("cold", "the command in fresh processes beside warm ones, stage by stage, with what is compiled at run time", Cold.ColdSuite.Run),
        new("timing", "one calibration of your own file: --data FILE --model …", Whole.TimingSuite.Run),
        new("mirt", "R's mirt on the same file, nodes and tolerance, where R and mirt are installed", Mirt.MirtSuite.Run),
        new("mixed", "mixed models from 180 rows to 1,000,000, three crossed factors, beside R's lme4 where it is installed (minutes)", Mixed.MixedSuite.Run),
        new("mixtures", "mixtures of regressions from 300 rows to 1,000,000 and 2 to 8 classes, beside R's flexmix where it is installed; coverage of intervals (minutes)", Mixtures.MixturesSuite.Run),
        new("draws", "effective draws a second of three mixtures and a 2PL (a minute)", Posterior.DrawSpeedSuite.Run),
        new("posterior", "coverage, class recovery and convergence of draws over 200 data sets of three mixtures (ten minutes)", Posterior.PosteriorSuite.Run),
        new("ranks", "simulation-based calibration of draws: a conjugate model, a mixture, a 2PL (minutes)", Posterior.RankSuite.Run),
        new("table1", "recovery of nine models in simulated data, against a published table", Studies.Table1Suite.Run),
        new("fit", "tests of fit: rejections under the model and under planted misfit, 1,000 data sets a design (minutes)", Fit.FitSuite.Run),
        new("stochastic", "recovery in 5, 10 and 20 dimensions by stochastic approximation, and an exploration of 10 (many minutes)", Dimensions.StochasticSuite.Run),
        new("dimensions", "bifactor, adaptive and stochastic: many dimensions by every method (many minutes)", options => Array.ForEach<Action<BenchOptions>>(
            [Dimensions.BifactorSuite.Run, Dimensions.AdaptiveSuite.Run, Dimensions.StochasticSuite.Run], run => run(options))),
        new("recovery", "bias in three hard designs: booklets, anchors, partly known classes", Studies.RecoverySuite.Run),
        new("dif", "level and power of tests for differential item functioning; bias, coverage and drift in linking (minutes)", Differential.DifSuite.Run),
    ];

    /// <summary>The suites named; all but those that need a file or take minutes when none is.</summary>
    /// <exception cref="ArgumentException">A name is unknown.</exception>
    public static IReadOnlyList<Suite> Choose(BenchOptions options)
    {
        if (options.Suites.Count == 0)
            return [.. All.Where(suite => suite.Name != "dimensions" && (suite.Name != "timing" || options.DataPath is not null)).Where(suite => options.IsQuick || suite.Name is not ("mirt" or "mixed" or "mixtures" or "draws" or "posterior" or "ranks" or "dif" or "table1" or "stochastic" or "recovery" or "fit" or "cycles"))];
        return [.. options.Suites.Select(name => All.FirstOrDefault(suite => suite.Name == name)
            ?? throw new ArgumentException($"There is no suite '{name}'. The suites are:\n{List()}"))];
    }

    public static string List() => string.Join('\n', All.Select(suite => $"  {suite.Name,-12} {suite.Description}"));
}
