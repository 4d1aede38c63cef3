using IrtGpu.Bench.Output;
using IrtGpu.Bench.Truth;
using IrtGpu.Data;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Studies;

/// <summary>The simulation study of Fu (2019, ETS RR-19-35, Table 1), run with this program.</summary>
internal static class Table1Suite
{
    private const int PublishedReplications = 30;
    private const int TestSeed = 2019; // the year of the report
    private const double SameMaximum = 0.1; // of the log-likelihood; the stop rule of the study leaves some hundredths

    private const string Introduction = """
        The nine models of Fu (2019, *Maximum marginal likelihood estimation with an EM algorithm for multigroup/mixture multidimensional IRT models*,
        ETS RR-19-35, Table 1) with the report's settings: 10 items (two categories; three for GPCM), 3,000 persons, half in each of two groups or classes;
        slopes lognormal with mean 1 and variance .04, intercepts standard normal; populations N(0, 1), correlation .7, the second group's mean 1, SD 1,
        correlation .5; 40 nodes in one dimension, 30 × 30 in two; one Newton iteration a cycle; stop at changes below .001.

        Left open by the report and chosen here, once: whether the true parameters are those of one test a model ("the RMSE of parameter estimates across
        the 30 data sets") or drawn anew for every data set ("a simulated data set included …"); both designs are run, a table each. In two dimensions items 1–3 measure the first
        attribute, 4–6 the second, 7–10 both. In the multigroup models item 10 is the free one, with parameters of its own in the second group.
        Nodes are equally spaced on [−6, 6]. 1PL: slopes fixed at 1, population N(0, 1). Mixtures: 1,500 persons in each class, class proportions free, means
        0 and 1 and SDs 1 fixed, correlations free; started at random (the program's default of ten starts), classes matched to the true ones afterwards.
        The report does not say where its mixtures started, nor whether the class proportions were among the "parameters of the prior distribution" that it
        fixed; so every mixture has a second row in which the proportions are fixed at one half and the fit starts at the true item parameters.
        The stop rule covers every free parameter, not only the items'; cycles are accelerated (the program's default), which the report's were not.

        A category that hardly anyone in a class shows has an intercept that runs off to −∞ (there is no prior): one such intercept can make up most of a
        mixture's RMSE, and its standard error then says so.

        Each cell: the report's RMSE, then ours ± its Monte-Carlo standard error (between data sets, tests included), then in parentheses, with one test a model,
        what the information in the data allows: the root mean square of the fits' own (Oakes) standard errors, which no unbiased estimator undercuts. The report's own figure has an error of at
        least that size, since it is from 30 data sets too.
        """;

    private static readonly RecoveredKind[][] Columns =
        [[RecoveredKind.Discrimination], [RecoveredKind.Intercept], [RecoveredKind.Mean], [RecoveredKind.Sd, RecoveredKind.Correlation]];

    public static void Run(BenchOptions options)
    {
        int replications = options.Replications > 0 ? options.Replications : options.IsQuick ? 2 : PublishedReplications;
        ResultFile file = new("Parameter recovery: the simulation study of Fu (2019)", options);
        file.Add(Introduction).Add(FormattableString.Invariant($"{replications} data sets a model, seeds 1000, 2000, …; {options.Threads} fits at a time, one thread each (the times are so measured)."));
        AddDesign(file, FormattableString.Invariant($"## One test a model (drawn with seed {TestSeed})"), options, replications, hasErrors: true, _ => TestSeed);
        AddDesign(file, "## A new test for every data set", options, replications, hasErrors: false, replication => 1000 * (replication + 1));
        file.Write("table1.md");
    }

