using IrtGpu.Compute;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;

namespace IrtGpu.TestCases;

/// <summary>One way to compute E-steps, to be held against the reference.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Form">What it must say its form is; <see cref="EStepForm.Auto"/>: whatever it chose.</param>
/// <param name="Applies">Whether a case can be computed so.</param>
/// <param name="Tolerance">Closeness with the reference: relative for log-likelihoods, a person's share for sums.</param>
/// <param name="Open">Opens it.</param>
internal sealed record Engine(
    string Name, EStepForm Form, Func<ModelCase, bool> Applies, Func<ModelCase, double> Tolerance, Func<CalibrationPlan, PatternTable, IComputeBackend> Open)
{
    /// <summary>Counts below this share of all persons need no more digits than that: some are what others leave of a node's total.</summary>
    public double CountFloor { get; init; }

    /// <summary>Two of the same, each with half the patterns.</summary>
    public Engine InTwoShards() => this with
    {
        Name = Name + ", two shards",
        Open = (plan, patterns) => new ShardedBackend(plan, patterns, 2, (_, part) => Open(plan, part)),
    };

    /// <summary>Whether all items are of the family with weighted scores.</summary>
    public static bool IsOfFamily(ModelCase problem) => FunctionsOf(problem).All(HasWeightedScore);

    /// <summary>Whether weighted scores, alone or beside tables of one dimension each, carry the likelihood on the CPU.</summary>
    public static bool IsByScore(ModelCase problem) => FunctionsOf(problem).Any(HasWeightedScore)
        && (problem.Attributes == 1 || (problem.Rule == QuadratureRule.Rectangular && (!problem.HasCrossLoadings || IsOfFamily(problem))));

    /// <summary>Whether the likelihood is a product of tables of one dimension each.</summary>
    public static bool IsByDimension(ModelCase problem) =>
        problem is { Attributes: > 1, HasCrossLoadings: false, Rule: QuadratureRule.Rectangular };

    private static IEnumerable<ItemFunction> FunctionsOf(ModelCase problem) => Enumerable.Range(0, problem.Items).Select(problem.Function).Distinct();

    private static bool HasWeightedScore(ItemFunction function) => function is ItemFunction.Rasch or ItemFunction.OneParameter or ItemFunction.TwoParameter
        or ItemFunction.PartialCredit or ItemFunction.GeneralizedPartialCredit or ItemFunction.RatingScale or ItemFunction.Nominal;
}
