using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Fit.Branches;
using IrtGpu.Fit.Information;
using IrtGpu.Fit.Items;
using IrtGpu.Fit.Items.Imputation;
using IrtGpu.Fit.LimitedInformation;
using IrtGpu.Fit.LocalDependence;
using IrtGpu.Fit.Persons;
using IrtGpu.Foundation.Progress;
using IrtGpu.Inference;
using IrtGpu.Planning;
using IrtGpu.Scoring;

namespace IrtGpu.Fit;

/// <summary>Judges how a fitted model fits: one statistic after the other, each group by group.</summary>
/// <remarks>Nothing of persons × nodes is held; results do not depend on threads. An interruption keeps the statistics that were finished.</remarks>
public sealed class FitEvaluation
{
    private readonly FitSource source;
    private readonly FitOptions options;
    private readonly IProgress<WorkProgress>? progress;
    private readonly CancellationToken cancellation;
    private readonly int threads;
    private readonly int[][] members;
    private readonly List<string> notes = [];
    private PatternScores? scores;
    private StandardErrors? errors;
    private PointEstimates? weightedLikelihood;
    private double[]? plausibleValues; // [person, draw]
    private BranchedModel? model;

    private FitEvaluation(FitSource source, FitOptions options, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        this.source = source;
        this.options = options;
        this.progress = progress;
        this.cancellation = cancellation;
        threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        members = PatternsOfGroups.Of(source.Patterns, source.Point.Plan.GroupCount);
    }

    private ModelPoint Point => source.Point;

    private CalibrationPlan Plan => source.Point.Plan;

    /// <summary>The estimates by branches; null where <see cref="Branching.Refusal"/> says why there is none.</summary>
    private BranchedModel? Model => model ??= Branching.Refusal(Point) is null ? new BranchedModel(Branching.Of(Plan), Point) : null;

    private PatternTable Patterns => source.Patterns;

