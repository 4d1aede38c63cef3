using IrtGpu.Bench.Limits;
using IrtGpu.Bench.Output;
using IrtGpu.Bench.Truth;
using IrtGpu.Bench.Whole;
using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Compute.Reference;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Items;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Ratios;

/// <summary>How many times faster one way is than another on the same data in the same run.</summary>
internal static class RatiosSuite
{
    private const int Seed = 11;
    private const int Rounds = 7;

    public static void Run(BenchOptions options)
    {
        ResultFile file = new("Ratios", options);
        int share = options.IsQuick ? 20 : 1;
        TrueItem[] dichotomous = ItemDraws.Test(ItemFunction.TwoParameter, 50);
        TrueItem[] fiveCategories = ItemDraws.Test(ItemFunction.GeneralizedPartialCredit, 40, 5);
        TrueItem[] withGuessing = ItemDraws.Test(ItemFunction.ThreeParameter, 50);
        (string Name, Problem Problem)[] problems =
        [
            ("2PL, 10,000 × 50", Create(dichotomous, 10_000 / share)),
            ("GPCM, 5 categories, 10,000 × 40", Create(fiveCategories, 10_000 / share)),
            ("3PL, 10,000 × 50", Create(withGuessing, 10_000 / share)),
        ];
        LimitTable limits = new(options.IsQuick);
        file.Add(FormattableString.Invariant($"61 nodes, starting values, {(options.IsQuick ? 1 : Rounds)} rounds in which each side has its turn (at least 50 ms); medians of the rounds' ratios and their range. ")
            + "Expected counts were compared with the reference's before timing."
            + (options.IsQuick ? " **Quick run: a twentieth of the persons, one round; the figures mean nothing.**" : ""));
        AgainstReference(file, problems, limits, options);
        Threads(file, [problems[0], problems[2]], options);
        ShareOfMStep(file, problems, options);
        file.Write(Path.Combine(options.DeviceFolder, "ratios.md"));
    }

    private static Problem Create(TrueItem[] items, int personCount)
    {
        TrueModel truth = TrueModel.OfOneBlock(items, TruePopulation.Standard(1), personCount);
        return Problem.Create(truth.Draw(Seed), truth.Specification() with { Quadrature = new QuadratureSpecification(Nodes: 61) });
    }

    private static double[][] Time(BenchOptions options, params Action[] actions) =>
        InterleavedTimer.Time(options.IsQuick ? 1 : Rounds, options.IsQuick ? 0.001 : 0.05, actions);

    private static IComputeBackend Open(Problem problem, int threads, EStepForm form)
    {
        Agreement.Check(problem, "cpu", threads, form);
        return BackendCatalog.Create(StepTimer.Compute("cpu", threads, form), problem.Plan, problem.Patterns);
    }

    private static void AgainstReference(ResultFile file, (string Name, Problem Problem)[] problems, LimitTable limits, BenchOptions options)
    {
        (string Name, Problem Problem, EStepForm Form, string Goal)[] rows =
        [
            (problems[0].Name, problems[0].Problem, EStepForm.Tables, "≥ 25"),
            (problems[1].Name, problems[1].Problem, EStepForm.Tables, "≥ 12"),
            (problems[2].Name, problems[2].Problem, EStepForm.Tables, "≥ 25"),
            (problems[0].Name, problems[0].Problem, EStepForm.WeightedScore, "≥ 100"),
            (problems[1].Name, problems[1].Problem, EStepForm.WeightedScore, "≥ 100"),
        ];
        MarkdownTable table = new("E-step, one thread", "form", "reference, pin/s", "cpu, pin/s", "of the limit", "ratio", "range", "goal");
        foreach ((string name, Problem problem, EStepForm form, string goal) in rows.Where(row => options.Wants(row.Name)))
        {
            using IComputeBackend backend = Open(problem, 1, form);
            using ReferenceBackend reference = new(problem.Plan, problem.Patterns);
            double[][] seconds = Time(options, () => reference.ComputeExpectation(problem.Point).Dispose(), () => backend.ComputeExpectation(problem.Point).Dispose());
            double rate = problem.Pins / StepTimer.Median(seconds[1]);
            table.Add(
                [name, form == EStepForm.Tables ? "tables" : "weighted score", MarkdownTable.Number(problem.Pins / StepTimer.Median(seconds[0])), MarkdownTable.Number(rate),
                    MarkdownTable.Number(rate / limits.PinsPerSecond("cpu", 1)), .. Ratio(seconds[0], seconds[1]), goal]);
        }
        file.Add("## Against the plain loops").Add(table);
    }

