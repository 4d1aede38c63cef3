using IrtGpu.Compute;
using IrtGpu.Compute.Cpu;
using IrtGpu.Data;
using IrtGpu.Estimation;
using IrtGpu.Foundation.Integration;
using IrtGpu.Inference;
using IrtGpu.Items;
using IrtGpu.Models;
using IrtGpu.Planning;
using IrtGpu.Planning.Layout;
using IrtGpu.Specification;

namespace IrtGpu.Tests.Compute.WeightedScore;

/// <summary>The weighted-score form of the E-step against the tables: same log-likelihood, same gradient, same fit.</summary>
public sealed class WeightedScoreTests
{
    public static TheoryData<string, int, int, bool, double> Problems => new()
    {
        // function, groups, classes, moving nodes, share of booklet 2
        { "2pl", 1, 1, false, 0 },
        { "rasch", 1, 1, false, 0.5 },
        { "gpcm", 1, 1, false, 0 },
        { "gpcm", 1, 1, true, 0.3 },
        { "pcm", 2, 1, false, 0.5 },
        { "rsm", 1, 1, false, 0 },
        { "1pl", 3, 1, false, 0.2 },
        { "nominal", 1, 1, false, 0.3 },
        { "nominal", 2, 2, true, 0 },
        { "2pl", 1, 2, false, 0 },
        { "gpcm", 2, 2, false, 0.4 },
    };

    [Theory]
    [MemberData(nameof(Problems))]
    public void Agrees_with_tables_to_1e9(string function, int groups, int classes, bool moving, double booklets)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Make(function, groups, classes, moving, booklets);
        using CpuBackend tables = new(plan, patterns, 1, EStepForm.Tables);
        using CpuBackend weighted = new(plan, patterns, 1, EStepForm.WeightedScore);
        Assert.Equal(EStepForm.WeightedScore, weighted.Form);

