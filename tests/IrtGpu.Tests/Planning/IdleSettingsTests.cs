using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Planning;

/// <summary>What a specification says without effect is said.</summary>
public sealed class IdleSettingsTests
{
    private static ModelSpecification Model(ItemFunction function) => new() { Functions = [new FunctionAssignment("*", function)] };

    private static CalibrationPlan Plan(ModelSpecification model)
    {
        ResponseData data = SimulatedData.Polytomous(100, 4, 3).Draw();
        return CalibrationPlanner.Plan(model, DataShape.Of(data, PatternTable.Compress(data)));
    }

    [Theory]
    [InlineData(ItemFunction.Graded)]
    [InlineData(ItemFunction.Nominal)]
    [InlineData(ItemFunction.Sequential)]
    [InlineData(ItemFunction.GradedRatingScale)]
    public void Scores_of_a_model_without_them_are_refused(ItemFunction function)
    {
        SpecificationException refusal = Assert.Throws<SpecificationException>(() => Plan(Model(function) with { CategoryScores = [new CategoryScores("q0002", [0, 1, 3])] }));
        Assert.Contains($"1 item(s) of {function.Name()} ('q0002') have category scores", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("pcm, gpcm, rsm", refusal.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, ModelSpecification> Idle => new()
    {
        { "prior on a1 of '*' has no effect", Model(ItemFunction.PartialCredit) with { Priors = [new ParameterPrior("*", "a1", PriorDistribution.LogNormal, 0, 0.5)] } },
        { "a1 of 'q0001' (1.5), a1 of 'q0002' (1.5)", Model(ItemFunction.PartialCredit) with { Constraints = [new("q0001,q0002", "a1", ConstraintKind.Start, 1.5)] } },
        { "--free-items q0001 has no effect", Model(ItemFunction.Graded) with { FreeItems = "q0001" } },
        { "--equal-across-groups none has no effect", Model(ItemFunction.Graded) with { EqualAcrossGroups = "none" } },
        { "--orthogonal has no effect", Model(ItemFunction.Graded) with { IsOrthogonal = true } },
        { "--equal-across-classes q0001 has no effect", Model(ItemFunction.Graded) with { EqualAcrossClasses = "q0001" } },
    };

    [Theory]
    [MemberData(nameof(Idle))]
    public void Settings_without_effect_are_warned_of(string part, ModelSpecification model) =>
        Assert.Contains(part, Assert.Single(Plan(model).Warnings), StringComparison.Ordinal);

    [Fact]
    public void Settings_with_effect_are_not() =>
        Assert.Empty(Plan(Model(ItemFunction.GeneralizedPartialCredit) with
        {
            CategoryScores = [new CategoryScores("q0002", [0, 1, 3])],
            Constraints = [new("q0001", "a1", ConstraintKind.Start, 1.5)],
            Priors = [new ParameterPrior("*", "a1", PriorDistribution.LogNormal, 0, 0.5)],
        }).Warnings);
}
