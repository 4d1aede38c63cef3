using IrtGpu.Compute;
using IrtGpu.Inference;

namespace IrtGpu.Tests.Golden;

/// <summary>Every golden case with each form of the E-step and each acceleration forced in turn: always the same optimum.</summary>
public sealed class GoldenFormTests
{
    /// <summary>Weighted scores: some items of the exponential family, the others of one attribute. Dimension tables: several attributes, one an item.</summary>
    public static TheoryData<string, EStepForm> Forms => Product(
        [EStepForm.Tables, EStepForm.WeightedScore, EStepForm.DimensionTables],
        (golden, form) => form switch
        {
            EStepForm.WeightedScore => golden.Functions.Any(IsExponential) && (golden.Functions.All(IsExponential) || golden.Attributes == 1 || IsSimple(golden)),
            EStepForm.DimensionTables => golden.Attributes > 1 && IsSimple(golden),
            _ => true,
        });

    public static TheoryData<string, Acceleration> Accelerations => Product([Acceleration.None, Acceleration.Squarem, Acceleration.Anderson], (_, _) => true);

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_form_of_the_e_step_ends_at_the_reference(string id, EStepForm form)
    {
        GoldenCase golden = GoldenCase.Load(id);
        CalibrationResult result = Fit(golden, Options(golden) with { EStep = form });
        Assert.Equal(form, result.EStep);
        AssertAtReference(golden, result);
    }

    [Theory]
    [MemberData(nameof(Accelerations))]
    public void Every_acceleration_ends_at_the_reference(string id, Acceleration acceleration)
    {
        GoldenCase golden = GoldenCase.Load(id);
        CalibrationResult result = Fit(golden, Options(golden) with { Acceleration = acceleration, MaxCycles = 50_000 });
        for (int cycle = 1; cycle < result.History.Count; cycle++)
        {
            double previous = result.History[cycle - 1].LogLikelihood;
            if (golden.LogPrior == 0 && result.History[cycle].Step != "rejected" && result.History[cycle - 1].Step != "rejected")
                Assert.True(result.History[cycle].LogLikelihood >= previous - 1e-7 * Math.Abs(previous), $"cycle {cycle + 1} fell from {previous:r}");
        }
        AssertAtReference(golden, result);
    }

    private static bool IsExponential(GoldenFunction function) => function.Function is not ("3pl" or "4pl" or "grm" or "grsm" or "sequential");

    private static bool IsSimple(GoldenCase golden) => golden.Specification().QMatrix is { } q && q.Values.All(row => row.Sum() == 1);

    private static void AssertAtReference(GoldenCase golden, CalibrationResult result)
    {
        GoldenFit fit = new(golden, result);
        GoldenTests.AssertLogLikelihood(fit);
        GoldenTests.AssertEstimates(fit);
    }

    private static CalibrationOptions Options(GoldenCase golden) =>
        GoldenFits.Options(golden) with { Tolerance = 1e-8, StandardErrors = StandardErrorMethod.None, Scores = ScoreMethod.None };

    private static CalibrationResult Fit(GoldenCase golden, CalibrationOptions options) =>
        Calibration.Run(golden.ReadData(), golden.Specification(), options, cancellation: TestContext.Current.CancellationToken);

    private static TheoryData<string, T> Product<T>(T[] values, Func<GoldenCase, T, bool> applies)
    {
        TheoryData<string, T> data = [];
        foreach (string id in GoldenCase.Ids)
        {
            GoldenCase golden = GoldenCase.Load(id);
            foreach (T value in values.Where(value => applies(golden, value)))
                data.Add(id, value);
        }
        return data;
    }
}
