using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;

namespace IrtGpu.Foundation.Tests.Estimation;

/// <summary>A run that was saved goes on as if it had not been.</summary>
public sealed class EmStateTests
{
    private static readonly double[] Values = DirectMixture.Draw(200, seed: 11);
    private static readonly double[] Start = [1.5, 0.9, 1.4, 0, -1.5]; // accelerated proposals are rejected on the way from here

    public static TheoryData<Acceleration> Accelerations => [.. Enum.GetValues<Acceleration>()];

    [Theory]
    [MemberData(nameof(Accelerations))]
    public void A_run_saved_after_any_cycle_ends_with_the_bits_of_one_that_was_not(Acceleration acceleration)
    {
        EmOptions options = new() { Acceleration = acceleration, MaxCycles = 60, Tolerance = 1e-8 };
        EmOutcome<NormalMixture.Moments> whole = Algorithm(options).Run(Start);
        if (acceleration != Acceleration.None)
            Assert.Contains(whole.History, record => record.Step == "rejected");
        for (int saved = 0; saved <= whole.History.Count; saved++)
        {
            EmState state = new(new NormalMixture(Values, 2), options, Start);
            for (int cycle = 0; cycle < saved; cycle++)
                Assert.Null(Algorithm(options).Next(state));
            AssertSame(whole, Algorithm(options).Run(Copy(state, options)));
        }
    }

    [Theory]
    [MemberData(nameof(Accelerations))]
    public void A_run_that_was_interrupted_or_limited_goes_on_where_it_was(Acceleration acceleration)
    {
        EmOptions options = new() { Acceleration = acceleration, MaxCycles = 60, Tolerance = 1e-8 };
        EmOutcome<NormalMixture.Moments> whole = Algorithm(options).Run(Start);
        EmOptions brief = options with { MaxCycles = 9 };
        EmState state = new(new NormalMixture(Values, 2), brief, Start);
        for (int cycle = 0; cycle < 9; cycle++)
            Algorithm(brief).Next(state);
        Assert.Equal(TerminationKind.CycleLimit, state.Termination?.Kind);
        AssertSame(whole, Algorithm(options).Run(Copy(state, options)));
    }

    [Fact]
    public void Another_model_or_acceleration_is_refused()
    {
        EmOptions options = new() { Acceleration = Acceleration.Squarem };
        EmState state = new(new NormalMixture(Values, 2), options, Start);
        byte[] bytes = Save(state);
        Assert.Contains("squarem", Assert.Throws<InvalidDataException>(() => Load(bytes, 2, options with { Acceleration = Acceleration.None })).Message, StringComparison.Ordinal);
        Assert.Contains("5 parameters", Assert.Throws<InvalidDataException>(() => Load(bytes, 3, options)).Message, StringComparison.Ordinal);
    }

    private static void AssertSame(EmOutcome<NormalMixture.Moments> expected, EmOutcome<NormalMixture.Moments> actual)
    {
        Assert.Equal(expected.Parameters, actual.Parameters);
        Assert.Equal(expected.Expectation.LogLikelihood, actual.Expectation.LogLikelihood);
        Assert.Equal(expected.EStepCount, actual.EStepCount);
        Assert.Equal(expected.Termination, actual.Termination);
        Assert.Equal(expected.History.Select(record => record with { Seconds = 0 }), actual.History.Select(record => record with { Seconds = 0 }));
    }

    private static EmAlgorithm<NormalMixture.Moments> Algorithm(EmOptions options) =>
        new(new NormalMixture(Values, 2), options, null, TestContext.Current.CancellationToken);

    private static EmState Copy(EmState state, EmOptions options) => Load(Save(state), 2, options);

    private static byte[] Save(EmState state)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        state.Save(writer);
        return stream.ToArray();
    }

    private static EmState Load(byte[] bytes, int components, EmOptions options)
    {
        using BinaryReader reader = new(new MemoryStream(bytes));
        return EmState.Load(new NormalMixture(Values, components), options, reader);
    }
}
