using IrtGpu.Bench.Output;
using IrtGpu.Bench.Studies;
using IrtGpu.Foundation.Sampling.Nuts;

namespace IrtGpu.Bench.Posterior;

/// <summary>Coverage, class recovery and convergence of draws over many data sets.</summary>
internal static class PosteriorSuite
{
    private const int DefaultReplications = 200;

    public static void Run(BenchOptions options)
    {
        int replications = options.Replications > 0 ? options.Replications : options.IsQuick ? 2 : DefaultReplications;
        ResultFile file = new("Draws from the posterior: coverage, classes, agreement of chains", options);
        SamplerOptions sampler = new() { Threads = 1 };
        file.Add(FormattableString.Invariant($"{replications} data sets of {MixtureStudy.Rows} rows a study and design; fits with the wider priors of the study; 4 chains of 1000 draws after 1000; {options.Threads} data sets at a time. ")
            + "Coverage: share of 95 % intervals that hold the true value. Right: share of rows in their true class, by mean probabilities of the draws and by Bayes' rule with the true parameters. "
            + "Parameters are those printed for the tutorial's own data set, or drawn anew for each data set from the priors of the simulation; these often leave one class with hardly a row, where the posterior has several modes and no sampler has one answer.");
        foreach (MixtureStudy study in MixtureStudy.All.Where(study => options.Wants(study.Name)))
        {
            file.Add($"## Mixture of {study.Name}").Add($"`{study.Formula}`, priors of the fit: {string.Join(", ", study.Priors.Select(prior => $"`{prior}`"))}.");
            foreach (bool isPrinted in new[] { true, false })
            {
                Console.Error.WriteLine($"  {study.Name}, parameters {(isPrinted ? "printed" : "drawn")}");
                StudyRun[] runs = MonteCarlo.Replicate(replications, options.Threads, replication => StudyRun.Of(study, replication, isPrinted, sampler));
                file.Add(isPrinted ? "### Parameters as printed" : "### Parameters drawn from the priors");
                Report(file, study, runs);
                file.Write("posterior.md"); // as far as it is: the studies take long
            }
        }
    }

    private static void Report(ResultFile file, MixtureStudy study, StudyRun[] runs)
    {
        string[] names = [.. study.Printed.Named().Select(parameter => parameter.Name)];
        MarkdownTable table = new("parameter", "coverage", "mean error", "RMSE");
        for (int index = 0; index < names.Length; index++)
        {
            (double mean, double error) = MonteCarlo.Mean([.. runs.Select(run => run.Errors[index])]);
            table.Add($"`{names[index]}`", MarkdownTable.Number(runs.Average(run => run.Covered[index] ? 1.0 : 0), "f3"),
                $"{MarkdownTable.Number(mean, "f3")} ± {MarkdownTable.Number(error, "f3")}", MarkdownTable.Number(Math.Sqrt(runs.Average(run => run.Errors[index] * run.Errors[index])), "f3"));
        }
        file.Add(table);
        StudyRun[] full = [.. runs.Where(run => run.SmallestClass >= 15)];
        file.Add(FormattableString.Invariant($"Coverage of all parameters {runs.Average(run => run.Covered.Average(own => own ? 1.0 : 0)):f3}. ")
            + FormattableString.Invariant($"Right {runs.Average(run => run.Right):f4}, by the true parameters {runs.Average(run => run.RightByTruth):f4}. ")
            + FormattableString.Invariant($"R-hat above 1.01 in {runs.Count(run => run.LargestRHat > 1.01)} of {runs.Length} runs; with at least 15 rows in each class in {full.Count(run => run.LargestRHat > 1.01)} of {full.Length}, coverage there {full.Average(run => run.Covered.Average(own => own ? 1.0 : 0)):f3}. ")
            + FormattableString.Invariant($"Runs with divergences {runs.Count(run => run.Divergences > 0)}. ")
            + FormattableString.Invariant($"Median {Whole.StepTimer.Median(runs.Select(run => run.Seconds)):f2} s a data set on one thread."));
    }
}
