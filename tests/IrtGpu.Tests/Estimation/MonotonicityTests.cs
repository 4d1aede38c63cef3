using IrtGpu.Data;
using IrtGpu.Data.Reading;
using IrtGpu.Foundation.Estimation;
using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Specification;
using IrtGpu.TestCases;

namespace IrtGpu.Tests.Estimation;

/// <summary>What EM promises whatever the model: the log-likelihood never falls, and its maximum has no gradient.</summary>
public sealed class MonotonicityTests
{
    public static TheoryData<string> Names => Catalogue.UsualNames;

    [Theory]
    [MemberData(nameof(Names))]
    public void Plain_em_never_lowers_the_objective(string name)
    {
        CalibrationResult result = Fit(name, new CalibrationOptions { Acceleration = Acceleration.None, MaxCycles = 60, Tolerance = 1e-10, Starts = 1 });
        Assert.NotEqual(TerminationKind.Failed, result.Termination.Kind);
        Assert.True(result.History.Count > 5);
        foreach (IterationRecord record in result.History.Skip(1))
            Assert.True(record.Change <= 1e-10 * record.Deviance, $"cycle {record.Cycle}: the deviance rose by {record.Change:g3}");
    }

    [Fact]
    public void Nodes_of_a_fixed_population_do_not_move_so_no_accepted_step_lowers_the_objective()
    {
        using ResponseData data = ResponseReader.Read(
            Path.Combine(AppContext.BaseDirectory, "Estimation", "data", "one-slope.csv"), new ResponseReaderOptions { IdColumn = "id", Covariates = ["w", "grp"] }, TestContext.Current.CancellationToken);
        ModelSpecification model = new() { Functions = ModelParser.Parse("1pl"), Quadrature = new QuadratureSpecification(QuadratureRule.GaussHermite, 15) };
        CalibrationResult result = AssertFit.Run(data, model, new CalibrationOptions());
        Assert.All(result.History.Where(record => record.Step != "rejected").Skip(1), record => Assert.True(record.Change <= 1e-9, $"cycle {record.Cycle}: {record.Change:g3}"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Converged_estimates_have_no_gradient(string name)
    {
        CalibrationResult result = Fit(name, new CalibrationOptions { MaxCycles = 5000, Tolerance = 1e-8, Starts = 1 });
        Assert.True(result.Termination.IsConverged, result.Termination.Message);
        bool hasBound = result.Warnings.Any(warning => warning.Contains("bound", StringComparison.Ordinal));
        Assert.True(result.GradientNorm < (hasBound ? 1e-2 : 1e-4), $"gradient norm {result.GradientNorm:g3}");
    }

    [Fact]
    public void Automatic_acceleration_does_not_crawl_along_a_flat_ridge()
    {
        // From this start a slope of one class grows to 16 while the log-likelihood hardly rises.
        ModelCase model = Catalogue.Get("classes");
        CalibrationOptions options = new() { MaxCycles = 20000, Tolerance = 1e-6, Starts = 1 };
        ResponseData data = model.Data();
        CalibrationResult automatic = AssertFit.Run(data, model.Specification, options);
        CalibrationResult anderson = AssertFit.Run(data, model.Specification, options with { Acceleration = Acceleration.Anderson });
        Assert.True(anderson.Termination.IsConverged && automatic.Termination.IsConverged, automatic.Termination.Message);
        Assert.True(automatic.EStepCount < 2 * anderson.EStepCount, $"automatic {automatic.EStepCount} E-steps, anderson {anderson.EStepCount}");
    }

    [Theory]
    [InlineData("2pl")]
    [InlineData("grm")]
    [InlineData("gpcm")]
    [InlineData("rsm")]
    [InlineData("nominal")]
    [InlineData("3pl with priors")]
    [InlineData("two dimensions")]
    [InlineData("groups")]
    public void Accelerators_reach_the_optimum_of_plain_em(string name)
    {
        CalibrationOptions options = new() { MaxCycles = 20000, Tolerance = 1e-8 };
        CalibrationResult plain = Fit(name, options with { Acceleration = Acceleration.None });
        foreach (Acceleration acceleration in new[] { Acceleration.Anderson, Acceleration.Squarem })
        {
            CalibrationResult fast = Fit(name, options with { Acceleration = acceleration });
            Assert.True(fast.Termination.IsConverged, fast.Termination.Message);
            Assert.Equal(plain.LogLikelihood, fast.LogLikelihood, 1e-6);
            Assert.True(fast.EStepCount < plain.EStepCount, $"{acceleration}: {fast.EStepCount} E-steps, plain EM {plain.EStepCount}");
            AssertFit.Equal(plain, fast, 2e-4);
        }
    }

    private static CalibrationResult Fit(string name, CalibrationOptions options)
    {
        ModelCase model = Catalogue.Get(name);
        return AssertFit.Run(model.Data(), model.Specification, options);
    }
}
