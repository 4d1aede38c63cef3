using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Regression.Mixtures;

namespace IrtGpu.Regression.Tests.Mixtures;

/// <summary>What must hold whatever the data: special cases with known answers, and changes of units, order and threads that change nothing.</summary>
public sealed class MixtureIdentityTests
{
    private static readonly MixtureOptions Three = new() { Classes = 3 };

    [Theory]
    [InlineData("faithful", "eruptions ~ 1", -287.292024204293, 0.132458175160985, 2.04809756601201, 4.29732148901637, 0.359918989168382)] // mclust, model E
    [InlineData("mixreg300_manual", "y ~ 1", -612.914773599841, 0.985348685908504, -0.0497338005927745, 6.17552175705716, 0.668646186273211)]
    public void Equal_sigma_agrees_with_mclust(string data, string formula, double logLikelihood, double variance, double first, double second, double proportion)
    {
        MixtureFit fit = MixtureTestData.Fit(formula, data, new MixtureOptions { EqualAcrossClasses = ["sigma"] });
        Assert.Equal(logLikelihood, fit.LogLikelihood, 2e-7); // mclust stops at 1e-5
        Assert.Equal(4, fit.FreeParameters);
        Assert.Equal(variance, Math.Pow(Value(fit, 1, "sigma"), 2), 1e-5);
        Assert.Equal(Value(fit, 1, "sigma"), Value(fit, 2, "sigma"));
        Assert.Equal(first, Value(fit, 1, "b"), 1e-4);
        Assert.Equal(second, Value(fit, 2, "b"), 1e-4);
        Assert.Equal(proportion, Value(fit, 1, "proportion"), 1e-4);
        Assert.All(fit.Parameters.Where(row => row.Parameter == "sigma"), row => Assert.Equal(ParameterStatus.Equal, row.Status));
    }

    [Fact]
    public void One_class_is_least_squares()
    {
        MemoryColumns data = MixtureTestData.Lines(200, 3);
        MixtureFit mixture = MixtureTestData.Fit("y ~ x + z", data, new MixtureOptions { Classes = 1, WeightColumn = "w" });
        MixedModelFit linear = TestData.Fit("y ~ x + z", data, TestData.Likelihood with { WeightColumn = "w" });
        Assert.Equal(linear.LogLikelihood, mixture.LogLikelihood, 1e-9);
        Assert.Equal(linear.FreeParameters, mixture.FreeParameters);
        TestData.Close(linear.Sigma, Value(mixture, 0, "sigma"), 1e-9);
        foreach ((FixedEffectRow expected, MixtureParameter own) in linear.FixedEffects.Zip(mixture.Parameters.Where(row => row.Parameter == "b")))
        {
            TestData.Close(expected.Estimate, own.Estimate, 1e-9, expected.Term);
            TestData.Close(expected.StandardError, own.StandardError!.Value, 1e-8, expected.Term);
        }
        Assert.All(mixture.Posterior, probability => Assert.Equal(1, probability));
    }

    [Fact]
    public void Normal_priors_and_a_known_sigma_are_ridge_regression()
    {
        MemoryColumns data = MixtureTestData.Lines(60, 4);
        const double sigma = 2;
        MixtureFit fit = MixtureTestData.Fit("y ~ x", data, new MixtureOptions { Classes = 1, Priors = ["Intercept:normal(1,0.3)", "b:normal(-1,0.2)", "sigma:constant(2)"] });
        double[] y = data.Numbers("y");
        double[] x = data.Numbers("x");
        // (XᵀX/σ² + P) β = Xᵀy/σ² + P m
        double a = y.Length / (sigma * sigma) + 1 / 0.09;
        double b = x.Sum() / (sigma * sigma);
        double d = x.Sum(value => value * value) / (sigma * sigma) + 1 / 0.04;
        double u = y.Sum() / (sigma * sigma) + 1 / 0.09;
        double v = x.Zip(y, (left, right) => left * right).Sum() / (sigma * sigma) - 1 / 0.04;
        double determinant = a * d - b * b;
        MixtureParameter[] coefficients = [.. fit.Parameters.Where(row => row.Parameter == "b")];
        TestData.Close((d * u - b * v) / determinant, coefficients[0].Estimate, 1e-9);
        TestData.Close((a * v - b * u) / determinant, coefficients[1].Estimate, 1e-9);
        TestData.Close(Math.Sqrt(d / determinant), coefficients[0].StandardError!.Value, 1e-8);
        TestData.Close(Math.Sqrt(a / determinant), coefficients[1].StandardError!.Value, 1e-8);
        Assert.Equal(ParameterStatus.Fixed, fit.Parameters.Single(row => row.Parameter == "sigma").Status);
    }

