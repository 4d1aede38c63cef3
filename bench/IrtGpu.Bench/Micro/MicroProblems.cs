using IrtGpu.Bench.Truth;
using IrtGpu.Bench.Whole;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Micro;

/// <summary>Problems of the micro-benchmarks by name; sizes follow the environment, since BenchmarkDotNet makes the classes itself.</summary>
internal static class MicroProblems
{
    public const string QuickVariable = "IRTGPU_BENCH_QUICK";

    public static bool IsQuick => Environment.GetEnvironmentVariable(QuickVariable) == "1";

    public static IEnumerable<string> Names => ["2pl", "3pl", "gpcm", "grm", "2pl-2d", "mixture"];

    public static int[] ThreadCounts => Environment.ProcessorCount == 1 ? [1] : [1, Environment.ProcessorCount];

    public static TrueModel Truth(string name)
    {
        int persons = IsQuick ? 500 : 5_000;
        TrueItem[] Items(ItemFunction function, int categories = 2, int attributes = 1, int seed = 1) => ItemDraws.Test(function, 40, categories, attributes, seed);
        TruePopulation standard = TruePopulation.Standard(1);
        return name switch
        {
            "2pl" => TrueModel.OfOneBlock(Items(ItemFunction.TwoParameter), standard, persons),
            "3pl" => TrueModel.OfOneBlock(Items(ItemFunction.ThreeParameter), standard, persons),
            "gpcm" => TrueModel.OfOneBlock(Items(ItemFunction.GeneralizedPartialCredit, 5), standard, persons),
            "grm" => TrueModel.OfOneBlock(Items(ItemFunction.Graded, 5), standard, persons),
            "2pl-2d" => TrueModel.OfOneBlock(Items(ItemFunction.TwoParameter, 2, 2), TruePopulation.Standard(2, 0.5), persons),
            "mixture" => new TrueModel
            {
                Items = [Items(ItemFunction.TwoParameter), Items(ItemFunction.TwoParameter, seed: 2)],
                Populations = [standard, standard],
                PersonCounts = [persons / 2, persons / 2],
                ClassCount = 2,
            },
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such problem."),
        };
    }

    public static Problem Create(string name)
    {
        TrueModel truth = Truth(name);
        int nodes = truth.AttributeCount == 1 ? 61 : 21;
        return Problem.Create(truth.Draw(seed: 3), truth.Specification() with { Quadrature = new QuadratureSpecification(Nodes: nodes) });
    }
}
