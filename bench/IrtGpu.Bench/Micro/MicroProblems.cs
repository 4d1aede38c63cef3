using IrtGpu.Bench.Truth;
using IrtGpu.Bench.Whole;
using IrtGpu.Compute.Cpu;
using IrtGpu.Items;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;

namespace IrtGpu.Bench.Micro;

/// <summary>Problems of the micro-benchmarks by name: 40 items.</summary>
internal static class MicroProblems
{
    public const int ItemCount = 40;

    private const int SmallestProblem = 100;

    public static IReadOnlyList<string> Names { get; } = ["2pl", "3pl", "gpcm", "grm", "2pl-2d", "mixture"];

    public static TrueModel Truth(string name, int persons)
    {
        TrueItem[] Items(ItemFunction function, int categories = 2, int attributes = 1, int seed = 1) => ItemDraws.Test(function, ItemCount, categories, attributes, seed);
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

    public static ModelSpecification Specification(TrueModel truth) =>
        truth.Specification() with { Quadrature = new QuadratureSpecification(Nodes: truth.AttributeCount == 1 ? 61 : 21) };

    public static Problem Create(string name, int persons)
    {
        TrueModel truth = Truth(name, persons);
        return Problem.Create(truth.Draw(seed: 3), Specification(truth));
    }

    /// <summary>Whether the processor has a form of the E-step for a model: it refuses where not.</summary>
    public static bool Has(string name, EStepForm form)
    {
        Problem problem = Create(name, SmallestProblem);
        try
        {
            using CpuBackend backend = new(problem.Plan, problem.Patterns, threads: 1, EStepChoice.ForHost(problem.Plan, problem.Patterns, form));
            return true;
        }
        catch (SpecificationException)
        {
            return false;
        }
    }
}
