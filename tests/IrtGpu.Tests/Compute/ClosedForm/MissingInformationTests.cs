using IrtGpu.Compute;
using IrtGpu.Compute.Cpu;
using IrtGpu.Data;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Planning.Layout;
using IrtGpu.Planning.Starts;
using IrtGpu.Specification;
using IrtGpu.TestCases;
using IrtGpu.Tests.Data;
using IrtGpu.Tests.Estimation;

namespace IrtGpu.Tests.Compute.ClosedForm;

/// <summary>Missing information in closed form against sums over posteriors from tables, and standard errors from it against differences of the gradient.</summary>
public sealed class MissingInformationTests
{
    private static readonly QuadratureSpecification Moving = new(QuadratureRule.GaussHermite, 25);

    public static TheoryData<string> Problems => [.. ProblemByName.Keys];

    private static Dictionary<string, Problem> ProblemByName => new()
    {
        ["2pl"] = new(Binary, Model("2pl")),
        ["2pl, missing responses by booklet"] = new(Booklets(Binary), Model("2pl")),
        ["2pl, weights"] = new(Binary with { HasWeights = true }, Model("2pl")),
        ["2pl, nodes that move with a fixed population"] = new(Binary, Model("2pl") with { Quadrature = Moving }),
        ["2pl, priors"] = new(Binary, Model("2pl") with { Priors = [new ParameterPrior("*", "a1", PriorDistribution.LogNormal, 0, 0.5)] }),
        ["2pl, slopes tied over some items, one fixed"] = new(Binary, Model("2pl") with
        {
            Constraints = [new ParameterConstraint("q0001-q0003", "a1", ConstraintKind.Equal), new ParameterConstraint("q0005", "a1", ConstraintKind.Fixed, 0.8)],
        }),
        ["1pl"] = new(Binary, Model("1pl")),
        ["rasch"] = new(Binary, Model("rasch")),
        ["rasch, 3 groups, item free"] = new(Binary with { Groups = 3 }, Model("rasch") with { FreeItems = "q0002" }),
        ["2pl, 3 groups, item free, booklets, weights"] = new(
            Booklets(Binary with { Groups = 3, HasWeights = true }), Model("2pl") with { FreeItems = "q0006" }),
        ["2pl, 2 groups, no item equal"] = new(Binary with { Groups = 2 }, Model("2pl") with { EqualAcrossGroups = "none" }),
        ["gpcm, category scores"] = new(Graded, Model("gpcm") with
        {
            CategoryScores = [new CategoryScores("q0002", [0, 1.5, 2, 2.5]), new CategoryScores("q0003", [0.5, 1, 3])],
        }),
        ["gpcm, 2 groups, mean fixed"] = new(Graded with { Groups = 2 }, Model("gpcm") with
        {
            Population = [new PopulationConstraint("mean", ConstraintKind.Fixed, 0.2, Group: "GB")],
        }),
        ["pcm"] = new(Graded, Model("pcm")),
        ["rating scale"] = new(SimulatedData.Polytomous(600, 6, 4), Model("rsm")),
        ["nominal"] = new(Graded, Model("nominal")),
        ["nominal, 2 groups, booklets"] = new(Booklets(Graded with { Groups = 2 }), Model("nominal")),
    };

    private static SimulatedData Binary => SimulatedData.Dichotomous(600, 8);

    private static SimulatedData Graded => new(600, [2, 4, 3, 3, 4, 2, 3]);

