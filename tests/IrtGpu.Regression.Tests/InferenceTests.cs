using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;

namespace IrtGpu.Regression.Tests;

/// <summary>Degrees of freedom, Kenward and Roger's covariances, intervals: against lmerTest 3.1-3, pbkrtest and lme4 1.1-31, and known designs.</summary>
public sealed class InferenceTests
{
    [Theory]
    [InlineData(DegreesOfFreedomMethod.Satterthwaite)]
    [InlineData(DegreesOfFreedomMethod.KenwardRoger)]
    public void Balanced_designs_have_the_degrees_of_freedom_of_analysis_of_variance(DegreesOfFreedomMethod method)
    {
        RegressionOptions options = new() { DegreesOfFreedom = method };
        Assert.All(TestData.Fit("Reaction ~ Days + (Days | Subject)", "sleepstudy", options).FixedEffects, row => Assert.Equal(17, row.Df!.Value, 1e-3));
        Assert.Equal(5, TestData.Fit("Yield ~ 1 + (1 | Batch)", "Dyestuff", options).FixedEffects[0].Df!.Value, 1e-3);
        Assert.Equal(9, TestData.Fit("strength ~ 1 + (1 | batch/cask)", "Pastes", options).FixedEffects[0].Df!.Value, 1e-3);
        // A split plot: temperatures within 45 whole plots, 6 − 1 times 45 − 3 degrees of freedom.
        Assert.All(TestData.Fit("angle ~ recipe * factor(temperature) + (1 | recipe:replicate)", "cake", options).FixedEffects.Skip(3), row => Assert.Equal(210, row.Df!.Value, 1e-2));
    }

    [Fact]
    public void Unbalanced_degrees_of_freedom_agree_with_lmertest_and_pbkrtest()
    {
        IColumnSource sleep = TestData.Read("sleepstudy");
        int[] rows = [.. Enumerable.Range(0, 180).Where(row => (row + 1) % 7 != 0 && !(sleep.Numbers("Subject")[row] == 308 && sleep.Numbers("Days")[row] > 3))];
        MemoryColumns data = new();
        foreach (string name in sleep.Names)
            data.Add(name, Array.ConvertAll(rows, row => sleep.Numbers(name)[row]));
        MixedModelFit satterthwaite = TestData.Fit("Reaction ~ Days + (Days | Subject)", data);
        Assert.Equal(-722.039128923, satterthwaite.LogLikelihood, 1e-6);
        Assert.Equal(16.7730756, satterthwaite.FixedEffects[0].Df!.Value, 2e-3);
        Assert.Equal(16.5279757, satterthwaite.FixedEffects[1].Df!.Value, 2e-3);
        MixedModelFit kenwardRoger = TestData.Fit("Reaction ~ Days + (Days | Subject)", data, new RegressionOptions { DegreesOfFreedom = DegreesOfFreedomMethod.KenwardRoger });
        TestData.Close(6.40094317527, kenwardRoger.FixedEffects[0].StandardError, 1e-5);
        TestData.Close(1.52694728714, kenwardRoger.FixedEffects[1].StandardError, 1e-5);
        Assert.Equal(16.9321278, kenwardRoger.FixedEffects[0].Df!.Value, 1e-3);
        Assert.Equal(16.4303379, kenwardRoger.FixedEffects[1].Df!.Value, 1e-3);
    }

    [Fact]
    public void Crossed_factors_agree_with_lmertest()
    {
        MixedModelFit fit = TestData.Fit("y ~ service + (1 | s) + (1 | d) + (1 | dept)", "InstEval_s300");
        Assert.Equal(-13457.1829193, fit.LogLikelihood, 1e-5);
        TestData.Close(-0.00886267313222, fit.FixedEffects[1].Estimate, 1e-4);
        TestData.Close(0.0355693258669, fit.FixedEffects[1].StandardError, 1e-5);
        TestData.Close(796.11, fit.FixedEffects[1].Df!.Value, 1e-3);
        TestData.Close(25.756, fit.FixedEffects[0].Df!.Value, 5e-3);
        Assert.Equal(["d", "s", "dept"], fit.Covariances.Select(term => term.Group));
    }

