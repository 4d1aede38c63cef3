using IrtGpu.Compute;
using IrtGpu.Compute.Cpu;
using IrtGpu.Compute.Reference;
using IrtGpu.Data;
using IrtGpu.Estimation;
using IrtGpu.Foundation.Integration;
using IrtGpu.Items;
using IrtGpu.Models;
using IrtGpu.Planning;
using IrtGpu.Specification;
using IrtGpu.Tests.Estimation;

namespace IrtGpu.Tests.Compute.ProductGrid;

/// <summary>E-steps by weighted scores and by tables of each dimension against the plain loops over all nodes.</summary>
public sealed class SeparableStepTests
{
    private static readonly Dictionary<string, (ModelCase Case, EStepForm Form)> Problems = new(StringComparer.Ordinal)
    {
        ["two dimensions"] = (ModelCase.Get("two dimensions"), EStepForm.WeightedScore),
        ["two dimensions, nominal"] = (ModelCase.Get("two dimensions, nominal"), EStepForm.WeightedScore),
        ["two dimensions, rasch"] = (ModelCase.Get("two dimensions, rasch"), EStepForm.WeightedScore),
        ["two dimensions, groups"] = (ModelCase.Get("groups, two dimensions"), EStepForm.WeightedScore),
        ["mixed test"] = (ModelCase.Get("mixed"), EStepForm.WeightedScore),
        ["mixed test, missing, weights"] = (ModelCase.Get("missing and weights"), EStepForm.WeightedScore),
        ["mixed test, Gauss-Hermite"] = (With(ModelCase.Get("mixed"), new(QuadratureRule.GaussHermite, 21)), EStepForm.WeightedScore),
        ["mixed test, 130 nodes"] = (With(ModelCase.Get("mixed"), new(Nodes: 130)), EStepForm.WeightedScore),
        ["three dimensions"] = (Several(3, 9, crossed: true), EStepForm.WeightedScore),
        ["three dimensions, classes partly known, groups"] = (
            Several(3, 7, crossed: true) is var three
                ? new(three.Simulation with { Groups = 2, Classes = 2, KnownShare = 0.3 }, three.Specification with { ClassCount = 2, FreeItems = "q0003" })
                : throw new InvalidOperationException(),
            EStepForm.WeightedScore),
        ["three dimensions, missing, weights"] = (Several(3, 8, crossed: true, missing: 0.1), EStepForm.WeightedScore),
        ["four dimensions"] = (Several(4, 5, crossed: true), EStepForm.WeightedScore),
        ["two dimensions, mixed test"] = (Several(2, 17, crossed: false, mixed: true), EStepForm.WeightedScore),
        ["three dimensions, mixed test, missing"] = (Several(3, 10, crossed: false, mixed: true, missing: 0.1), EStepForm.WeightedScore),
        ["tables of two dimensions"] = (Several(2, 15, crossed: false, mixed: true, missing: 0.2), EStepForm.DimensionTables),
        ["tables of two dimensions, 70 nodes each"] = (Several(2, 70, crossed: false, mixed: true), EStepForm.DimensionTables),
        ["tables of three dimensions, groups, classes"] = (
            Several(3, 11, crossed: false, mixed: true, missing: 0.2) is var simple
                ? new(simple.Simulation with { Groups = 2, Classes = 2, KnownShare = 0.4 }, simple.Specification with { ClassCount = 2, EqualAcrossClasses = "q0001-q0004" })
                : throw new InvalidOperationException(),
            EStepForm.DimensionTables),
        ["tables of four dimensions"] = (Several(4, 5, crossed: false, mixed: true), EStepForm.DimensionTables),
    };

