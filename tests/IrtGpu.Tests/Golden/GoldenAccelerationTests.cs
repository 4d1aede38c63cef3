using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;

namespace IrtGpu.Tests.Golden;

/// <summary>Every golden case with each acceleration: always the same optimum, and a log-likelihood that does not fall.</summary>
public sealed class GoldenAccelerationTests(GoldenFits fits) : IClassFixture<GoldenFits>
{
    private const int LongestPlainRun = 1000; // beyond, plain EM is only asked to stay at the optimum

    public static TheoryData<string, Acceleration> Accelerations => GoldenFits.Product([Acceleration.None, Acceleration.Squarem, Acceleration.Anderson], (_, _) => true);

    [Theory]
    [MemberData(nameof(Accelerations))]
    public void Every_acceleration_ends_at_the_reference(string id, Acceleration acceleration)
    {
        GoldenCase golden = GoldenCase.Load(id);
        CalibrationOptions options = GoldenFits.Options with { Acceleration = acceleration, MaxCycles = acceleration == Acceleration.None ? LongestPlainRun : 50_000 };
        CalibrationResult result = GoldenFits.Fit(golden, options);
        for (int cycle = 1; cycle < result.History.Count; cycle++)
        {
            double previous = result.History[cycle - 1].LogLikelihood;
            if (golden.LogPrior == 0 && result.History[cycle].Step != "rejected" && result.History[cycle - 1].Step != "rejected")
                Assert.True(result.History[cycle].LogLikelihood >= previous - 1e-7 * Math.Abs(previous), $"cycle {cycle + 1} fell from {previous:r}");
        }
        if (acceleration == Acceleration.None && result.Termination.Kind != TerminationKind.Converged)
        {
            result = GoldenFits.Fit(golden, options with { Start = fits.Tight(id).Result.Point });
            Assert.InRange(result.History.Count, 1, 2);
            Assert.Equal(TerminationKind.Converged, result.Termination.Kind);
        }
        GoldenFits.AssertAtReference(golden, result);
    }
}