    [Fact]
    public void Weights_and_uncorrelated_effects_agree_with_lme4()
    {
        IColumnSource sleep = TestData.Read("sleepstudy");
        MemoryColumns data = new MemoryColumns().Add("w", Array.ConvertAll(sleep.Numbers("Days"), day => day + 1));
        foreach (string name in sleep.Names)
            data.Add(name, sleep.Numbers(name));
        MixedModelFit weighted = TestData.Fit("Reaction ~ Days + (Days | Subject)", data, new RegressionOptions { WeightColumn = "w" });
        Assert.Equal(-895.84291628, weighted.LogLikelihood, 1e-6);
        TestData.Close(759.56673139, weighted.Covariances[0].Covariance[0], 1e-4);
        TestData.Close(3886.28254848, weighted.Sigma * weighted.Sigma, 1e-4);
        TestData.Close(1.67140213601, weighted.FixedEffects[1].StandardError, 1e-5);
        MixedModelFit uncorrelated = TestData.Fit("Reaction ~ Days + (Days || Subject)", "sleepstudy");
        Assert.Equal(-871.834646791, uncorrelated.LogLikelihood, 1e-6);
        TestData.Close(627.56911687, uncorrelated.Covariances[0].Covariance[0], 1e-4);
        TestData.Close(35.85820181, uncorrelated.Covariances[1].Covariance[0], 1e-4);
    }

    [Theory]
    [InlineData("Reaction ~ Days + (Days | Subject)", "sleepstudy", new[] { 14.3814734786, 3.8011640596, -0.4815007613, 22.8982668811 }, new[] { 37.7159918588, 8.7533805675, 0.6849862733, 28.8579965114 }, 237.6806955052, 265.1295146802)]
    [InlineData("Yield ~ 1 + (1 | Batch)", "Dyestuff", new[] { 12.19853521, 38.22998488 }, new[] { 84.06304671, 67.65769624 }, 1486.45149997, 1568.54849437)]
    [InlineData("Yield ~ 1 + (1 | Batch)", "Dyestuff2", new[] { 0, 2.89283102010 }, new[] { 2.08404348901, 4.81583255245 }, 4.31210021674, 7.01909234684)]
    [InlineData("strength ~ 1 + (1 | batch/cask)", "Pastes", new[] { 2.1579337082, 0, 0.6520233593 }, new[] { 4.053588944, 2.946591097, 1.085448104 }, 58.6636503787, 61.443016368)]
    public void Profile_intervals_agree_with_lme4(string formula, string data, double[] lower, double[] upper, double fixedLower, double fixedUpper)
    {
        // lme4 interpolates its profiles by splines, which costs it the fourth digit.
        MixedModelFit fit = TestData.Fit(formula, data, new RegressionOptions { Intervals = IntervalMethod.Profile });
        RandomEffectRow[] rows = [.. fit.RandomEffects.Where(row => row.Parameter is "sd" or "correlation")];
        Assert.Equal(lower.Length, rows.Length);
        for (int index = 0; index < rows.Length; index++)
        {
            Assert.Equal(lower[index], rows[index].Lower!.Value, 1e-3 * Math.Max(1, Math.Abs(lower[index])));
            Assert.Equal(upper[index], rows[index].Upper!.Value, 1e-3 * Math.Max(1, Math.Abs(upper[index])));
        }
        Assert.Equal(fixedLower, fit.FixedEffects[0].Lower!.Value, 1e-3 * fixedLower);
        Assert.Equal(fixedUpper, fit.FixedEffects[0].Upper!.Value, 1e-3 * fixedUpper);
    }

    [Fact]
    public void The_bootstrap_draws_the_same_for_any_number_of_threads()
    {
        RegressionOptions options = new() { BootstrapCount = 60, Seed = 3, Threads = 1 };
        MixedModelFit one = TestData.Fit("Reaction ~ Days + (Days | Subject)", "sleepstudy", options);
        MixedModelFit two = TestData.Fit("Reaction ~ Days + (Days | Subject)", "sleepstudy", options with { Threads = 2 });
        Assert.Equal(one.FixedEffects, two.FixedEffects);
        Assert.Equal(one.RandomEffects, two.RandomEffects);
        Assert.NotEqual(one.FixedEffects, TestData.Fit("Reaction ~ Days + (Days | Subject)", "sleepstudy", options with { Seed = 4 }).FixedEffects);
        // Bootstrap and Wald are of the same width, roughly.
        MixedModelFit wald = TestData.Fit("Reaction ~ Days + (Days | Subject)", "sleepstudy");
        Assert.InRange((one.FixedEffects[1].Upper - one.FixedEffects[1].Lower)!.Value / (wald.FixedEffects[1].Upper - wald.FixedEffects[1].Lower)!.Value, 0.6, 1.4);
    }

    [Fact]
    public void An_interrupt_keeps_what_there_is()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        MixedModelFit fit = MixedModel.Fit(Formula.Parse("Reaction ~ Days + (Days | Subject)"), TestData.Read("sleepstudy"), new RegressionOptions(), new RegressionProgress(), source.Token);
        Assert.Equal(TerminationKind.Interrupted, fit.Termination.Kind);
        Assert.True(double.IsFinite(fit.LogLikelihood));
    }
}