    public static TheoryData<string> Names => [.. Problems.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Agrees_with_the_plain_loops(string name)
    {
        (ModelCase problem, EStepForm form) = Problems[name];
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = problem.Plan();
        AssertAgrees(plan, patterns, ModelCase.RandomPoint(plan, patterns, 3), form, 1e-11);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(33)]
    public void Any_number_of_patterns_agrees(int persons)
    {
        ModelCase problem = Several(3, 6, crossed: true);
        ModelCase small = problem with { Simulation = problem.Simulation with { Persons = persons } };
        CalibrationPlan plan = problem.Plan().Plan;
        PatternTable patterns = PatternTable.Compress(small.Simulation.Draw());
        AssertAgrees(plan, patterns, ModelCase.RandomPoint(plan, problem.Plan().Patterns, 4), EStepForm.WeightedScore, 1e-11);
    }

    [Fact]
    public void Patterns_whose_factors_leave_the_range_of_doubles_agree()
    {
        // Slopes near 1.1 and 4 steps an item: scores span 0 to 700, and factors at the far nodes e^±2000.
        ModelCase problem = new(
            SimulatedData.Polytomous(40, 160, 5) with { Attributes = 2, HasCrossLoadings = true },
            new ModelSpecification
            {
                Functions = [new("*", ItemFunction.GeneralizedPartialCredit)],
                Attributes = ["F1", "F2"],
                QMatrix = (SimulatedData.Polytomous(40, 160, 5) with { Attributes = 2, HasCrossLoadings = true }).QMatrix(),
                Quadrature = new(Nodes: 15),
            });
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = problem.Plan();
        AssertAgrees(plan, patterns, ModelCase.RandomPoint(plan, patterns, 5), EStepForm.WeightedScore, 1e-10);
    }

    [Theory]
    [InlineData("three dimensions, missing, weights")]
    [InlineData("tables of three dimensions, groups, classes")]
    [InlineData("mixed test")]
    public void The_number_of_threads_changes_no_bit(string name)
    {
        (ModelCase problem, EStepForm form) = Problems[name];
        ModelCase large = problem with { Simulation = problem.Simulation with { Persons = 5000 } };
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = large.Plan();
        ModelPoint point = ModelCase.RandomPoint(plan, patterns, 3);
        using CpuBackend one = new(plan, patterns, 1, form);
        using CpuBackend many = new(plan, patterns, 7, form);
        ExpectedCounts expected = one.ComputeExpectedCounts(point);
        ExpectedCounts actual = many.ComputeExpectedCounts(point);
        Assert.Equal(expected.LogLikelihood, actual.LogLikelihood);
        Assert.Equal(expected.RowCounts, actual.RowCounts);
        Assert.Equal(expected.NodeTotals, actual.NodeTotals);
        Assert.Equal(expected.ResponseMoments, actual.ResponseMoments);
    }

    [Fact]
    public void Is_chosen_where_the_likelihood_splits()
    {
        Assert.Equal(EStepForm.WeightedScore, FormOf(Several(3, 7, crossed: true)));
        Assert.Equal(EStepForm.DimensionTables, FormOf(Several(3, 7, crossed: false, mixed: true, missing: 0.3)));
        Assert.Equal(EStepForm.Tables, FormOf(ModelCase.Get("two dimensions, 3pl")));
        Assert.Equal(EStepForm.Tables, FormOf(With(Several(2, 7, crossed: true), new(QuadratureRule.GaussHermite, 7))));

        static EStepForm FormOf(ModelCase problem)
        {
            (ResponseData _, PatternTable patterns, CalibrationPlan plan) = problem.Plan();
            using CpuBackend backend = new(plan, patterns, 1, EStepForm.Auto);
            return backend.Form;
        }
    }

    [Fact]
    public void Is_refused_where_the_likelihood_does_not_split()
    {
        (ResponseData _, PatternTable patterns, CalibrationPlan plan) = ModelCase.Get("two dimensions, 3pl").Plan();
        foreach (EStepForm form in new[] { EStepForm.WeightedScore, EStepForm.DimensionTables })
            Assert.Contains("--e-step", Assert.Throws<SpecificationException>(() => new CpuBackend(plan, patterns, 1, form)).Message, StringComparison.Ordinal);
    }

    private static void AssertAgrees(CalibrationPlan plan, PatternTable patterns, ModelPoint point, EStepForm form, double tolerance)
    {
        using ReferenceBackend reference = new(plan, patterns);
        using CpuBackend backend = new(plan, patterns, 2, form);
        Assert.Equal(form, backend.Form);
        ExpectedCounts expected = reference.ComputeExpectedCounts(point);
        ExpectedCounts actual = backend.ComputeExpectedCounts(point);
        double scale = patterns.TotalWeight;
        Assert.InRange(Math.Abs(actual.LogLikelihood / expected.LogLikelihood - 1), 0, tolerance);
        for (int block = 0; block < plan.Blocks.Count; block++)
            AssertClose(expected.NodeTotals[block], actual.NodeTotals[block], tolerance * scale);
        MStep mStep = new(plan, 1, 1);
        double[] hessian = new double[plan.Layout.FreeCount * plan.Layout.FreeCount];
        double[] otherHessian = new double[hessian.Length];
        AssertClose(mStep.Derivatives(point, expected, hessian), mStep.Derivatives(point, actual, otherHessian), 100 * tolerance * scale);
        AssertClose(hessian, otherHessian, 1000 * tolerance * scale);

        Dictionary<int, (double LogLikelihood, double[] Posterior)> posteriors = [];
        reference.VisitPosteriors(point, () => new Recorder((pattern, logLikelihood, posterior) => posteriors[pattern] = (logLikelihood, posterior)));
        int visited = 0;
        backend.VisitPosteriors(point, () => new Recorder((pattern, logLikelihood, posterior) =>
        {
            Interlocked.Increment(ref visited);
            Assert.InRange(Math.Abs(logLikelihood / posteriors[pattern].LogLikelihood - 1), 0, tolerance);
            AssertClose(posteriors[pattern].Posterior, posterior, 10 * tolerance);
        }));
        Assert.Equal(patterns.PatternCount, visited);
    }

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
            Assert.True(Math.Abs(expected[k] - actual[k]) <= tolerance, $"element {k}: {actual[k]:r} instead of {expected[k]:r}");
    }

    private static ModelCase With(ModelCase problem, QuadratureSpecification quadrature) =>
        problem with { Specification = problem.Specification with { Quadrature = quadrature } };

    private static ModelCase Several(int attributes, int nodes, bool crossed, bool mixed = false, double missing = 0)
    {
        SimulatedData simulation = new(500, [2, 3, 2, 4, 2, 2, 5, 2, 3, 2, 2, 4])
        {
            Attributes = attributes,
            HasCrossLoadings = crossed,
            Missing = missing,
            HasWeights = missing > 0,
        };
        return new ModelCase(simulation, new ModelSpecification
        {
            Functions = mixed
                ? [new("*", ItemFunction.GeneralizedPartialCredit), new("q0001-q0002", ItemFunction.Graded), new("q0003", ItemFunction.ThreeParameter), new("q0004", ItemFunction.Sequential)]
                : [new("*", ItemFunction.GeneralizedPartialCredit)],
            Attributes = [.. Enumerable.Range(1, attributes).Select(j => $"F{j}")],
            QMatrix = simulation.QMatrix(),
            Quadrature = new(Nodes: nodes),
        });
    }

    private sealed class Recorder(Action<int, double, double[]> record) : IPosteriorVisitor
    {
        public void Visit(int pattern, double logLikelihood, ReadOnlySpan<double> posterior) => record(pattern, logLikelihood, posterior.ToArray());
    }
}
