using System.Diagnostics;
using System.Globalization;
using IrtGpu.Bench.Output;
using IrtGpu.Bench.Whole;
using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Regression;
using IrtGpu.Regression.Estimation;
using IrtGpu.Regression.Mixed;

namespace IrtGpu.Bench.Mixed;

/// <summary>Mixed models: seconds by phase and evaluations, beside R's lme4 on the same table where it is installed; agreement before time.</summary>
internal static class MixedSuite
{
    private const double LargestExcess = 1e-4; // of the criterion over lme4's

    public static void Run(BenchOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("irtgpu-mixed-").FullName;
        try
        {
            RProgram? lme4 = RProgram.Find("lme4", folder, out string missing);
            ResultFile file = new("Mixed models", options);
            MarkdownTable phases = new("model", "threads", "−2 log-likelihood (ML)", "evaluations", "plan s", "estimate s", "an evaluation ms", "whole fit s");
            MarkdownTable peer = new("model", "criterion", "IrtGpu − lme4", "IrtGpu s", "lme4 s", "ratio", "evaluations", "lme4");
            foreach (MixedCase one in MixedCase.All(options.IsQuick, lme4, options.DataPath, folder).Where(one => options.Wants(one.Name)))
            {
                Console.Error.WriteLine($"  {one.Name}");
                foreach (int threads in options.ThreadCounts)
                    AddPhases(one, threads, options, phases);
                if (lme4 is not null && one.IsForPeer)
                    AddPeer(one, lme4, options, folder, peer);
            }
            file.Add("Plan: design matrices, standardization and cross-products from columns in memory. Estimate: from there to the minimum of the criterion. "
                + "Whole fit: both, then second derivatives, degrees of freedom, standard errors, predicted effects. Medians of up to 7 runs after a warm-up.");
            file.Add("## Phases").Add(phases);
            if (lme4 is null)
                file.Add($"Not beside lme4: {missing}");
            else
                file.Add($"## Beside lme4").Add($"{lme4.Description}; one thread each, the same table. IrtGpu: plan and estimate; lme4: the call of lmer with default control but without derivatives at the end. Both medians.").Add(peer);
            file.Write(Path.Combine(options.DeviceFolder, "mixed.md"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void AddPhases(MixedCase one, int threads, BenchOptions options, MarkdownTable table)
    {
        int repeats = options.IsQuick ? 1 : 7;
        (MixedSolution solution, double deviance) = (null!, 0);
        List<double> plan = [];
        List<double> estimate = [];
        StepTimer.Median(() => (solution, deviance) = Fit(one, Criterion.MaximumLikelihood, threads, plan, estimate), repeats, secondsAllowed: 60);
        double whole = StepTimer.Median(
            () => MixedModel.Fit(Formula.Parse(one.Formula), one.Columns, new RegressionOptions { Criterion = Criterion.MaximumLikelihood, Threads = threads }, new RegressionProgress(), default),
            options.IsQuick ? 1 : 3, secondsAllowed: 60);
        table.Add(
            one.Name, threads.ToString(CultureInfo.InvariantCulture), MarkdownTable.Number(deviance, "f6"), solution.Evaluations.ToString(CultureInfo.InvariantCulture),
            MarkdownTable.Number(StepTimer.Median(plan)), MarkdownTable.Number(StepTimer.Median(estimate)), MarkdownTable.Number(1000 * StepTimer.Median(estimate) / solution.Evaluations), MarkdownTable.Number(whole));
    }

    private static void AddPeer(MixedCase one, RProgram lme4, BenchOptions options, string folder, MarkdownTable table)
    {
        string path = Path.Combine(folder, "data.csv");
        one.Write(path);
        foreach (Criterion criterion in new[] { Criterion.MaximumLikelihood, Criterion.Restricted })
        {
            string name = criterion == Criterion.Restricted ? "REML" : "ML";
            string[] theirs = lme4.Run("fit", path, one.Formula, name, one.Columns.RowCount < 1000 ? "20" : "1", string.Join(',', one.Factors)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            double value = double.Parse(theirs[0], CultureInfo.InvariantCulture);
            double peerSeconds = double.Parse(theirs[1], CultureInfo.InvariantCulture);
            List<double> plan = [];
            List<double> estimate = [];
            (MixedSolution solution, double deviance) = (null!, 0);
            StepTimer.Median(() => (solution, deviance) = Fit(one, criterion, threads: 1, plan, estimate), options.IsQuick ? 1 : 7, secondsAllowed: 30);
            if (!(deviance <= value + LargestExcess))
                throw new InvalidOperationException(FormattableString.Invariant($"{one.Name}, {name}: the criterion {deviance:f6} is above lme4's {value:f6}."));
            double seconds = StepTimer.Median(plan) + StepTimer.Median(estimate);
            table.Add(
                one.Name, name, MarkdownTable.Number(deviance - value, "0.0e0"), MarkdownTable.Number(seconds), MarkdownTable.Number(peerSeconds), MarkdownTable.Number(peerSeconds / seconds),
                solution.Evaluations.ToString(CultureInfo.InvariantCulture), theirs.Length > 2 ? theirs[2].Trim() : "");
        }
    }

    private static (MixedSolution Solution, double Deviance) Fit(MixedCase one, Criterion criterion, int threads, List<double> plan, List<double> estimate)
    {
        bool isRestricted = criterion == Criterion.Restricted;
        Stopwatch clock = Stopwatch.StartNew();
        MixedProblem problem = MixedProblem.Build(ModelFrame.Build(Formula.Parse(one.Formula), one.Columns));
        double planned = clock.Elapsed.TotalSeconds;
        using ProfiledCriterion profiled = new(problem.Data, problem.Parameters, isRestricted, threads);
        MixedSolution solution = DirectEstimation.Run(profiled, StartingValues.Of(problem.Data, problem.Parameters), 1e-12, 200, problem.Describe, progress: null, default);
        plan.Add(planned);
        estimate.Add(clock.Elapsed.TotalSeconds - planned);
        return (solution, solution.Criterion + problem.Constant(isRestricted));
    }
}
