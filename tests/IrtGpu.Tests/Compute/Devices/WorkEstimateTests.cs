using IrtGpu.Compute.Devices;
using IrtGpu.Data;
using IrtGpu.Planning;
using IrtGpu.Planning.EStep;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Compute.Devices;

/// <summary>What <c>auto</c> weighs against starting a device.</summary>
public sealed class WorkEstimateTests
{
    private static readonly CalibrationOptions Options = new();

    [Fact]
    public void Standard_errors_in_closed_form_cost_no_E_steps()
    {
        (CalibrationPlan plan, PatternTable patterns, _) = Problem(1).Build();
        double withErrors = Seconds(plan, patterns, EStepForm.WeightedScore, StandardErrorMethod.Oakes);
        double without = Seconds(plan, patterns, EStepForm.WeightedScore, StandardErrorMethod.None);
        Assert.InRange(withErrors / without, 1, 2);
    }

    [Theory]
    [InlineData(1, EStepForm.Tables)]
    [InlineData(2, EStepForm.WeightedScore)] // classes leave no closed form
    public void Differenced_standard_errors_cost_two_E_steps_a_parameter(int classes, EStepForm form)
    {
        (CalibrationPlan plan, PatternTable patterns, _) = Problem(classes).Build();
        double step = Seconds(plan, patterns, form, StandardErrorMethod.None, cycles: 1);
        double added = Seconds(plan, patterns, form, StandardErrorMethod.Oakes, cycles: 1) - step;
        Assert.Equal(2 * plan.Layout.FreeCount, added / step, 1e-6);
    }

    [Fact]
    public void Fewer_patterns_than_pay_for_weighted_scores_are_counted_as_tables()
    {
        (CalibrationPlan plan, PatternTable patterns, _) = Problem(1).Build();
        Assert.True(patterns.PatternCount < 3000);
        Assert.Equal(
            Seconds(plan, patterns, EStepForm.Tables, StandardErrorMethod.Oakes), Seconds(plan, patterns, EStepForm.Auto, StandardErrorMethod.Oakes));
    }

    private static ModelCase Problem(int classes) => Catalogue.Get("2pl") with { Persons = 1500, Classes = classes };

    private static double Seconds(CalibrationPlan plan, PatternTable patterns, EStepForm form, StandardErrorMethod method, int cycles = 500) =>
        WorkEstimate.HostSeconds(
            plan, patterns.PatternCount, Options with { StandardErrors = method, MaxCycles = cycles, Threads = 1 }, EStepChoice.ForHost(plan, patterns, form));
}