    [Fact]
    public void Known_classes_are_separate_fits()
    {
        MemoryColumns data = MixtureTestData.Lines(400, 8);
        MixtureFit mixture = MixtureTestData.Fit("y ~ x", data, Three with { KnownClassColumn = "class" });
        Assert.True(mixture.Termination.IsConverged, mixture.Termination.Message);
        int[] known = data.Categories("class").Level;
        double logLikelihood = 0;
        for (int k = 0; k < 3; k++)
        {
            int[] rows = [.. Enumerable.Range(0, known.Length).Where(row => known[row] == k)];
            MemoryColumns own = new MemoryColumns().Add("y", [.. rows.Select(row => data.Numbers("y")[row])]).Add("x", [.. rows.Select(row => data.Numbers("x")[row])]);
            MixedModelFit separate = TestData.Fit("y ~ x", own, TestData.Likelihood);
            logLikelihood += separate.LogLikelihood + rows.Length * Math.Log(rows.Length / (double)known.Length);
            TestData.Close(separate.Sigma, Value(mixture, k + 1, "sigma"), 1e-9);
            foreach ((FixedEffectRow expected, MixtureParameter coefficient) in separate.FixedEffects.Zip(mixture.Parameters.Where(row => row.Class == k + 1 && row.Parameter == "b")))
            {
                TestData.Close(expected.Estimate, coefficient.Estimate, 1e-9, expected.Term);
                TestData.Close(expected.StandardError, coefficient.StandardError!.Value, 1e-7, expected.Term);
            }
            Assert.Equal(rows.Length, mixture.Classification[k].Counts.Sum());
        }
        Assert.Equal(logLikelihood, mixture.LogLikelihood, 1e-8);
    }

    [Fact]
    public void Partly_known_classes_have_the_likelihood_of_plain_formulas()
    {
        MemoryColumns lines = MixtureTestData.Lines(300, 21);
        int[] known = [.. lines.Categories("class").Level.Select((level, row) => row % 3 == 0 ? level : -1)];
        MemoryColumns data = new MemoryColumns().Add("y", lines.Numbers("y")).Add("x", lines.Numbers("x")).Add("z", lines.Numbers("z"))
            .Add("class", [.. known.Select(level => level < 0 ? null : "abc"[level].ToString())]);
        MixtureFit fit = MixtureTestData.Fit("y ~ x", data, Three with { KnownClassColumn = "class", ClassFormula = "~ z" });
        Assert.True(fit.Termination.IsConverged, fit.Termination.Message);
        double logLikelihood = 0;
        for (int row = 0; row < known.Length; row++)
        {
            double[] odds = [.. Enumerable.Range(1, 3).Select(k => k == 1 ? 1 : Math.Exp(Value(fit, k, "logodds") + Value(fit, k, "logodds", "z") * data.Numbers("z")[row]))];
            double sum = 0;
            for (int k = 0; k < 3; k++)
            {
                double sigma = Value(fit, k + 1, "sigma");
                double residual = data.Numbers("y")[row] - Value(fit, k + 1, "b") - Value(fit, k + 1, "b", "x") * data.Numbers("x")[row];
                double density = odds[k] / odds.Sum() * Math.Exp(-residual * residual / (2 * sigma * sigma)) / (sigma * Math.Sqrt(2 * Math.PI));
                sum += known[row] < 0 || known[row] == k ? density : 0;
                if (known[row] >= 0)
                    Assert.Equal(known[row] == k ? 1 : 0, fit.Posterior[row * 3 + k]);
            }
            logLikelihood += Math.Log(sum);
        }
        Assert.Equal(logLikelihood, fit.LogLikelihood, 1e-8);
        AssertStationary(fit);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("", "w")]
    [InlineData("~ z", "w")]
    public void The_end_is_stationary_and_the_log_likelihood_never_falls(string classFormula, string weights)
    {
        MixtureFit fit = MixtureTestData.Fit("y ~ x", MixtureTestData.Lines(500, 11),
            Three with { ClassFormula = classFormula.Length > 0 ? classFormula : null, WeightColumn = weights.Length > 0 ? weights : null, Acceleration = Foundation.Estimation.Acceleration.None, Starts = 1 });
        Assert.True(fit.Termination.IsConverged, fit.Termination.Message);
        AssertStationary(fit);
        for (int cycle = 1; cycle < fit.History.Count; cycle++)
            Assert.True(fit.History[cycle].LogLikelihood >= fit.History[cycle - 1].LogLikelihood - 1e-9, $"cycle {cycle}");
    }