        AssertAgree(point, patterns.TotalWeight, tables.ComputeExpectedCounts(point), weighted.ComputeExpectedCounts(point));
        Assert.InRange(weighted.InterpolationError, 0, 1e-10);
    }

    [Fact]
    public void Has_the_same_bits_for_any_number_of_threads()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Make("gpcm", 2, 1, moving: false, booklets: 0.5, persons: 20_000);
        using CpuBackend one = new(plan, patterns, 1, EStepForm.WeightedScore);
        using CpuBackend many = new(plan, patterns, 7, EStepForm.WeightedScore);
        ExpectedCounts expected = one.ComputeExpectedCounts(point);
        ExpectedCounts actual = many.ComputeExpectedCounts(point);
        Assert.Equal(expected.LogLikelihood, actual.LogLikelihood);
        Assert.Equal(expected.NodeTotals[0], actual.NodeTotals[0]);
        Assert.Equal(expected.ResponseMoments, actual.ResponseMoments);
    }

    [Fact]
    public void Slopes_that_run_off_are_computed_without_grids()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Make("2pl", 1, 2, moving: false, booklets: 0);
        double[] free = [.. point.Parameters.Free];
        int slope = Enumerable.Range(0, free.Length).First(index => plan.Layout.Slots[plan.Layout.RepresentativeSlot[index]].Kind == ParameterKind.Slope);
        free[slope] = 1e7;
        ModelPoint far = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, free))!;
        using CpuBackend tables = new(plan, patterns, 1, EStepForm.Tables);
        using CpuBackend weighted = new(plan, patterns, 1, EStepForm.WeightedScore);
        ExpectedCounts expected = tables.ComputeExpectedCounts(far);
        ExpectedCounts actual = weighted.ComputeExpectedCounts(far);
        Assert.InRange(Math.Abs(actual.LogLikelihood / expected.LogLikelihood - 1), 0, 1e-9);
        for (int block = 0; block < plan.Blocks.Count; block++)
            AssertClose(expected.NodeTotals[block], actual.NodeTotals[block], 1e-6 * patterns.TotalWeight);
    }

    [Fact]
    public void Slopes_that_run_off_have_no_missing_information_in_closed_form()
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = Make("2pl", 1, 1, moving: false, booklets: 0);
        using CpuBackend weighted = new(plan, patterns, 1, EStepForm.WeightedScore);
        Assert.NotNull(((IMissingInformationBackend)weighted).TryComputeMissingInformation(point));
        double[] free = [.. point.Parameters.Free];
        free[Enumerable.Range(0, free.Length).First(index => plan.Layout.Slots[plan.Layout.RepresentativeSlot[index]].Kind == ParameterKind.Slope)] = 1e7;
        ModelPoint far = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, free))!;
        Assert.Null(((IMissingInformationBackend)weighted).TryComputeMissingInformation(far));
    }

    [Fact]
    public void A_fit_ends_at_the_same_optimum_in_both_forms()
    {
        ResponseData data = Draw("gpcm", 1, 0, 4000);
        ModelSpecification specification = new() { Functions = [new FunctionAssignment("*", ItemFunction.GeneralizedPartialCredit)] };
        CalibrationOptions options = new() { Tolerance = 1e-9, StandardErrors = StandardErrorMethod.Oakes };
        CalibrationResult tables = Calibration.Run(data, specification, options with { EStep = EStepForm.Tables }, cancellation: TestContext.Current.CancellationToken);
        CalibrationResult weighted = Calibration.Run(data, specification, options with { EStep = EStepForm.WeightedScore }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(tables.LogLikelihood, weighted.LogLikelihood, 1e-6);
        AssertClose(tables.Point.Parameters.Free, weighted.Point.Parameters.Free, 1e-6);
        AssertClose(tables.StandardErrors.Covariance!, weighted.StandardErrors.Covariance!, 1e-7);
    }

    [Fact]
    public void Is_refused_for_other_models_when_asked_for_by_name()
    {
        ResponseData data = Draw("grm", 1, 0, 300);
        ModelSpecification specification = new() { Functions = [new FunctionAssignment("*", ItemFunction.Graded)] };
        SpecificationException exception = Assert.Throws<SpecificationException>(() =>
            Calibration.Run(data, specification, new CalibrationOptions { EStep = EStepForm.WeightedScore }, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("--e-step", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Same log-likelihood, node totals, gradient and M-step.</summary>
    internal static void AssertAgree(ModelPoint point, double totalWeight, ExpectedCounts expected, ExpectedCounts actual)
    {
        Assert.InRange(Math.Abs(actual.LogLikelihood / expected.LogLikelihood - 1), 0, 1e-12);
        for (int block = 0; block < point.Plan.Blocks.Count; block++)
            AssertClose(expected.NodeTotals[block], actual.NodeTotals[block], 1e-9 * totalWeight);
        MStep mStep = new(point.Plan, 1, 1);
        AssertClose(mStep.Derivatives(point, expected), mStep.Derivatives(point, actual), 1e-9 * totalWeight);
        AssertClose(mStep.Maximize(point, expected).Free, mStep.Maximize(point, actual).Free, 1e-9);
    }

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
            Assert.True(Math.Abs(expected[k] - actual[k]) <= tolerance, $"element {k}: {actual[k]:r} instead of {expected[k]:r}");
    }

    internal static (CalibrationPlan Plan, PatternTable Patterns, ModelPoint Point) Make(
        string function, int groups, int classes, bool moving, double booklets, int persons = 1500)
    {
        return Make(Draw(function, groups, booklets, persons), function, classes, moving);
    }

    internal static (CalibrationPlan Plan, PatternTable Patterns, ModelPoint Point) Make(ResponseData data, string function, int classes, bool moving)
    {
        PatternTable patterns = PatternTable.Compress(data);
        Assert.True(ItemFunctions.TryParse(function, out ItemFunction parsed));
        ModelSpecification specification = new()
        {
            Functions = [new FunctionAssignment("*", parsed)],
            CategoryScores = function == "gpcm" ? [new CategoryScores("i2", [0, 1.5, 2]), new CategoryScores("i3", [0.5, 1, 3])] : [],
            ClassCount = classes,
            Quadrature = moving ? new QuadratureSpecification(QuadratureRule.GaussHermite, 21) : new QuadratureSpecification(),
        };
        CalibrationPlan plan = CalibrationPlanner.Plan(specification, DataShape.Of(data, patterns));
        ParameterVector start = StartingValues.Disturb(plan, StartingValues.FromMarginals(plan, patterns), seed: 5, scale: 0.4);
        return (plan, patterns, ModelPoint.TryCreate(plan, start)!);
    }

    internal static ResponseData Draw(string function, int groups, double booklets, int persons)
    {
        const int items = 11;
        int categories = function is "2pl" or "1pl" or "rasch" ? 2 : 3;
        MathNet.Numerics.Random.Xoshiro256StarStar random = new(17);
        byte[] responses = new byte[persons * items];
        int[] group = new int[persons];
        for (int person = 0; person < persons; person++)
        {
            group[person] = person % groups;
            double ability = MathNet.Numerics.Distributions.Normal.Sample(random, 0.3 * group[person], 1);
            bool second = random.NextDouble() < booklets;
            for (int item = 0; item < items; item++)
            {
                double propensity = ability + 0.2 * (item - 5) + Math.Log(1 / random.NextDouble() - 1);
                byte category = (byte)(propensity < -0.5 ? 0 : propensity < 1 || categories == 2 ? 1 : 2);
                bool isGiven = booklets == 0 || (second ? item >= 4 : item < 8);
                responses[person * items + item] = isGiven ? category : ResponseData.Missing;
            }
        }
        return new ResponseData
        {
            ItemNames = [.. Enumerable.Range(1, items).Select(item => $"i{item}")],
            CategoryCodes = [.. Enumerable.Range(0, items).Select(_ => Enumerable.Range(0, categories).ToArray())],
            Responses = new(responses, items),
            PersonCount = persons,
            GroupNames = groups == 1 ? [""] : [.. Enumerable.Range(1, groups).Select(g => $"g{g}")],
            Groups = groups == 1 ? null : group,
        };
    }
}