    /// <summary>Judges.</summary>
    /// <param name="source">Model and data.</param>
    /// <param name="options">Which statistics.</param>
    /// <param name="progress">Hears what is being computed.</param>
    /// <param name="cancellation">Ends the work; what was finished is kept.</param>
    public static FitReport Run(FitSource source, FitOptions options, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Cuts.Problem is { } problem)
            throw new ArgumentException(problem, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Draws, 2, nameof(options));
        return new FitEvaluation(source, options, progress, cancellation).Run();
    }

    private FitReport Run()
    {
        FitReport report = new() { Plan = Plan };
        try
        {
            if (Wants(FitStatistic.ModelFit))
                report = AddModelFit(report);
            if (Wants(FitStatistic.Deviations) || WantsItems)
                report = AddItems(report);
            if (Wants(FitStatistic.ResidualCorrelations) || Wants(FitStatistic.PairTables))
                report = report with { Pairs = Pairs() };
            if (Wants(FitStatistic.Persons))
                report = report with { Persons = Persons() };
            if (Wants(FitStatistic.SumScoreEap))
                report = report with { SumScores = SumScores() };
            if (options.Cuts.Values.Count > 0)
                report = report with { Classification = Classify() };
            if (Wants(FitStatistic.Information))
                report = report with { Information = Information() };
        }
        catch (OperationCanceledException)
        {
            report = report with { IsInterrupted = true };
        }
        return report with { Notes = [.. notes.Distinct()] };
    }

    private bool WantsItems => Wants(FitStatistic.SumScores) || Wants(FitStatistic.AbilityGroups) || Wants(FitStatistic.PlausibleValues) || Wants(FitStatistic.MeanSquares);

    private bool Wants(FitStatistic statistic) => options.Statistics.Contains(statistic);

    private FitReport AddModelFit(FitReport report)
    {
        report = report with { ModelFits = LimitedInformationTest.Run(Point, Model, Patterns, members, withCategories: false, threads, progress, cancellation) };
        return Plan.Items.Any(item => item.CategoryCount > 2)
            ? report with { CategoryFits = LimitedInformationTest.Run(Point, Model, Patterns, members, withCategories: true, threads, progress, cancellation) }
            : report;
    }

    private FitReport AddItems(FitReport report)
    {
        if (Model is null)
        {
            Refuses("Item fit", Branching.Refusal(Point));
            return report;
        }
        string? noNodes = GroupPopulation.Refusal(Point);
        bool hasSumScores = Wants(FitStatistic.SumScores) && !Refuses("S-X²", NoTest());
        bool hasAbilityGroups = Wants(FitStatistic.AbilityGroups) && !Refuses("X² and G² over groups of θ", NoTest() ?? NoPoint(oneAttribute: true));
        bool hasPlausibleValues = Wants(FitStatistic.PlausibleValues) && !Refuses("PV-Q1", NoTest() ?? NoPoint(oneAttribute: true) ?? noNodes ?? PlausibleValueFit.Refusal(Patterns));
        bool hasPoint = Wants(FitStatistic.MeanSquares) && !Refuses("Infit and outfit at estimates of θ", NoPoint(oneAttribute: false));
        bool hasPosterior = Wants(FitStatistic.MeanSquares);
        bool hasDeviations = Wants(FitStatistic.Deviations) && !Refuses("RMSD", noNodes);
        ScoreShareDerivatives? shares = hasSumScores ? ScoreShareDerivatives.TryCreate(Model, Errors) : null;
        List<ItemFit> items = [];
        List<ItemDeviation> deviations = [];
        for (int group = 0; group < members.Length; group++)
        {
            if (members[group].Length == 0)
                continue;
            Report("item fit", group);
            BranchedPopulation branched = Model.Population(group);
            GroupPopulation? population = noNodes is null ? branched.Branches[0].Population : null;
            ItemTest?[]? sumScores = hasSumScores ? SumScoreFit.Of(branched, Patterns, members[group], shares, threads, cancellation) : null;
            (ItemTest X2, ItemTest G2)?[]? abilities = hasAbilityGroups
                ? AbilityGroupFit.Of(Point, group, Patterns, members[group], Scores.Mean, threads, cancellation) : null;
            ItemTest?[]? plausible = hasPlausibleValues
                ? PlausibleValueFit.Of(Point, population!, Patterns, PlausibleValues, options.Draws, Errors, threads, cancellation) : null;
            GroupCounts? counts = population is not null && (hasPosterior || hasDeviations) ? GroupCounts.Of(population, Patterns, members[group], threads, cancellation) : null;
            MeanSquares[]? eliminated = population is null && hasPosterior ? EliminatedMeanSquares.Of(Point, group, Patterns, members[group], threads) : null;
            MeanSquares[]? atEap = hasPoint ? AtPoint(group, Eap) : null;
            MeanSquares[]? atWle = hasPoint && Plan.AttributeCount == 1 ? AtPoint(group, Wle) : null;
            foreach (int item in branched.Items)
            {
                items.Add(new ItemFit(group, item)
                {
                    SumScores = sumScores?[item],
                    X2 = abilities?[item]?.X2,
                    G2 = abilities?[item]?.G2,
                    PlausibleValues = plausible?[item],
                    OverPosterior = eliminated?[item] ?? (hasPosterior ? MeanSquares.OverPosterior(population!, counts!, item) : null),
                    AtEap = atEap?[item],
                    AtWle = atWle?[item],
                });
                if (hasDeviations)
                    deviations.Add(new ItemDeviation(group, item, RootMeanSquareDeviation.Of(population!, counts!, item)));
            }
        }
        if (items.Exists(item => item.SumScores is { Reason: null } test && double.IsNaN(test.CorrectedP)))
        {
            notes.Add(Errors.Covariance is null
                ? $"The corrected p of S-X² needs the covariance matrix of the estimates, and there is none: {Errors.Reason}"
                : "The corrected p of S-X² was left out where it would take too long: many parameters by many scores, or more than 20 sets of answered items. With so many scores an item's parameters matter little.");
        }
        if (items.Exists(item => item.PlausibleValues is { Reason: null } test && double.IsNaN(test.CorrectedP)))
        {
            notes.Add(Errors.Covariance is null
                ? $"The corrected p of PV-Q1 needs the covariance matrix of the estimates, and there is none: {Errors.Reason}"
                : "The corrected p of PV-Q1 was left out, as estimates without a limit have no variance or as it would take too long: many persons, categories and parameters. pv_q1_p is too large.");
        }
        return report with { Items = WantsItems ? items : null, Deviations = hasDeviations ? deviations : null };
    }

    private MeanSquares[] AtPoint(int group, PointEstimates estimates) =>
        PointResiduals.Of(Point, group, Patterns, members[group], estimates, null, withPairs: false, threads, cancellation).Items;

    private List<PairTest>? Pairs()
    {
        bool hasTables = Wants(FitStatistic.PairTables) && !Refuses("LD-X²", (Model is null ? Branching.Refusal(Point) : null) ?? NoTest());
        bool hasResiduals = Wants(FitStatistic.ResidualCorrelations) && !Refuses("Q3", NoPoint(oneAttribute: false));
        if (!hasTables && !hasResiduals)
            return null;
        if (hasTables && Errors.Covariance is null)
            notes.Add($"The corrected p of LD-X² needs the covariance matrix of the estimates, and there is none: {Errors.Reason}");
        List<PairTest> pairs = [];
        for (int group = 0; group < members.Length; group++)
        {
            if (members[group].Length == 0)
                continue;
            Report("pairs of items", group);
            pairs.AddRange(PairsOf(group, hasTables, hasResiduals));
        }
        return [.. pairs
            .OrderByDescending(pair => double.IsNaN(pair.AdjustedQ3) ? 0 : Math.Abs(pair.AdjustedQ3))
            .ThenByDescending(pair => double.IsNaN(pair.Standardized) ? double.NegativeInfinity : Math.Abs(pair.Standardized))
            .ThenBy(pair => pair.Group).ThenBy(pair => pair.First).ThenBy(pair => pair.Second)];
    }

    private IEnumerable<PairTest> PairsOf(int group, bool hasTables, bool hasResiduals)
    {
        int[] setOfItem = Plan.Tables[Plan.Blocks[group * Plan.ClassCount].Table].SetOfItem;
        int[] items = [.. Enumerable.Range(0, Plan.ItemCount).Where(item => setOfItem[item] >= 0)];
        IReadOnlyList<PairTest> pairs = hasTables
            ? PairTables.Of(Model!.Population(group), PairCounts.Of(Plan, Patterns, members[group], threads, cancellation), Errors, threads, cancellation)
            : [.. items.SelectMany(later => items.Where(earlier => earlier < later).Select(earlier => new PairTest(group, earlier, later)))];
        if (!hasResiduals)
            return pairs;
        ResidualProducts atEap = ProductsAt(group, Eap);
        ResidualProducts? atWle = Plan.AttributeCount == 1 ? ProductsAt(group, Wle) : null;
        double[] correlations = [.. pairs.Select(pair => atEap.Correlation(pair.Second, pair.First, items.Length))];
        double mean = correlations.Where(value => !double.IsNaN(value)).DefaultIfEmpty(0).Average();
        return pairs.Select((pair, position) => pair with
        {
            Q3 = correlations[position],
            AdjustedQ3 = correlations[position] - mean,
            Q3AtWle = atWle?.Correlation(pair.Second, pair.First, items.Length) ?? double.NaN,
        });
    }

    private ResidualProducts ProductsAt(int group, PointEstimates estimates) =>
        PointResiduals.Of(Point, group, Patterns, members[group], estimates, null, withPairs: true, threads, cancellation).Pairs!;

    private PersonFit? Persons()
    {
        if (Refuses("Person fit", NoPoint(oneAttribute: false)))
            return null;
        string name = options.PersonEstimator.Length > 0 ? options.PersonEstimator : Plan.AttributeCount == 1 ? "wle" : "eap";
        PointEstimates estimates = name switch
        {
            "eap" => Eap,
            "wle" => Wle,
            "ml" => Estimate("ml", PointEstimator.MaximumLikelihood),
            "map" => Estimate("map", PointEstimator.PosteriorMode),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Unknown estimator of persons."),
        };
        int count = Patterns.PatternCount;
        double[] none = new double[count];
        Array.Fill(none, double.NaN);
        MeanSquares[] meanSquares = new MeanSquares[count];
        Array.Fill(meanSquares, MeanSquares.None);
        PersonFit persons = new(
            name, Patterns.Frequency, Plan.AttributeCount, estimates.Theta, none, [.. none], meanSquares,
            [.. Enumerable.Range(0, count).Select(pattern => NoteOf(estimates, pattern))]);
        for (int group = 0; group < members.Length; group++)
        {
            Report("persons", group);
            PointResiduals.Of(Point, group, Patterns, members[group], estimates, persons, withPairs: false, threads, cancellation);
        }
        return persons;
    }

    private string NoteOf(PointEstimates estimates, int pattern) =>
        !Patterns.Row(pattern).ContainsAnyExcept(ResponseData.Missing) ? "no answers" : estimates.Notes?[pattern] ?? "";

    private List<SumScoreEap>? SumScores()
    {
        if (Model is null)
        {
            Refuses("The table of sum scores", Branching.Refusal(Point));
            return null;
        }
        List<SumScoreEap> tables = [];
        for (int group = 0; group < members.Length; group++)
        {
            cancellation.ThrowIfCancellationRequested();
            Report("sum scores", group);
            tables.Add(SumScoreEap.Of(Model.Population(group), Patterns, members[group]));
        }
        return tables;
    }

    private List<ClassificationAgreement>? Classify()
    {
        if (Refuses("Classification", GroupPopulation.Refusal(Point) ?? NoPoint(oneAttribute: true)))
            return null;
        List<ClassificationAgreement> rows = [];
        for (int group = 0; group < members.Length; group++)
        {
            Report("classification", group);
            rows.AddRange(Classification.Of(Point, group, options.Cuts, out string reason));
            if (reason.Length > 0)
                notes.Add(members.Length > 1 ? $"Group {Plan.Shape.GroupNames[group]}: {reason}" : reason);
        }
        return rows;
    }

    private List<InformationCurves>? Information()
    {
        List<InformationCurves> curves = [];
        for (int block = 0; block < Plan.Blocks.Count; block++)
        {
            cancellation.ThrowIfCancellationRequested();
            curves.Add(InformationCurves.Of(Point, Plan.Blocks[block]));
        }
        return curves;
    }

    private PatternScores Scores => scores ??= Timed("posterior means", source.Scores);

    private StandardErrors Errors => errors ??= Timed("covariance of the estimates", source.Errors);

    private double[] PlausibleValues => plausibleValues ??= Timed(
        "plausible values", () => Scoring.PlausibleValues.Draw(Point, Patterns, Scores, options.Seed, options.Draws, threads, cancellation));

    private PointEstimates Eap => new("eap", Scores.Mean, null);

    private PointEstimates Wle => weightedLikelihood ??= Estimate("wle", PointEstimator.WeightedLikelihood);

    private PointEstimates Estimate(string name, PointEstimator estimator) => Timed($"estimates of θ ({name})", () =>
    {
        PersonEstimates estimates = PersonEstimators.Estimate(Point, Patterns, Scores, estimator, threads, cancellation);
        return new PointEstimates(name, estimates.Theta, estimates.Notes);
    });

    private T Timed<T>(string what, Func<T> compute)
    {
        progress?.Report(new WorkProgress(what));
        cancellation.ThrowIfCancellationRequested();
        return compute();
    }

    private void Report(string what, int group)
    {
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(members.Length > 1 ? new WorkProgress(what, group, members.Length, "groups") : new WorkProgress(what));
    }

    /// <summary>Notes why something is not computed.</summary>
    private bool Refuses(string what, string? reason)
    {
        if (reason is not null)
            notes.Add($"{what}: {reason}");
        return reason is not null;
    }

    private string? NoTest() =>
        Patterns.AreSamplingWeights ? "With sampling weights the statistic has no χ² distribution."
        : Array.Exists(Patterns.KnownClasses, known => known >= 0) ? "It is not defined where the classes of some persons are known."
        : null;

    private string? NoPoint(bool oneAttribute) =>
        Plan.ClassCount > 1 ? "It is not defined with latent classes, as an estimate of θ over classes has no curves of its own."
        : oneAttribute && Plan.AttributeCount > 1 ? "It needs one attribute by which persons are in order."
        : null;
}
