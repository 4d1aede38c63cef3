using IrtGpu.Foundation.Estimation;

namespace IrtGpu.Tests.Golden;

/// <summary>Every golden case with each acceleration: always the same optimum, and a log-likelihood that does not fall.</summary>
public sealed class GoldenAccelerationTests
{
    public static TheoryData<string, Acceleration> Accelerations => GoldenFits.Product([Acceleration.None, Acceleration.Squarem, Acceleration.Anderson], (_, _) => true);

    [Theory]
    [MemberData(nameof(Accelerations))]
    public void Every_acceleration_ends_at_the_reference(string id, Acceleration acceleration)
    {
        GoldenCase golden = GoldenCase.Load(id);
        CalibrationResult result = GoldenFits.Fit(golden, GoldenFits.Options with { Acceleration = acceleration, MaxCycles = 50_000 });
        for (int cycle = 1; cycle < result.History.Count; cycle++)
        {
            double previous = result.History[cycle - 1].LogLikelihood;
            if (golden.LogPrior == 0 && result.History[cycle].Step != "rejected" && result.History[cycle - 1].Step != "rejected")
                Assert.True(result.History[cycle].LogLikelihood >= previous - 1e-7 * Math.Abs(previous), $"cycle {cycle + 1} fell from {previous:r}");
        }
        GoldenFits.AssertAtReference(golden, result);
    }
}