    private static void Threads(ResultFile file, (string Name, Problem Problem)[] problems, BenchOptions options)
    {
        if (options.Threads == 1)
            return;
        (string Name, Problem Problem, EStepForm Form)[] rows =
        [
            (problems[0].Name, problems[0].Problem, EStepForm.Tables),
            (problems[1].Name, problems[1].Problem, EStepForm.Tables),
            ("2PL, 100,000 × 50", Create(ItemDraws.Test(ItemFunction.TwoParameter, 50), options.IsQuick ? 5000 : 100_000), EStepForm.WeightedScore),
        ];
        MarkdownTable table = new(
            "E-step", "form", "1 thread, ms", FormattableString.Invariant($"{options.Threads} threads, ms"), "ratio", "range",
            "ratio of copies", "range", "ratio over that of copies", "goal");
        foreach ((string name, Problem problem, EStepForm form) in rows.Where(row => options.Wants(row.Name)))
        {
            IComputeBackend[] copies = [.. Enumerable.Range(0, options.Threads).Select(_ => Open(problem, 1, form))];
            using IComputeBackend all = Open(problem, options.Threads, form);
            double[][] seconds = Time(
                options, () => copies[0].ComputeExpectation(problem.Point).Dispose(), () => all.ComputeExpectation(problem.Point).Dispose(),
                () => Parallel.ForEach(copies, copy => copy.ComputeExpectation(problem.Point).Dispose()));
            double[] perCopy = [.. seconds[2].Select(value => value / copies.Length)];
            table.Add(
                [name, form == EStepForm.Tables ? "tables" : "weighted score", .. seconds[..2].Select(Milliseconds), .. Ratio(seconds[0], seconds[1]), .. Ratio(seconds[0], perCopy),
                    Ratio(perCopy, seconds[1])[0], options.Threads == 2 ? "≥ 1.8" : "–"]);
            foreach (IComputeBackend copy in copies)
                copy.Dispose();
        }
        file.Add("## Threads").Add("Copies: as many E-steps on one thread each, side by side; what their rate is to that of one alone is what the machine had to give just then.");
        file.Add(table);
    }

    private static void ShareOfMStep(ResultFile file, (string Name, Problem Problem)[] problems, BenchOptions options)
    {
        MarkdownTable table = new(FormattableString.Invariant($"cycle, {options.Threads} threads"), "E-step ms", "M-step ms", "share of the M-step", "range");
        foreach ((string name, Problem problem) in problems.Where(row => options.Wants(row.Name)))
        {
            using IComputeBackend backend = Open(problem, options.Threads, EStepForm.Auto);
            using Expectation expectation = backend.ComputeExpectation(problem.Point);
            MStep mStep = new(problem.Plan, iterations: 1, options.Threads);
            double[][] seconds = Time(options, () => backend.ComputeExpectation(problem.Point).Dispose(), () => mStep.Maximize(problem.Point, expectation));
            double[] cycle = [.. seconds[0].Zip(seconds[1], (eStep, mStepSeconds) => eStep + mStepSeconds)];
            table.Add([name, .. seconds.Select(Milliseconds), .. Ratio(seconds[1], cycle)]);
        }
        file.Add("## Share of the M-step in a cycle, E-steps in the form that is chosen by itself").Add(table);
    }

    private static string Milliseconds(double[] seconds) => MarkdownTable.Number(1000 * StepTimer.Median(seconds));

    private static string[] Ratio(double[] numerator, double[] denominator)
    {
        (double median, double smallest, double largest) = InterleavedTimer.Ratio(numerator, denominator);
        return [MarkdownTable.Number(median), $"{MarkdownTable.Number(smallest)} – {MarkdownTable.Number(largest)}"];
    }
}
