using IrtGpu.Compute;
using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Items;
using IrtGpu.Kernels.Backend;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Kernels.Tests.EStep;

/// <summary>Where devices go by weighted scores, and that fits end where tables lead.</summary>
public sealed class WeightedScoreFormTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Fits_in_both_forms_end_at_the_same_optimum(int attributes)
    {
        ModelCase problem = new() { Functions = Catalogue.Family, Persons = 120, Items = 8, Attributes = attributes, Nodes = attributes == 1 ? 15 : 7 };
        CalibrationResult tables = Fit(problem, EStepForm.Tables);
        CalibrationResult scores = Fit(problem, EStepForm.WeightedScore);
        Assert.Equal(EStepForm.Tables, tables.EStep);
        Assert.Equal(EStepForm.WeightedScore, scores.EStep);
        Assert.Equal(tables.History.Count, scores.History.Count);
        Assert.InRange(scores.LogLikelihood, tables.LogLikelihood - 1e-8, tables.LogLikelihood + 1e-8);
    }

    [Fact]
    public void Auto_takes_scores_where_they_apply_and_sets_are_few()
    {
        Assert.Equal(EStepForm.WeightedScore, FormOf(new ModelCase { Attributes = 2, Nodes = 3 }, EStepForm.Auto));
        Assert.Equal(EStepForm.Tables, FormOf(new ModelCase { Functions = [ItemFunction.TwoParameter, ItemFunction.Graded] }, EStepForm.Auto));
        Assert.Equal(EStepForm.Tables, FormOf(new ModelCase { Missing = 0.2 }, EStepForm.Auto)); // 41 persons, more than one set
        Assert.Equal(EStepForm.WeightedScore, FormOf(new ModelCase { Missing = 0.2 }, EStepForm.WeightedScore));
        Assert.Equal(EStepForm.Tables, FormOf(new ModelCase(), EStepForm.Tables));
    }

    [Fact]
    public void Scores_demanded_of_other_items_are_refused_with_the_item()
    {
        ModelCase problem = new() { Functions = [ItemFunction.TwoParameter, ItemFunction.Graded] };
        SpecificationException refusal = Assert.Throws<SpecificationException>(() => FormOf(problem, EStepForm.WeightedScore));
        Assert.Contains("'q0002'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--e-step auto", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_of_each_dimension_are_refused() =>
        Assert.Throws<SpecificationException>(() => FormOf(new ModelCase { Attributes = 2, Nodes = 3 }, EStepForm.DimensionTables));

    private static EStepForm FormOf(ModelCase problem, EStepForm form)
    {
        (CalibrationPlan plan, PatternTable patterns, ModelPoint _) = problem.Build();
        using IComputeBackend backend = new AcceleratorProvider().Create(DeviceName.OfKind("ilgpu-cpu"), plan, patterns, EStepChoice.ForDevice(plan, patterns, form));
        return backend.Form;
    }

    private static CalibrationResult Fit(ModelCase problem, EStepForm form) => Calibration.Run(problem.Data(), problem.Specification, new CalibrationOptions
    {
        Device = "ilgpu-cpu",
        Providers = [new AcceleratorProvider()],
        EStep = form,
        MaxCycles = 12,
        StandardErrors = StandardErrorMethod.None,
        Scores = ScoreMethod.None,
    });
}
