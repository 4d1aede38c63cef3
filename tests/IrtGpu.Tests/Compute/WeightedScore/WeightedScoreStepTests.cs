using IrtGpu.Compute;
using IrtGpu.Compute.Cpu;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Planning.Layout;
using IrtGpu.Scoring;
using IrtGpu.Specification;
using IrtGpu.TestCases;
using IrtGpu.Tests.Data;

namespace IrtGpu.Tests.Compute.WeightedScore;

/// <summary>What only the weighted-score form of the E-step has to mind: ends of its grid, slopes that run off, rows on disk.</summary>
public sealed class WeightedScoreStepTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Lowest_and_highest_scores_lie_at_the_ends_of_the_grid(int classes)
    {
        const int items = 13; // two joint rows
        byte[] responses = [.. Enumerable.Repeat((byte)0, items), .. Enumerable.Repeat((byte)1, items), .. Enumerable.Range(0, items).Select(item => (byte)(item % 2))];
        ResponseData data = new()
        {
            ItemNames = [.. Enumerable.Range(1, items).Select(item => $"i{item}")],
            CategoryCodes = [.. Enumerable.Range(0, items).Select(int[] (_) => [0, 1])],
            Responses = new(responses, items),
            PersonCount = 3,
            Weights = [1000, 700, 1],
        };
        PatternTable patterns = PatternTable.Compress(data);
        CalibrationPlan plan = CalibrationPlanner.Plan(new ModelSpecification { ClassCount = classes }, DataShape.Of(data, patterns));
        using CpuBackend weighted = HostForms.Open(plan, patterns, 1, EStepForm.WeightedScore);
        ModelPoint point = ModelCase.RandomPoint(plan, patterns, 1);
        Conformance.AssertConforms(weighted, patterns, point, 1e-9);
        Assert.InRange(weighted.ComputeExpectation(point).InterpolationError, 0, 1e-10);
    }

    [Fact]
    public void Rows_on_disk_give_the_same_bits()
    {
        ModelCase problem = Catalogue.Get("booklets of the family") with { Persons = 17_000 };
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = problem.Build();
        using ResponseData onDisk = problem.Data().OnDisk(Path.GetTempPath());
        using CpuBackend inMemory = HostForms.Open(plan, patterns, 2, EStepForm.WeightedScore);
        using CpuBackend stored = HostForms.Open(plan, PatternTable.Compress(onDisk), 2, EStepForm.WeightedScore);
        Closeness.AssertSame(EStepOutcome.Compute(inMemory, point), EStepOutcome.Compute(stored, point));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Slopes_that_run_off_are_computed_and_scored_without_grids_and_have_no_closed_form(int classes)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint point) = (Catalogue.Get("2pl") with { Classes = classes, Persons = 1500 }).Build();
        double[] free = [.. point.Parameters.Free];
        free[Enumerable.Range(0, free.Length).First(index => plan.Layout.Slots[plan.Layout.RepresentativeSlot[index]].Kind == ParameterKind.Slope)] = 1e7;
        ModelPoint far = ModelPoint.TryCreate(plan, new ParameterVector(plan.Layout, free))!;
        using CpuBackend tables = HostForms.Open(plan, patterns, 1, EStepForm.Tables);
        using CpuBackend weighted = HostForms.Open(plan, patterns, 1, EStepForm.WeightedScore);
        EStepOutcome expected = EStepOutcome.Compute(tables, far);
        EStepOutcome actual = EStepOutcome.Compute(weighted, far);
        Closeness.AssertRelative(expected.LogLikelihood, actual.LogLikelihood, 1e-9, "log-likelihood");
        Closeness.AssertNear(expected.Population, actual.Population, 1e-6 * patterns.TotalWeight);
        Assert.Null(weighted.Capabilities.TryScore(far));
        Closeness.AssertNear(PatternScorer.Score(far, patterns.Groups, tables, TestContext.Current.CancellationToken).Mean, PatternScorer.Score(far, patterns.Groups, weighted, TestContext.Current.CancellationToken).Mean, 1e-8);
        Assert.Equal(classes == 1, weighted.Capabilities.TryMissingInformation(point) is not null);
        Assert.Null(weighted.Capabilities.TryMissingInformation(far));
    }

    [Fact]
    public void A_fit_ends_at_the_same_optimum_in_both_forms()
    {
        ModelCase problem = Catalogue.Get("gpcm") with { Persons = 4000 };
        CalibrationOptions options = new() { Tolerance = 1e-9, StandardErrors = StandardErrorMethod.Oakes };
        CalibrationResult tables = Fit(problem, options with { EStep = EStepForm.Tables });
        CalibrationResult weighted = Fit(problem, options with { EStep = EStepForm.WeightedScore });
        Assert.Equal(tables.LogLikelihood, weighted.LogLikelihood, 1e-6);
        Closeness.AssertNear(tables.Point.Parameters.Free, weighted.Point.Parameters.Free, 1e-6);
        Closeness.AssertNear(tables.StandardErrors.Covariance, weighted.StandardErrors.Covariance, 1e-7);
    }

    [Fact]
    public void Is_refused_for_other_models_when_asked_for_by_name()
    {
        SpecificationException exception = Assert.Throws<SpecificationException>(() => Fit(Catalogue.Get("grm"), new CalibrationOptions { EStep = EStepForm.WeightedScore }));
        Assert.Contains("--e-step", exception.Message, StringComparison.Ordinal);
    }

    private static CalibrationResult Fit(ModelCase problem, CalibrationOptions options) =>
        Calibration.Run(problem.Data(), problem.Specification, options, cancellation: TestContext.Current.CancellationToken);
}
