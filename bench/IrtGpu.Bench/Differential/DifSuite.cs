using IrtGpu.Bench.Output;
using IrtGpu.Bench.Studies;
using IrtGpu.Bench.Truth;
using IrtGpu.Differential;
using IrtGpu.Differential.Results;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Differential;

/// <summary>Level and power of tests for differential item functioning and for drift of anchors.</summary>
internal static class DifSuite
{
    private const int DefaultReplications = 1000;

    public static void Run(BenchOptions options)
    {
        int replications = options.Replications > 0 ? options.Replications : options.IsQuick ? 20 : DefaultReplications;
        ResultFile file = new("Level and power of tests for differential item functioning, and drift of anchors", options);
        file.Add(FormattableString.Invariant($"{replications} data sets a design with seeds 1, 2, …; one item is tested in each, with all others as anchors. Rejected: share of p below .05. ")
            + "KS: p-value of Kolmogorov and Smirnov for uniform p. Under the model the share is to lie in .035 to .065, and KS above .01.");
        foreach (DifDesign design in Designs().Where(design => options.Wants(design.Name)))
        {
            Console.Error.WriteLine($"  {design.Name}");
            file.Add($"## {design.Name}").Add(design.Description).Add(Table(design, replications, options.Threads));
        }
        if (options.Wants("linking"))
        {
            Console.Error.WriteLine("  linking");
            foreach (double drift in (double[])[0, 0.4])
                file.Add(FormattableString.Invariant($"## linking, drift {drift}")).Add(LinkStudy.Describe(drift)).Add(LinkStudy.Table(drift, Math.Max(1, replications / 2), options.Threads));
        }
        file.Write("dif.md");
    }

    private static IEnumerable<DifDesign> Designs() =>
    [
        new("level, rasch", ItemFunction.Rasch, 0, 12, 500, 0, true),
        new("level, 2pl with impact", ItemFunction.TwoParameter, -0.5, 12, 500, 0, false),
        new("level, grm", ItemFunction.Graded, 0, 10, 500, 0, true),
        new("power, rasch .4", ItemFunction.Rasch, 0, 12, 500, 0.4, true),
        new("power, 2pl with impact .4", ItemFunction.TwoParameter, -0.5, 12, 500, 0.4, false),
        new("power, grm .4", ItemFunction.Graded, 0, 10, 500, 0.4, true),
    ];

    private static MarkdownTable Table(DifDesign design, int replications, int threads)
    {
        TrueModel truth = design.Truth();
        ModelSpecification specification = new() { Functions = [new("*", design.Function)] };
        DifOptions dif = new() { Tested = truth.ItemNames[DifDesign.Studied], HasSumScores = design.HasSumScores };
        ItemDif[][] all = MonteCarlo.Replicate(replications, threads, replication =>
        {
            DifResult result = DifScan.Run(truth.Draw(replication + 1), specification, dif, new CalibrationOptions { Threads = 1 });
            return (ItemDif[])[.. result.Tests, .. result.SumScoreTests];
        });
        MarkdownTable table = new("test", "tested", "rejected", "±", "KS distance", "KS p", "mean effect");
        foreach (IGrouping<string, ItemDif> method in all.SelectMany(tests => tests).GroupBy(test => test.Method))
        {
            ItemDif[] tested = [.. method.Where(test => test.P is not null)];
            Uniformity found = Uniformity.Of(tested.Select(test => test.P!.Value));
            table.Add(
                method.Key, MarkdownTable.Number(found.Count, "f0"), MarkdownTable.Number(found.Rejected, "f3"),
                MarkdownTable.Number(Math.Sqrt(found.Rejected * (1 - found.Rejected) / found.Count), "f3"), MarkdownTable.Number(found.Distance, "f3"), MarkdownTable.Number(found.P, "f3"),
                MarkdownTable.Number(tested.Average(test => test.EffectSigned ?? double.NaN), "f3"));
        }
        return table;
    }
}