    [Fact]
    public void Units_and_order_of_rows_change_nothing_but_units()
    {
        MemoryColumns data = MixtureTestData.Lines(400, 13);
        MixtureOptions options = Three with { OrderBy = "sigma" }; // the intercept is at the year 0
        MixtureFit plain = MixtureTestData.Fit("y ~ x", data, options);
        int[] order = [.. Enumerable.Range(0, 400).Select(row => row * 171 % 400)];
        MemoryColumns changed = new MemoryColumns()
            .Add("y", [.. order.Select(row => 1e6 + 1e-3 * data.Numbers("y")[row])])
            .Add("x", [.. order.Select(row => 2000 + 50 * data.Numbers("x")[row])]); // years
        MixtureFit other = MixtureTestData.Fit("y ~ x", changed, options with { Seed = 5 });
        Assert.Equal(plain.LogLikelihood - 400 * Math.Log(1e-3), other.LogLikelihood, 1e-6);
        for (int k = 1; k <= 3; k++)
        {
            TestData.Close(Value(plain, k, "b", "x") * 1e-3 / 50, Value(other, k, "b", "x"), 1e-5);
            TestData.Close(Value(plain, k, "sigma") * 1e-3, Value(other, k, "sigma"), 1e-6);
            TestData.Close(Value(plain, k, "proportion"), Value(other, k, "proportion"), 1e-6);
        }
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        MemoryColumns data = MixtureTestData.Lines(40_000, 2);
        MixtureOptions options = Three with { ClassFormula = "~ z", Starts = 2 };
        MixtureFit one = MixtureTestData.Fit("y ~ x", data, options with { Threads = 1 });
        MixtureFit two = MixtureTestData.Fit("y ~ x", data, options with { Threads = 3 });
        Assert.Equal(one.LogLikelihood, two.LogLikelihood);
        Assert.Equal(one.Parameters, two.Parameters);
        Assert.Equal(one.Posterior, two.Posterior);
    }

    [Fact]
    public void Classes_come_in_the_order_that_is_asked_for()
    {
        MemoryColumns data = MixtureTestData.Lines(600, 17);
        foreach ((string order, string parameter, string term, int sign) in new[] { ("sigma", "sigma", "", 1), ("-theta", "proportion", "", -1), ("x", "b", "x", 1), ("-x", "b", "x", -1) })
        {
            MixtureFit fit = MixtureTestData.Fit("y ~ x", data, Three with { OrderBy = order });
            for (int k = 1; k < 3; k++)
                Assert.True(sign * Value(fit, k, parameter, term) < sign * Value(fit, k + 1, parameter, term), order);
        }
    }

    [Fact]
    public void Priors_by_class_say_which_class_is_which()
    {
        MixtureFit fit = MixtureTestData.Fit("y ~ x", MixtureTestData.Lines(600, 17), new MixtureOptions
        {
            Classes = 3,
            Priors = ["Intercept:class1:normal(6,1)", "Intercept:class2:normal(0,1)", "Intercept:class3:normal(3,1)", "sigma:gamma(2,2)"],
        });
        Assert.Equal(6, Value(fit, 1, "b"), 0.3);
        Assert.Equal(0, Value(fit, 2, "b"), 0.3);
        Assert.Equal(3, Value(fit, 3, "b"), 0.3);
        Assert.NotNull(fit.LogPrior);
        AssertStationary(fit);
    }

    internal static double Value(MixtureFit fit, int ofClass, string parameter, string? term = null) =>
        fit.Parameters.First(row => row.Class == ofClass && row.Parameter == parameter && (term is null || row.Term == term)).Estimate;

    private static void AssertStationary(MixtureFit fit)
    {
        MixturePosterior posterior = new(fit.Problem.Layout, fit.Problem.Priors, fit.Likelihood, withJacobian: false);
        double[] gradient = new double[fit.FreeParameters];
        posterior.Evaluate(fit.Problem.Layout.Collapse(fit.Full), gradient);
        Assert.All(gradient, slope => Assert.Equal(0, slope, 1e-6));
    }
}
