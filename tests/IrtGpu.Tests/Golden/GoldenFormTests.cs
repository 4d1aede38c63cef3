using IrtGpu.Planning.EStep;

namespace IrtGpu.Tests.Golden;

/// <summary>Every golden case with each form of the E-step forced in turn: always the same optimum.</summary>
public sealed class GoldenFormTests
{
    /// <summary>Weighted scores: some items of the exponential family, the others of one attribute. Dimension tables: several attributes, one an item.</summary>
    public static TheoryData<string, EStepForm> Forms => GoldenFits.Product(
        [EStepForm.Tables, EStepForm.WeightedScore, EStepForm.DimensionTables],
        (golden, form) => form switch
        {
            EStepForm.WeightedScore => golden.Functions.Any(IsExponential) && (golden.Functions.All(IsExponential) || golden.Attributes == 1 || IsSimple(golden)),
            EStepForm.DimensionTables => golden.Attributes > 1 && IsSimple(golden),
            _ => true,
        });

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_form_of_the_e_step_ends_at_the_reference(string id, EStepForm form)
    {
        GoldenCase golden = GoldenCase.Load(id);
        CalibrationResult result = GoldenFits.Fit(golden, GoldenFits.Options with { EStep = form });
        Assert.Equal(form, result.EStep);
        GoldenFits.AssertAtReference(golden, result);
    }

    private static bool IsExponential(GoldenFunction function) => function.Function is not ("3pl" or "4pl" or "grm" or "grsm" or "sequential");

    private static bool IsSimple(GoldenCase golden) => golden.Specification().QMatrix is { } q && q.Values.All(row => row.Sum() == 1);
}
