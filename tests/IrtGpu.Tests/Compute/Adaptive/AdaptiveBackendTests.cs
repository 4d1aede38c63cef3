using IrtGpu.Compute;
using IrtGpu.Compute.Expectations;
using IrtGpu.Estimation.Maximization;
using IrtGpu.Foundation.LinearAlgebra;
using IrtGpu.Items;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Compute.Adaptive;

/// <summary>Integration about modes against a dense grid, against finite differences, and against itself.</summary>
public sealed class AdaptiveBackendTests
{
    private static readonly ModelCase Mixed = new()
    {
        Functions = Catalogue.MixedFunctions,
        Categories = [2, 2, 2, 3, 4, 5, 3, 2],
        Items = 16,
        Persons = 120,
        Missing = 0.1,
        HasWeights = true,
    };

    private static readonly Dictionary<string, (ModelCase Case, int Nodes)> Cases = new(StringComparer.Ordinal)
    {
        ["one dimension"] = (Mixed, 41),
        ["two dimensions, crossed, groups"] = (Mixed with { Attributes = 2, HasCrossLoadings = true, Groups = 2 }, 25),
        ["classes, some known"] = (Mixed with { Classes = 2, KnownShare = 0.4, Groups = 2, Attributes = 2 }, 25),
        ["three dimensions"] = (Mixed with { Attributes = 3, HasCrossLoadings = true, Items = 18, Persons = 60 }, 15),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void With_many_nodes_it_is_the_dense_grid(string name)
    {
        using AdaptiveCase both = new(Cases[name].Case, Cases[name].Nodes);
        using Expectation expected = both.GridBackend.ComputeExpectation(both.GridPoint);
        using Expectation found = both.Backend.ComputeExpectation(both.Point);
        double persons = both.Patterns.TotalWeight;
        Assert.Equal(expected.LogLikelihood / persons, found.LogLikelihood / persons, 2e-6);
        for (int block = 0; block < both.Plan.Blocks.Count; block++)
            Closeness.AssertNear(expected.Population(block).Powers, found.Population(block).Powers, 1e-5 * persons, $"moments of block {block}");

        ItemEvaluation onGrid = Ask(both.GridPoint, expected);
        ItemEvaluation aboutModes = Ask(both.Point, found);
        for (int set = 0; set < both.Plan.ParameterSets.Count; set++)
        {
            Assert.Equal(onGrid.Value[set], aboutModes.Value[set], 1e-4 * persons);
            Closeness.AssertNear(onGrid.Gradient[set], aboutModes.Gradient[set], 1e-4 * persons, $"gradient of set {set}");
            Closeness.AssertNear(LowerTriangle(onGrid.Hessian[set]), LowerTriangle(aboutModes.Hessian[set]), 3e-4 * persons, $"Hessian of set {set}");
        }

        PatternScores scores = both.Backend.Capabilities.TryScore(both.Point)!;
        PatternScores gridScores = both.GridScores();
        Closeness.AssertNear(gridScores.Mean, scores.Mean, 1e-3, "means");
        Closeness.AssertNear(gridScores.Covariance, scores.Covariance, 2e-3, "covariances");
        Closeness.AssertNear(gridScores.ClassProbability, scores.ClassProbability, 1e-4, "classes");
    }

    [Fact]
    public void At_held_nodes_the_information_is_the_derivative_of_the_gradient()
    {
        using AdaptiveCase both = new(Mixed with { Attributes = 2, Classes = 2, KnownShare = 0.3, Groups = 2, Items = 8 }, 5);
        using Expectation found = both.Backend.ComputeExpectation(both.Point);
        int n = both.Plan.Layout.FreeCount;
        double[] hessian = new double[n * n];
        new MStep(both.Plan, 1, 2).Derivatives(both.Point, found, hessian);
        double[] missing = both.Backend.Capabilities.TryMissingInformation(both.Point)!;
        const double Step = 1e-5;
        for (int column = 0; column < n; column += 3)
        {
            double[] above = GradientAt(both, column, Step);
            double[] below = GradientAt(both, column, -Step);
            for (int row = 0; row < n; row++)
            {
                double information = -hessian[row * n + column] - missing[Math.Max(row, column) * n + Math.Min(row, column)];
                Assert.Equal((below[row] - above[row]) / (2 * Step), information, 1e-4 * Math.Max(1, Math.Abs(hessian[row * n + row])));
            }
        }
    }

    [Fact]
    public void The_gradient_is_that_of_the_log_likelihood_at_held_nodes_and_the_cross_product_that_of_persons()
    {
        using AdaptiveCase both = new(Mixed with { Attributes = 2, Items = 8, HasWeights = false }, 5);
        using Expectation found = both.Backend.ComputeExpectation(both.Point);
        double[] gradient = AdaptiveCase.Gradient(found, both.Point);
        double[] crossProduct = both.Backend.Capabilities.TryCrossProduct(both.Point)!;
        int n = gradient.Length;
        const double Step = 1e-5;
        for (int index = 0; index < n; index++)
        {
            double[] above = both.Backend.LogLikelihoods(PointAt(both, index, Step));
            double[] below = both.Backend.LogLikelihoods(PointAt(both, index, -Step));
            double[] slopes = [.. above.Zip(below, (high, low) => (high - low) / (2 * Step))];
            Assert.Equal(slopes.Zip(both.Patterns.Frequency, (slope, weight) => slope * weight).Sum(), gradient[index], 1e-5 * Math.Max(1, Math.Abs(gradient[index])));
            Assert.Equal(slopes.Zip(both.Patterns.Frequency, (slope, weight) => slope * slope * weight).Sum(), crossProduct[index * n + index], 1e-5 * Math.Max(1, crossProduct[index * n + index]));
        }
    }

    [Theory]
    [InlineData(IntegrationMethod.Adaptive)]
    [InlineData(IntegrationMethod.Qmc)]
    public void Threads_change_no_bit(IntegrationMethod method)
    {
        ModelCase problem = Mixed with { Attributes = 4, Persons = 300, Classes = 2 };
        (double LogLikelihood, double[] Gradient, double[] Missing, double[] Mean)[] found = [.. ((int[])[1, 3]).Select(threads =>
        {
            using AdaptiveCase both = new(problem, null, method, threads, hasGrid: false);
            using Expectation expectation = both.Backend.ComputeExpectation(both.Point);
            return (expectation.LogLikelihood, AdaptiveCase.Gradient(expectation, both.Point), both.Backend.Capabilities.TryMissingInformation(both.Point)!, both.Backend.Capabilities.TryScore(both.Point)!.Mean);
        })];
        Assert.Equal(found[0].LogLikelihood, found[1].LogLikelihood);
        Assert.Equal(found[0].Gradient, found[1].Gradient);
        Assert.Equal(found[0].Missing, found[1].Missing);
        Assert.Equal(found[0].Mean, found[1].Mean);
    }

    [Fact]
    public void Nodes_are_held_until_they_are_placed_and_then_follow_the_parameters()
    {
        using AdaptiveCase both = new(Mixed with { Attributes = 2 }, 3);
        ModelPoint elsewhere = PointAt(both, 0, 0.5);
        double before = LogLikelihood(both, both.Point);
        double held = LogLikelihood(both, elsewhere);
        Assert.Equal(before, LogLikelihood(both, both.Point));
        both.Backend.Capabilities.PlaceNodes!(elsewhere);
        double placed = LogLikelihood(both, elsewhere);
        Assert.NotEqual(held, placed);
        Assert.Equal(held, placed, 0.05 * both.Patterns.PatternCount);
    }

    [Fact]
    public void Plain_steps_at_held_nodes_never_lower_the_log_likelihood()
    {
        using AdaptiveCase both = new(new ModelCase { Attributes = 3, Items = 15, Persons = 400 }, null);
        ModelPoint point = both.Point;
        double last = double.NegativeInfinity;
        MStep mStep = new(both.Plan, 1, 2);
        for (int cycle = 0; cycle < 12; cycle++)
        {
            using Expectation found = both.Backend.ComputeExpectation(point);
            Assert.True(found.LogLikelihood >= last);
            last = found.LogLikelihood;
            point = both.PointOf(mStep.Maximize(point, found).Free);
        }
    }

    [Fact]
    public void The_stated_error_is_honoured()
    {
        foreach ((IntegrationMethod method, int? nodes) in new (IntegrationMethod, int?)[] { (IntegrationMethod.Adaptive, 2), (IntegrationMethod.Adaptive, 4), (IntegrationMethod.Qmc, 64), (IntegrationMethod.Qmc, 512) })
        {
            using AdaptiveCase both = new(new ModelCase { Functions = [ItemFunction.Graded], Attributes = 2, Items = 10, Persons = 300, HasCrossLoadings = true }, nodes, method);
            double dense = both.GridBackend.ComputeExpectation(both.GridPoint).LogLikelihood;
            double own = LogLikelihood(both, both.Point);
            double stated = both.Backend.Capabilities.TryMeasureIntegration(both.Point)!.Error;
            Assert.True(Math.Abs(own - dense) <= stated + 1e-6 * Math.Abs(dense), $"{method} {nodes}: off by {own - dense}, stated {stated}");
            Assert.True(stated < 30 * Math.Abs(own - dense) + 0.1, $"{method} {nodes}: off by {own - dense}, stated {stated}");
        }
    }

    [Theory]
    [InlineData(4, 24, ItemFunction.TwoParameter, false)]
    [InlineData(5, 20, ItemFunction.TwoParameter, true)]
    [InlineData(6, 24, ItemFunction.ThreeParameter, false)]
    public void The_stated_error_of_spheres_covers_that_against_many_points(int attributes, int items, ItemFunction function, bool hasCrossLoadings)
    {
        ModelCase problem = new() { Functions = [function], Attributes = attributes, Items = items, Persons = 300, HasCrossLoadings = hasCrossLoadings };
        using AdaptiveCase spheres = new(problem, null, hasGrid: false);
        using AdaptiveCase many = new(problem, 4096, IntegrationMethod.Qmc, hasGrid: false);
        double off = LogLikelihood(many, many.Point) - LogLikelihood(spheres, spheres.Point);
        double stated = spheres.Backend.Capabilities.TryMeasureIntegration(spheres.Point)!.Error;
        Assert.True(Math.Abs(off) <= stated, $"off by {off}, stated {stated}");
        Assert.True(stated < 4 * Math.Abs(off) + 1e-4 * problem.Persons, $"off by {off}, stated {stated}");
    }

    [Fact]
    public void Steps_that_are_not_guarded_are_those_that_are_where_these_rise_at_once()
    {
        using AdaptiveCase both = new(new ModelCase { Attributes = 4, Items = 16, Persons = 400 }, null, hasGrid: false);
        using Expectation found = both.Backend.ComputeExpectation(both.Point);
        Assert.True(found.HoldsDerivatives);
        MStep mStep = new(both.Plan, 1, 2);
        double[] guarded = mStep.Maximize(both.Point, found).Free;
        double[] gradient = mStep.GradientAtStart(both.Point, found);
        double[] trusted = mStep.Maximize(both.Point, found, isGuarded: false).Free;
        Closeness.AssertNear(guarded, trusted, 1e-12, "steps");
        Closeness.AssertNear(gradient, mStep.GradientAtStart(both.Point, found), 1e-9, "gradients");
    }

    [Fact]
    public void Steps_that_are_not_guarded_stay_in_the_domain()
    {
        using AdaptiveCase both = new(new ModelCase { Functions = [ItemFunction.Graded], Categories = [5], Attributes = 2, Items = 8, Persons = 12 }, 3);
        using Expectation found = both.Backend.ComputeExpectation(both.Point);
        ParameterVector stepped = new MStep(both.Plan, 1, 2).Maximize(both.Point, found, isGuarded: false);
        Assert.True(both.Plan.IsInDomain(stepped));
    }

    [Fact]
    public void Far_too_few_nodes_are_warned_of()
    {
        ModelCase problem = new() { Attributes = 6, Items = 18, Persons = 200 };
        CalibrationResult Fit(IntegrationMethod method, int? nodes) => Calibration.Run(
            problem.Data(), problem.Specification with { Integration = method, Quadrature = new(Nodes: nodes) }, new CalibrationOptions { MaxCycles = 3, StandardErrors = StandardErrorMethod.None, Threads = 2 });
        Assert.Contains(Fit(IntegrationMethod.Qmc, 16).Warnings, warning => warning.Contains("Ask for more --nodes", StringComparison.Ordinal));
        Assert.DoesNotContain(Fit(IntegrationMethod.Adaptive, null).Warnings, warning => warning.Contains("Ask for more --nodes", StringComparison.Ordinal));
    }

    private static double LogLikelihood(AdaptiveCase both, ModelPoint point)
    {
        using Expectation found = both.Backend.ComputeExpectation(point);
        return found.LogLikelihood;
    }

    private static ModelPoint PointAt(AdaptiveCase both, int index, double step)
    {
        double[] free = (double[])both.Point.Parameters.Free.Clone();
        free[index] += step;
        return both.PointOf(free);
    }

    private static double[] GradientAt(AdaptiveCase both, int index, double step)
    {
        ModelPoint there = PointAt(both, index, step);
        using Expectation found = both.Backend.ComputeExpectation(there);
        return AdaptiveCase.Gradient(found, there);
    }

    private static ItemEvaluation Ask(ModelPoint point, Expectation found)
    {
        ItemEvaluation evaluation = new(point.Plan) { WithDerivatives = true };
        point.Parameters.Slots.CopyTo(evaluation.Slots, 0);
        for (int set = 0; set < point.Plan.ParameterSets.Count; set++)
            evaluation.Add(set);
        found.Evaluate(evaluation);
        return evaluation;
    }

    private static double[] LowerTriangle(double[] matrix)
    {
        int n = (int)Math.Sqrt(matrix.Length);
        double[] triangle = new double[PackedTriangle.Length(n)];
        for (int row = 0; row < n; row++)
            matrix.AsSpan(row * n, row + 1).CopyTo(triangle.AsSpan(PackedTriangle.Index(row, 0)));
        return triangle;
    }
}
