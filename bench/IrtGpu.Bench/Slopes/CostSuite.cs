using IrtGpu.Bench.Output;
using IrtGpu.Bench.Truth;
using IrtGpu.Bench.Whole;
using IrtGpu.Items;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Slopes;

/// <summary>How the time of an E-step and an M-step grows with the size of the problem.</summary>
internal static class CostSuite
{
    private const int Seed = 7;

    public static void Run(BenchOptions options)
    {
        ResultFile file = new("Growth of the cost of one cycle", options);
        file.Add($"2PL, one factor varied at a time around 10,000 persons × 40 items × 61 nodes; starting values; device {options.Device}, {options.Threads} threads. "
            + "The slope is that of log time on log size: 1 is proportional, below 1 means a fixed part."
            + (options.IsQuick ? " **Quick run: a tenth of the persons.**" : ""));
        int scale = options.IsQuick ? 10 : 1;
        Vary(file, options, "persons", [2_500, 5_000, 10_000, 20_000, 40_000], size => Create(size / scale, 40, 61, 1));
        Vary(file, options, "items", [10, 20, 40, 80, 160], size => Create(10_000 / scale, size, 61, 1));
        Vary(file, options, "nodes", [16, 32, 64, 128, 256], size => Create(10_000 / scale, 40, size, 1));
        Vary(file, options, "dimensions (12 nodes each)", options.IsQuick ? [1, 2] : [1, 2, 3], size => Create(10_000 / scale, 40, 12, size));
        file.Write(Path.Combine(options.DeviceFolder, "cost.md"));
    }

    private static Problem Create(int personCount, int itemCount, int nodes, int attributeCount)
    {
        TrueItem[] items = ItemDraws.Test(ItemFunction.TwoParameter, itemCount, 2, attributeCount);
        TrueModel truth = TrueModel.OfOneBlock(items, TruePopulation.Standard(attributeCount, attributeCount > 1 ? 0.5 : 0), personCount);
        return Problem.Create(truth.Draw(Seed), truth.Specification() with { Quadrature = new QuadratureSpecification(Nodes: nodes) });
    }

    private static void Vary(ResultFile file, BenchOptions options, string factor, int[] sizes, Func<int, Problem> create)
    {
        Console.Error.WriteLine($"  {factor}");
        MarkdownTable table = new(factor, "patterns", "E-step ms", "M-step ms", "pin/s");
        List<(double Size, double EStep, double MStep)> points = [];
        foreach (int size in options.IsQuick && options.IsTestDevice ? sizes[..2] : sizes)
        {
            Problem problem = create(size);
            Agreement.Check(problem, options.Device, options.Threads);
            double eStep = StepTimer.EStep(problem, options.Device, options.Threads, options.IsQuick ? 2 : 9);
            double mStep = StepTimer.MStep(problem, options.Device, options.Threads, options.IsQuick ? 2 : 9);
            points.Add((size, eStep, mStep));
            table.Add(
                FormattableString.Invariant($"{size}"), FormattableString.Invariant($"{problem.Patterns.PatternCount}"),
                MarkdownTable.Number(1000 * eStep), MarkdownTable.Number(1000 * mStep), MarkdownTable.Number(problem.Pins / eStep));
        }
        table.Add("slope", "", MarkdownTable.Number(Slope(points.Select(p => (p.Size, p.EStep))), "f2"), MarkdownTable.Number(Slope(points.Select(p => (p.Size, p.MStep))), "f2"), "");
        file.Add($"## {char.ToUpperInvariant(factor[0])}{factor[1..]}").Add(table);
    }

    private static double Slope(IEnumerable<(double Size, double Seconds)> points)
    {
        (double X, double Y)[] logs = [.. points.Select(point => (Math.Log(point.Size), Math.Log(point.Seconds)))];
        double meanX = logs.Average(point => point.X);
        double meanY = logs.Average(point => point.Y);
        return logs.Sum(point => (point.X - meanX) * (point.Y - meanY)) / logs.Sum(point => (point.X - meanX) * (point.X - meanX));
    }
}
