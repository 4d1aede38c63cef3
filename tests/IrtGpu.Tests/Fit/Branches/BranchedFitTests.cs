using IrtGpu.Compute;
using IrtGpu.Compute.Branches;
using IrtGpu.Data;
using IrtGpu.Fit;
using IrtGpu.Fit.Information;
using IrtGpu.Fit.Items;
using IrtGpu.Fit.LimitedInformation;
using IrtGpu.Fit.LocalDependence;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Scoring.Information;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Fit.Branches;

/// <summary>Statistics of fit in the reduced form against those over all nodes of a grid of the same lines.</summary>
public sealed class BranchedFitTests
{
    private const string Undetermined = "bifactor, nominal, two groups"; // M2* of one group: mean scores do not tell the rank

    public static TheoryData<string> Names => [.. ProblemByName.Keys];

    private static Dictionary<string, (ModelCase Case, Func<ModelSpecification, ModelSpecification> Change)> ProblemByName => new()
    {
        ["bifactor"] = Bifactor(new() { Attributes = 3, Items = 9 }),
        ["bifactor with items of the general attribute alone, graded and 3PL, missing"] = Bifactor(new() { Attributes = 4, Items = 11, Functions = [ItemFunction.Graded, ItemFunction.ThreeParameter], Missing = 0.1 }, general: 3),
        ["bifactor, two groups"] = Bifactor(new() { Attributes = 3, Items = 10, Groups = 2 }),
        ["bifactor, nominal of three, two groups"] = Bifactor(new() { Attributes = 3, Items = 14, Functions = [ItemFunction.Nominal], Categories = [3], Groups = 2 }),
        [Undetermined] = Bifactor(new() { Attributes = 3, Items = 14, Functions = [ItemFunction.Nominal], Groups = 2 }),
        ["bifactor, two classes"] = Bifactor(new() { Attributes = 3, Items = 10, Classes = 2, EqualAcrossClasses = "q0001,q0002,q0003,q0004,q0005,q0006,q0007" }),
        ["testlets"] = Change(Bifactor(new() { Attributes = 4, Items = 12, Categories = [2, 3], Functions = [ItemFunction.GeneralizedPartialCredit] }), model => model with { Constraints = [new("*", "a", ConstraintKind.EqualWithinItems)] }),
        ["simple structure"] = (new() { Attributes = 3, Items = 9, Missing = 0.1 }, model => model with { IsOrthogonal = true }),
        ["correlated"] = (new() { Attributes = 2, Items = 8, Groups = 2 }, model => model),
        ["chain of four"] = (new() { Attributes = 4, Items = 9, Nodes = 5 }, model => model with
        {
            IsOrthogonal = true,
            QMatrix = Enumerable.Range(0, 9).ToDictionary(SimulatedData.Name, item => Enumerable.Range(0, 4).Select(j => j == item % 3 || j == item % 3 + 1 ? 1 : 0).ToArray()),
        }),
        ["two-tier"] = (new() { Attributes = 4, Items = 10, Nodes = 5 }, model => model with
        {
            IsOrthogonal = true,
            Population = [new PopulationConstraint("covariance", ConstraintKind.Free, Attribute: "F1", Attribute2: "F2")],
            QMatrix = Enumerable.Range(0, 10).ToDictionary(SimulatedData.Name, item => Enumerable.Range(0, 4).Select(j => j == item % 2 || j == 2 + item / 2 % 2 ? 1 : 0).ToArray()),
        }),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Statistics_are_those_of_the_grid(string name)
    {
        (ModelCase problem, Func<ModelSpecification, ModelSpecification> change) = ProblemByName[name];
        ResponseData data = (problem with { Persons = 400 }).Data();
        PatternTable patterns = PatternTable.Compress(data);
        CalibrationPlan plan = CalibrationPlanner.Plan(change(problem.Specification) with { Integration = IntegrationMethod.Reduced }, DataShape.Of(data, patterns));
        CalibrationPlan dense = CalibrationPlanner.Plan(plan.Specification with { Integration = IntegrationMethod.Grid }, plan.Shape);
        Assert.Equal(dense.Grid.Line, plan.Grid.Line);
        ModelPoint expectedPoint = ModelCase.RandomPoint(dense, patterns, 3);
        ModelPoint actualPoint = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, expectedPoint.Parameters.Free))!;
        FitReport expected = Evaluate(expectedPoint, patterns);
        FitReport actual = Evaluate(actualPoint, patterns);
        AssertNear(expected.ModelFits!, actual.ModelFits!, isDetermined: name != Undetermined);
        AssertNear(expected.Items!, actual.Items!);
        AssertNear(expected.SumScores!, actual.SumScores!, plan.AttributeCount);
        AssertNear(expected.Pairs!, actual.Pairs!);
        if (expected.CategoryFits is not null)
            AssertNear(expected.CategoryFits, actual.CategoryFits!, isDetermined: true);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Marginal_reliability_is_that_of_the_grid(string name)
    {
        (ModelCase problem, Func<ModelSpecification, ModelSpecification> change) = ProblemByName[name];
        ResponseData data = problem.Data();
        PatternTable patterns = PatternTable.Compress(data);
        CalibrationPlan plan = CalibrationPlanner.Plan(change(problem.Specification) with { Integration = IntegrationMethod.Reduced }, DataShape.Of(data, patterns));
        CalibrationPlan dense = CalibrationPlanner.Plan(plan.Specification with { Integration = IntegrationMethod.Grid }, plan.Shape);
        ModelPoint expectedPoint = ModelCase.RandomPoint(dense, patterns, 3);
        ModelPoint actualPoint = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, expectedPoint.Parameters.Free))!;
        bool hasSmallCore = BranchLayout.Of(plan).Core.Length < 2;
        for (int block = 0; block < plan.Blocks.Count; block++)
        {
            double[] expected = MarginalReliability.Of(expectedPoint, dense.Blocks[block]);
            double[] actual = MarginalReliability.Of(actualPoint, plan.Blocks[block]);
            Assert.All(expected, value => Assert.InRange(value, 0, 1));
            if (hasSmallCore)
                Closeness.AssertNear(expected, actual, 1e-7, "reliabilities"); // the grid's leaves nodes of little weight out
            else
                Assert.All(actual, value => Assert.True(double.IsNaN(value)));
        }
    }

    [Fact]
    public void The_core_of_a_bifactor_model_is_its_general_attribute_and_its_branches_are_the_specific_ones()
    {
        (ModelCase problem, Func<ModelSpecification, ModelSpecification> change) = Bifactor(new() { Attributes = 6, Items = 22 }, general: 2);
        ResponseData data = problem.Data();
        CalibrationPlan plan = CalibrationPlanner.Plan(change(problem.Specification) with { Integration = IntegrationMethod.Reduced }, DataShape.Of(data, PatternTable.Compress(data)));
        BranchLayout layout = BranchLayout.Of(plan);
        Assert.Equal([0], layout.Core);
        Assert.Equal([[1], [2], [3], [4], [5], []], layout.Branches);
        Assert.Equal([20, 21], layout.Items[^1]);
        Assert.Equal(22, layout.Items.Sum(items => items.Length));
    }

    private static FitReport Evaluate(ModelPoint point, PatternTable patterns)
    {
        FitSource source = new(point, patterns, () => new PatternScores(point.Plan.AttributeCount, point.Plan.ClassCount, new double[patterns.PatternCount * point.Plan.AttributeCount], [], [], [], []), () => Errors(point));
        FitOptions options = new() { Threads = 2, Statistics = new HashSet<FitStatistic> { FitStatistic.ModelFit, FitStatistic.SumScores, FitStatistic.MeanSquares, FitStatistic.PairTables, FitStatistic.SumScoreEap } };
        return FitEvaluation.Run(source, options, cancellation: TestContext.Current.CancellationToken);
    }

    /// <summary>Some covariance matrix of the estimates, the same for both.</summary>
    private static StandardErrors Errors(ModelPoint point)
    {
        int count = point.Plan.Layout.FreeCount;
        double[] covariance = new double[count * count];
        for (int row = 0; row < count; row++)
        {
            for (int column = 0; column < count; column++)
                covariance[row * count + column] = row == column ? 0.004 + 0.0001 * row : 0.0005 * Math.Cos(row - column);
        }
        return new StandardErrors(StandardErrorMethod.Oakes, covariance, 1, null);
    }

    private static void AssertNear(IReadOnlyList<ModelFit> expected, IReadOnlyList<ModelFit> actual, bool isDetermined)
    {
        Assert.Equal(expected.Count, actual.Count);
        Assert.Equal(isDetermined, expected.All(fit => fit.IsRankDetermined));
        for (int k = 0; k < expected.Count; k++)
        {
            Assert.Equal(expected[k].IsRankDetermined, expected[k].Reason is null);
            Assert.Equal((expected[k].Name, expected[k].Df, expected[k].Moments, expected[k].IsRankDetermined), (actual[k].Name, actual[k].Df, actual[k].Moments, actual[k].Reason is null));
            if (expected[k].IsRankDetermined)
                Closeness.AssertRelative(expected[k].Statistic, actual[k].Statistic, 1e-8, expected[k].Name);
            Closeness.AssertRelative(expected[k].Srmsr, actual[k].Srmsr, 1e-8, "SRMSR");
        }
    }

    private static void AssertNear(IReadOnlyList<ItemFit> expected, IReadOnlyList<ItemFit> actual)
    {
        Assert.Equal(expected.Select(item => (item.Group, item.Item)), actual.Select(item => (item.Group, item.Item)));
        for (int k = 0; k < expected.Count; k++)
        {
            Closeness.AssertRelative(expected[k].OverPosterior!.Infit, actual[k].OverPosterior!.Infit, 1e-9, "infit");
            Closeness.AssertRelative(expected[k].OverPosterior!.Outfit, actual[k].OverPosterior!.Outfit, 1e-9, "outfit");
            Closeness.AssertNear([expected[k].OverPosterior!.InfitZ, expected[k].OverPosterior!.OutfitZ], [actual[k].OverPosterior!.InfitZ, actual[k].OverPosterior!.OutfitZ], 1e-7, "deviates");
            (ItemTest one, ItemTest other) = (expected[k].SumScores!, actual[k].SumScores!);
            Assert.Equal((one.Df, one.Persons, one.Reason), (other.Df, other.Persons, other.Reason));
            if (one.Reason is not null)
                continue;
            Closeness.AssertRelative(one.Statistic, other.Statistic, 1e-8, "S-X²");
            Closeness.AssertRelative(one.CorrectedP, other.CorrectedP, 1e-6, "its corrected p");
        }
    }

    private static void AssertNear(IReadOnlyList<PairTest> expected, IReadOnlyList<PairTest> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        Dictionary<(int, int, int), PairTest> found = actual.ToDictionary(pair => (pair.Group, pair.First, pair.Second));
        foreach (PairTest one in expected)
        {
            PairTest other = found[(one.Group, one.First, one.Second)];
            Closeness.AssertRelative(one.X2, other.X2, 1e-8, "X²");
            Closeness.AssertRelative(one.G2, other.G2, 1e-8, "G²");
            Closeness.AssertRelative(one.CorrectedP, other.CorrectedP, 1e-6, "its corrected p");
        }
    }

    private static void AssertNear(IReadOnlyList<SumScoreEap> expected, IReadOnlyList<SumScoreEap> actual, int attributeCount)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int group = 0; group < expected.Count; group++)
        {
            Closeness.AssertNear(expected[group].Probability, actual[group].Probability, 1e-12, "shares of scores");
            Assert.Equal(expected[group].Observed, actual[group].Observed);
            Closeness.AssertNear(expected[group].Mean, actual[group].Mean, 1e-8, "means for scores");
            Closeness.AssertNear(expected[group].StandardDeviation, actual[group].StandardDeviation, 1e-8, "deviations for scores");
            for (int attribute = 0; attribute < attributeCount; attribute++)
                Assert.Equal(expected[group].Reliability(attribute), actual[group].Reliability(attribute), 1e-8);
        }
    }

    private static (ModelCase Case, Func<ModelSpecification, ModelSpecification> Change) Bifactor(ModelCase problem, int general = 0) => (problem, model => model with
    {
        IsOrthogonal = true,
        QMatrix = Enumerable.Range(0, problem.Items).ToDictionary(
            SimulatedData.Name, item => Enumerable.Range(0, problem.Attributes).Select(j => j == 0 || (j == 1 + item % (problem.Attributes - 1) && item < problem.Items - general) ? 1 : 0).ToArray()),
    });

    private static (ModelCase Case, Func<ModelSpecification, ModelSpecification> Change) Change(
        (ModelCase Case, Func<ModelSpecification, ModelSpecification> Change) problem, Func<ModelSpecification, ModelSpecification> further) =>
        (problem.Case, model => further(problem.Change(model)));
}