    private static void AddDesign(ResultFile file, string heading, BenchOptions options, int replications, bool hasErrors, Func<int, int> testSeed)
    {
        MarkdownTable errors = new("model", "discrimination", "intercept", "mean", "SD / correlation");
        MarkdownTable runs = new("model", "converged", "median E-steps, all starts", "median seconds a fit", "best start as good as the start at the truth", "largest gain of the start at the truth");
        foreach (Table1Model model in options.IsQuick ? Table1Model.All.Where(model => model.AttributeCount == 1) : Table1Model.All)
        {
            Console.Error.WriteLine($"  {model.Name}");
            Replication[] all = MonteCarlo.Replicate(replications, options.Threads, replication => Replicate(model, testSeed(replication), 1000 * (replication + 1), hasErrors));
            errors.Add([model.Name, .. Columns.Select((kinds, column) => Cell(model.Published[column], all.Select(one => one.Parameters), kinds))]);
            if (model.HasClasses)
                errors.Add([$"{model.Name}, proportions fixed", .. Columns.Select((kinds, column) => Cell(model.Published[column], all.Select(one => one.WithFixedProportions), kinds))]);
            runs.Add(
                model.Name, FormattableString.Invariant($"{all.Count(one => one.IsConverged)} of {replications}"),
                MarkdownTable.Number(Whole.StepTimer.Median(all.Select(one => (double)one.ESteps)), "f0"),
                MarkdownTable.Number(Whole.StepTimer.Median(all.Select(one => one.Seconds))),
                model.HasClasses ? FormattableString.Invariant($"{all.Count(one => one.GainOfTruth < SameMaximum)} of {replications}") : "–",
                model.HasClasses ? MarkdownTable.Number(all.Max(one => one.GainOfTruth), "f3") : "–");
        }
        file.Add(heading).Add(errors)
            .Add("How the fits went. For mixtures every data set was also fitted from the true item parameters: the gain is that fit's log-likelihood minus that of the best random start (above 0: the random starts missed the better maximum).")
            .Add(runs);
    }

    private static string Cell(double published, IEnumerable<List<RecoveredParameter>> all, RecoveredKind[] kinds)
    {
        if (double.IsNaN(published))
            return "–";
        (double, double) ours = MonteCarlo.RootMean([.. all.Select(parameters => MonteCarlo.MeanSquare(parameters, kinds))]);
        double[] variances = [.. all.SelectMany(parameters => parameters).Where(parameter => kinds.Contains(parameter.Kind)).Select(parameter => parameter.Variance)];
        string attainable = variances.All(double.IsFinite) ? $" ({MarkdownTable.Number(Math.Sqrt(variances.Average()), "f3")})" : "";
        return $"{MarkdownTable.Number(published, "f3")} / {MonteCarlo.Cell(ours)}{attainable}";
    }

    private static Replication Replicate(Table1Model model, int testSeed, int seed, bool hasErrors)
    {
        TrueModel truth = model.Truth(testSeed);
        ResponseData data = truth.Draw(seed + 1);
        ModelSpecification specification = model.Specification(truth);
        CalibrationOptions options = new()
        {
            Tolerance = 1e-3,
            MaxCycles = 2000,
            Seed = seed,
            Threads = 1,
            StandardErrors = hasErrors ? StandardErrorMethod.Oakes : StandardErrorMethod.None,
            Scores = ScoreMethod.None,
        };
        CalibrationResult result = Calibration.Run(data, specification, options);
        double seconds = result.Seconds.Estimate;
        Replication replication = new(Recovery.Match(result, truth), [], result.Termination.IsConverged, result.EStepCount, seconds, double.NaN);
        if (!model.HasClasses)
            return replication;
        ModelSpecification fromTruth = TrueStart.Add(specification, truth);
        options = options with { StandardErrors = StandardErrorMethod.None };
        CalibrationResult free = Calibration.Run(data, fromTruth, options with { Starts = 1 });
        CalibrationResult held = Calibration.Run(
            data, fromTruth with { Population = [.. fromTruth.Population, new PopulationConstraint("proportion", ConstraintKind.Fixed, 0.5)] }, options with { Starts = 1 });
        return replication with { WithFixedProportions = Recovery.Match(held, truth), GainOfTruth = free.LogLikelihood - result.LogLikelihood };
    }

    private sealed record Replication(
        List<RecoveredParameter> Parameters, List<RecoveredParameter> WithFixedProportions, bool IsConverged, int ESteps, double Seconds, double GainOfTruth);
}