    [Theory]
    [MemberData(nameof(Problems))]
    public void Agrees_with_the_sum_over_posteriors_to_1e9(string name)
    {
        (CalibrationPlan plan, PatternTable patterns) = ProblemByName[name].Plan();
        ParameterVector start = StartingValues.Disturb(plan, StartingValues.FromMarginals(plan, patterns), seed: 3, scale: 0.3);
        ModelPoint point = ModelPoint.TryCreate(plan, start)!;
        using CpuBackend weighted = HostForms.Open(plan, patterns, 1, EStepForm.WeightedScore);
        using CpuBackend tables = HostForms.Open(plan, patterns, 1, EStepForm.Tables);

        double[]? actual = weighted.Capabilities.TryMissingInformation(point);
        double[] expected = SumOverPosteriors(point, patterns, tables);

        Assert.NotNull(actual);
        AssertAgree(plan, expected, actual, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Problems))]
    public void Gives_the_covariances_that_differences_of_the_gradient_give(string name)
    {
        (CalibrationPlan plan, PatternTable patterns) = ProblemByName[name].Plan();
        using CpuBackend weighted = HostForms.Open(plan, patterns, 1, EStepForm.WeightedScore);
        using CpuBackend tables = HostForms.Open(plan, patterns, 1, EStepForm.Tables);
        CalibrationOptions options = new() { EStep = EStepForm.Tables, Tolerance = 1e-5 };
        CalibrationResult fit = AssertFit.Run(ProblemByName[name].Data, ProblemByName[name].Specification, options);
        ModelPoint point = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, fit.Point.Parameters.Free))!;

        foreach (StandardErrorMethod method in new[] { StandardErrorMethod.Oakes, StandardErrorMethod.Louis, StandardErrorMethod.Sandwich })
        {
            StandardErrors actual = Estimate(point, patterns, weighted, method);
            StandardErrors expected = Estimate(point, patterns, tables, method);
            Assert.True(actual.Covariance is not null && expected.Covariance is not null, expected.Reason ?? actual.Reason);
            AssertAgree(plan, expected.Covariance, actual.Covariance, 1e-6);
        }
    }

    [Fact]
    public void Has_the_same_bits_for_any_number_of_threads_and_shards_add_up()
    {
        (CalibrationPlan plan, PatternTable patterns) = new Problem(Booklets(SimulatedData.Dichotomous(20_000, 12) with { Groups = 2 }), Model("2pl")).Plan();
        ModelPoint point = ModelPoint.TryCreate(plan, StartingValues.FromMarginals(plan, patterns))!;
        using CpuBackend one = HostForms.Open(plan, patterns, 1, EStepForm.WeightedScore);
        using CpuBackend many = HostForms.Open(plan, patterns, 7, EStepForm.WeightedScore);
        using ShardedBackend sharded = new(plan, patterns, 3, (_, slice) => HostForms.Open(plan, slice, 1, EStepForm.WeightedScore));
        double[]? expected = one.Capabilities.TryMissingInformation(point);
        Assert.NotNull(expected);
        Assert.Equal(expected, many.Capabilities.TryMissingInformation(point));
        double[]? sum = sharded.Capabilities.TryMissingInformation(point);
        Assert.NotNull(sum);
        AssertAgree(plan, expected, sum, 1e-11);
    }

    [Theory]
    [InlineData(2, 1, false)] // two classes: the class is missing too
    [InlineData(1, 2, true)] // nodes that move with a free mean
    public void Is_left_to_the_other_ways_where_more_than_theta_is_missing_or_nodes_move(int classes, int groups, bool moves)
    {
        ModelSpecification specification = Model("2pl") with { ClassCount = classes, Quadrature = moves ? Moving : new QuadratureSpecification() };
        (CalibrationPlan plan, PatternTable patterns) = new Problem(Binary with { Groups = groups }, specification).Plan();
        ModelPoint point = ModelPoint.TryCreate(plan, StartingValues.FromMarginals(plan, patterns))!;
        using CpuBackend weighted = HostForms.Open(plan, patterns, 1, EStepForm.WeightedScore);
        using CpuBackend tables = HostForms.Open(plan, patterns, 1, EStepForm.Tables);
        Assert.Null(weighted.Capabilities.TryMissingInformation(point));
        Assert.Null(tables.Capabilities.TryMissingInformation(point));
    }

    private static StandardErrors Estimate(ModelPoint point, PatternTable patterns, CpuBackend backend, StandardErrorMethod method) =>
        new StandardErrorEstimator(point, backend.ComputeExpectation(point), patterns, backend, threads: 1).Estimate(method);

    private static double[] SumOverPosteriors(ModelPoint point, PatternTable patterns, CpuBackend backend)
    {
        CompleteDataGradients gradients = new(point, patterns);
        return backend.VisitPosteriors(point, () => new MissingInformationVisitor(gradients)).Select(visitor => visitor.Sum)
            .Aggregate((sum, term) => [.. sum.Zip(term, (left, right) => left + right)]);
    }

    /// <summary>Lower triangles, relative to the diagonal.</summary>
    private static void AssertAgree(CalibrationPlan plan, double[] expected, double[] actual, double tolerance)
    {
        int n = plan.Layout.FreeCount;
        Assert.True(n > 0);
        for (int r = 0; r < n; r++)
        {
            for (int c = 0; c <= r; c++)
            {
                double error = Math.Abs(actual[r * n + c] - expected[r * n + c]) / Math.Sqrt(expected[r * n + r] * expected[c * n + c]);
                Assert.True(error <= tolerance, FormattableString.Invariant(
                    $"{Describe(plan, r)}, {Describe(plan, c)}: {actual[r * n + c]:r} instead of {expected[r * n + c]:r}, {error:g3} of the scale"));
            }
        }
    }

    private static string Describe(CalibrationPlan plan, int free) => SlotNames.Describe(plan, plan.Layout.RepresentativeSlot[free]);

    private static ModelSpecification Model(string function)
    {
        Assert.True(ItemFunctions.TryParse(function, out ItemFunction parsed));
        return new ModelSpecification { Functions = [new FunctionAssignment("*", parsed)] };
    }

    private static ResponseData Booklets(SimulatedData simulated) => simulated.Draw().Change((person, item, response) =>
        person / 5 % 3 != 0 && item / 2 % 2 == person / 5 % 3 - 1 ? ResponseData.Missing : response);

    private sealed record Problem(ResponseData Data, ModelSpecification Specification)
    {
        public Problem(SimulatedData simulated, ModelSpecification specification)
            : this(simulated.Draw(), specification)
        {
        }

        public (CalibrationPlan Plan, PatternTable Patterns) Plan()
        {
            PatternTable patterns = PatternTable.Compress(Data);
            return (CalibrationPlanner.Plan(Specification, DataShape.Of(Data, patterns)), patterns);
        }
    }
}
