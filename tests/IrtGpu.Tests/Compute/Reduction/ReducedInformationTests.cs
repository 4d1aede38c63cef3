using IrtGpu.Compute;
using IrtGpu.Compute.Reduction;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;
using IrtGpu.TestCases;
using IrtGpu.Tests.Data;

namespace IrtGpu.Tests.Compute.Reduction;

/// <summary>What standard errors are made of, in the reduced form against sums over the posteriors of the product grid.</summary>
public sealed class ReducedInformationTests
{
    public static TheoryData<string> Names => [.. ProblemByName.Keys];

    private static Dictionary<string, (ModelCase Case, Func<ModelSpecification, ModelSpecification> Change)> ProblemByName => new()
    {
        ["bifactor"] = Bifactor(new() { Attributes = 3, Items = 8 }),
        ["bifactor, graded and 3PL, missing, weights"] = Bifactor(new() { Attributes = 4, Items = 9, Functions = [ItemFunction.Graded, ItemFunction.ThreeParameter], Missing = 0.1, HasWeights = true }),
        ["bifactor, nominal, two groups"] = Bifactor(new() { Attributes = 3, Items = 6, Functions = [ItemFunction.Nominal], Groups = 2 }),
        ["bifactor, two groups, an item free"] = Bifactor(new() { Attributes = 3, Items = 8, Groups = 2, FreeItems = SimulatedData.Name(2) }),
        ["bifactor, two classes, some known"] = Bifactor(new() { Attributes = 3, Items = 8, Classes = 2, KnownShare = 0.3, Missing = 0.1 }),
        ["bifactor, two groups of two classes"] = Bifactor(new() { Attributes = 3, Items = 6, Groups = 2, Classes = 2, Persons = 60 }),
        ["bifactor, more items than are multiplied"] = Bifactor(new() { Attributes = 3, Items = 60, Persons = 25 }),
        ["testlets: free deviations"] = Change(Bifactor(new() { Attributes = 3, Items = 8 }), model => model with { Constraints = [new ParameterConstraint("*", "a*", ConstraintKind.Fixed, 1)] }),
        ["slopes that items of two branches share"] = Change(Bifactor(new() { Attributes = 3, Items = 8 }), model => model with { Constraints = [new ParameterConstraint("*", "a1", ConstraintKind.Equal)] }),
        ["simple structure"] = (new() { Attributes = 3, Items = 9, Missing = 0.1 }, model => model with { IsOrthogonal = true }),
        ["correlated"] = (new() { Attributes = 2, Items = 8, Groups = 2 }, model => model),
        ["ring"] = (new() { Attributes = 4, Items = 12, HasCrossLoadings = true, Nodes = 5 }, model => model with { IsOrthogonal = true }),
        ["chain"] = (new() { Attributes = 4, Items = 9, Nodes = 5, Groups = 2 }, model => model with
        {
            IsOrthogonal = true,
            QMatrix = Enumerable.Range(0, 9).ToDictionary(SimulatedData.Name, item => Enumerable.Range(0, 4).Select(j => j == item % 3 || j == item % 3 + 1 ? 1 : 0).ToArray()),
        }),
        ["two-tier"] = (new() { Attributes = 4, Items = 8, Nodes = 5 }, model => model with
        {
            IsOrthogonal = true,
            Population = [new PopulationConstraint("covariance", ConstraintKind.Free, Attribute: "F1", Attribute2: "F2")],
            QMatrix = Enumerable.Range(0, 8).ToDictionary(SimulatedData.Name, item => Enumerable.Range(0, 4).Select(j => j == item % 2 || j == 2 + item / 2 % 2 ? 1 : 0).ToArray()),
        }),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Sums_are_those_of_the_grid(string name)
    {
        Pair pair = new(ProblemByName[name]);
        using ReferenceBackend reference = new(pair.Dense, pair.Patterns);
        using ReducedBackend reduced = new(pair.Plan, pair.Patterns, 2);
        double scale = Math.Max(1, pair.Patterns.TotalWeight);
        AssertNear(pair, Visit(pair, reference, gradients => new CrossProductVisitor(gradients), visitor => visitor.Sum), reduced.Capabilities.TryCrossProduct(pair.Point)!, scale, "cross-products");
        AssertNear(pair, Visit(pair, reference, gradients => new MissingInformationVisitor(gradients), visitor => visitor.Sum), reduced.Capabilities.TrySumMissingInformation(pair.Point)!, scale, "missing information");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Complete_less_missing_information_is_what_differences_of_the_gradient_give(string name)
    {
        Pair pair = new(ProblemByName[name]);
        using ReducedBackend reduced = new(pair.Plan, pair.Patterns, 2);
        if (reduced.Capabilities.TryMissingInformation(pair.Point) is not { } missing)
        {
            Assert.Skip("Differences are cheaper.");
            return;
        }
        Assert.Equal(reduced.Capabilities.TrySumMissingInformation(pair.Point), missing);
        int free = pair.Plan.Layout.FreeCount;
        double[] complete = new double[free * free];
        IrtGpu.Estimation.Maximization.MStep maximization = new(pair.Plan, 1, 1);
        using (IrtGpu.Compute.Expectations.Expectation expectation = reduced.ComputeExpectation(pair.Point))
            maximization.Derivatives(pair.Point, expectation, complete);
        for (int column = 0; column < free; column++)
        {
            double step = 1e-4;
            double[] above = Gradient(pair, reduced, maximization, column, step);
            double[] below = Gradient(pair, reduced, maximization, column, -step);
            for (int row = column; row < free; row++)
            {
                double expected = -(above[row] - below[row]) / (2 * step);
                double actual = -complete[row * free + column] - missing[row * free + column];
                Assert.True(Math.Abs(expected - actual) <= 2e-6 * (1 + Math.Abs(complete[row * free + row])), $"{row}, {column}: {expected} and {actual}");
            }
        }
    }

    [Fact]
    public void Sums_have_the_same_bits_for_any_number_of_threads_and_agree_in_runs_of_any_length()
    {
        Pair pair = new(Bifactor(new() { Attributes = 4, Items = 24, Persons = 2000, Groups = 2, Missing = 0.05 }));
        using ReducedBackend one = new(pair.Plan, pair.Patterns, 1);
        using ReducedBackend three = new(pair.Plan, pair.Patterns, 3);
        using ReducedEStep parts = new(pair.Plan, pair.Patterns, 2, messageBytes: 1);
        double[] missing = one.Capabilities.TrySumMissingInformation(pair.Point)!;
        double[] product = one.Capabilities.TryCrossProduct(pair.Point)!;
        Assert.Equal(missing, three.Capabilities.TrySumMissingInformation(pair.Point));
        Assert.Equal(product, three.Capabilities.TryCrossProduct(pair.Point));
        IrtGpu.Compute.Reduction.Gradients.ReducedMatrices matrices = new(parts, pair.Patterns, 2);
        AssertNear(pair, missing, matrices.MissingInformation(pair.Point), pair.Patterns.TotalWeight, "missing information");
        AssertNear(pair, product, matrices.CrossProduct(pair.Point, pair.Patterns.Frequency), pair.Patterns.TotalWeight, "cross-products");
    }

    /// <summary>All estimators of standard errors, sandwich with sampling weights among them, as on the grid.</summary>
    [Theory]
    [InlineData(StandardErrorMethod.Oakes, false)]
    [InlineData(StandardErrorMethod.Louis, false)]
    [InlineData(StandardErrorMethod.CrossProduct, false)]
    [InlineData(StandardErrorMethod.Sandwich, false)]
    [InlineData(StandardErrorMethod.Auto, true)]
    public void Standard_errors_of_a_calibration_are_those_on_the_grid(StandardErrorMethod method, bool withSamplingWeights)
    {
        (ModelCase problem, Func<ModelSpecification, ModelSpecification> change) = Bifactor(new() { Attributes = 3, Items = 8, Persons = 400, Nodes = 15 });
        using ResponseData drawn = problem.Data();
        using ResponseData data = withSamplingWeights ? drawn.Sampled([.. Enumerable.Range(0, drawn.PersonCount).Select(person => person % 41 == 0 ? 0 : 1 + 9 * Math.Pow(Math.Sin(person), 4))]) : drawn;
        CalibrationOptions options = new() { Tolerance = 1e-7, MaxCycles = 3000, StandardErrors = method, Scores = ScoreMethod.None };
        CalibrationResult reduced = Run(IntegrationMethod.Reduced);
        CalibrationResult dense = Run(IntegrationMethod.Grid);
        Assert.Null(dense.StandardErrors.Reason);
        Assert.Null(reduced.StandardErrors.Reason);
        Assert.Equal(dense.StandardErrors.Method, reduced.StandardErrors.Method);
        double largest = dense.StandardErrors.Covariance!.Max();
        Closeness.AssertNear(dense.StandardErrors.Covariance!, reduced.StandardErrors.Covariance!, 1e-4 * largest, "covariances of estimates");
        Assert.Equal(dense.StandardErrors.EffectiveParameterCount is null, reduced.StandardErrors.EffectiveParameterCount is null);

        CalibrationResult Run(IntegrationMethod integration) =>
            Calibration.Run(
                data, change(problem.Specification) with { Integration = integration, Constraints = [new("*", "a2", ConstraintKind.Equal), new("*", "a3", ConstraintKind.Equal)] }, options,
                cancellation: TestContext.Current.CancellationToken);
    }

    private static (ModelCase Case, Func<ModelSpecification, ModelSpecification> Change) Bifactor(ModelCase problem) => (problem, model => model with
    {
        IsOrthogonal = true,
        QMatrix = Enumerable.Range(0, problem.Items).ToDictionary(
            SimulatedData.Name, item => Enumerable.Range(0, problem.Attributes).Select(j => j == 0 || j == 1 + item % (problem.Attributes - 1) ? 1 : 0).ToArray()),
    });

    private static (ModelCase Case, Func<ModelSpecification, ModelSpecification> Change) Change(
        (ModelCase Case, Func<ModelSpecification, ModelSpecification> Change) problem, Func<ModelSpecification, ModelSpecification> further) =>
        (problem.Case, model => further(problem.Change(model)));

    private static double[] Gradient(Pair pair, ReducedBackend backend, IrtGpu.Estimation.Maximization.MStep maximization, int index, double step)
    {
        double[] free = [.. pair.Point.Parameters.Free];
        free[index] += step;
        ModelPoint shifted = ModelPoint.TryCreate(pair.Plan, new ParameterVector(pair.Plan.Layout, free))!;
        using IrtGpu.Compute.Expectations.Expectation there = backend.ComputeExpectation(shifted);
        return maximization.Derivatives(shifted, there);
    }

    private static double[] Visit<TVisitor>(Pair pair, ReferenceBackend backend, Func<CompleteDataGradients, TVisitor> create, Func<TVisitor, double[]> sumOf)
        where TVisitor : IPosteriorVisitor
    {
        CompleteDataGradients gradients = new(pair.DensePoint, pair.Patterns);
        return sumOf(backend.VisitPosteriors(pair.DensePoint, () => create(gradients)).Single());
    }

    private static void AssertNear(Pair pair, double[] expected, double[] actual, double scale, string what)
    {
        int free = pair.Plan.Layout.FreeCount;
        for (int row = 0; row < free; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                int at = row * free + column;
                Assert.True(Math.Abs(expected[at] - actual[at]) <= 1e-9 * scale, $"{what} of {row} and {column}: {expected[at]} and {actual[at]}");
            }
        }
    }

    /// <summary>A problem planned both ways, at one point.</summary>
    private sealed class Pair
    {
        public Pair((ModelCase Case, Func<ModelSpecification, ModelSpecification> Change) problem)
        {
            ResponseData data = problem.Case.Data();
            Patterns = PatternTable.Compress(data);
            Plan = CalibrationPlanner.Plan(problem.Change(problem.Case.Specification) with { Integration = IntegrationMethod.Reduced }, DataShape.Of(data, Patterns));
            Dense = CalibrationPlanner.Plan(Plan.Specification with { Integration = IntegrationMethod.Grid }, Plan.Shape);
            DensePoint = ModelCase.RandomPoint(Dense, Patterns, 3);
            Point = ModelPoint.TryCreate(Plan, new ParameterVector(Plan.Layout, DensePoint.Parameters.Free))!;
        }

        public PatternTable Patterns { get; }

        public CalibrationPlan Plan { get; }

        public CalibrationPlan Dense { get; }

        public ModelPoint Point { get; }

        public ModelPoint DensePoint { get; }
    }
}
