using IrtGpu.Foundation.Estimation.Convergence;
using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Priors;

namespace IrtGpu.Regression.Tests.Mixtures;

/// <summary>Data and requests that a mixture cannot be: each is told, and no number is NaN.</summary>
public sealed class MixtureHostileTests
{
    /// <summary>Normal responses, of which some are all the same.</summary>
    private static MemoryColumns WithTies(int rows, int ties, double value)
    {
        StreamRandom random = new(9, 0);
        double[] y = [.. Enumerable.Range(0, rows).Select(row => row < ties ? value : random.NextNormal())];
        double[] x = [.. Enumerable.Range(0, rows).Select(_ => random.NextNormal())];
        return new MemoryColumns().Add("y", y).Add("x", x);
    }

    [Fact]
    public void A_class_that_collapses_onto_equal_rows_is_no_solution()
    {
        MixtureFit fit = MixtureTestData.Fit("y ~ 1", WithTies(100, 12, 6), new MixtureOptions());
        Assert.Equal(TerminationKind.Degenerate, fit.Termination.Kind);
        Assert.False(fit.IsSolution);
        Assert.Contains(fit.Warnings, warning => warning.Contains("collapses", StringComparison.Ordinal));
        Assert.All(fit.Maxima, maximum => Assert.True(maximum.IsDegenerate));
    }

    [Theory]
    [InlineData("equal")]
    [InlineData("prior")]
    public void Equal_sigma_or_a_prior_keeps_it_from_collapsing(string how)
    {
        MixtureOptions options = how == "equal" ? new MixtureOptions { EqualAcrossClasses = ["sigma"] } : new MixtureOptions { Priors = ["sigma:inv_gamma(3,1)"] };
        MixtureFit fit = MixtureTestData.Fit("y ~ 1", WithTies(100, 12, 6), options);
        Assert.True(fit.Termination.IsConverged, fit.Termination.Message);
        AssertFinite(fit);
        Assert.Equal(6, MixtureIdentityTests.Value(fit, 2, "b"), 0.05);
        Assert.Equal(0.12, MixtureIdentityTests.Value(fit, 2, "proportion"), 0.01);
    }

    [Fact]
    public void Collapsed_starts_are_never_best_beside_a_maximum()
    {
        StreamRandom random = new(4, 0);
        double[] y = [.. Enumerable.Range(0, 60).Select(row => (row % 2 == 0 ? 0 : 5) + random.NextNormal())];
        y[10] = y[12]; // two equal rows: without bound
        MixtureFit fit = MixtureTestData.Fit("y ~ 1", new MemoryColumns().Add("y", y), new MixtureOptions { Classes = 3, Starts = 60 });
        Assert.True(fit.IsSolution);
        AssertFinite(fit);
        Assert.True(fit.Parameters.Where(row => row.Parameter == "sigma").Min(row => row.Estimate) > 1e-3);
    }

    [Theory]
    [InlineData(10, 5)]
    [InlineData(6, 2)]
    public void More_parameters_than_rows_are_refused(int rows, int classes)
    {
        DataException refusal = Assert.Throws<DataException>(() => MixtureTestData.Fit("y ~ x", WithTies(rows, 0, 0), new MixtureOptions { Classes = classes }));
        Assert.Contains("free parameters", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_classes_than_the_data_have_are_told()
    {
        MixtureFit fit = MixtureTestData.Fit("y ~ 1", WithTies(40, 0, 0), new MixtureOptions { Classes = 8 });
        Assert.NotEmpty(fit.Warnings);
        AssertFinite(fit);
    }

    [Fact]
    public void Equal_rows_and_explained_responses_are_refused()
    {
        Assert.Contains("explains the response", Assert.Throws<DataException>(() => MixtureTestData.Fit("y ~ 1", WithTies(50, 50, 3), new MixtureOptions())).Message, StringComparison.Ordinal);
        MemoryColumns data = WithTies(50, 0, 0);
        MemoryColumns copy = new MemoryColumns().Add("y", [.. data.Numbers("x").Select(value => 2 * value + 1)]).Add("x", data.Numbers("x"));
        Assert.Throws<DataException>(() => MixtureTestData.Fit("y ~ x", copy, new MixtureOptions()));
    }

    [Fact]
    public void Known_classes_beyond_those_asked_for_are_refused()
    {
        Assert.Contains("has 3 classes", Assert.Throws<DataException>(
            () => MixtureTestData.Fit("y ~ x", MixtureTestData.Lines(60, 1), new MixtureOptions { KnownClassColumn = "class" })).Message, StringComparison.Ordinal);
        Assert.Contains("no column 'clas'", Assert.Throws<DataException>(
            () => MixtureTestData.Fit("y ~ x", MixtureTestData.Lines(60, 1), new MixtureOptions { KnownClassColumn = "clas" })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("contradict", "b:x:normal(0,1)", "b:x:normal(1,1)")]
    [InlineData("3 numbers, and there are 2 classes", "theta:dirichlet(1,1,1)")]
    [InlineData("outside of its domain", "sigma:constant(-1)")]
    [InlineData("outside of its domain", "sigma:class2:constant(0)")]
    [InlineData("must be more than 0", "sigma:uniform(-2,-1)")]
    [InlineData("sum 1", "theta:class1:constant(1.5)")]
    [InlineData("sum 1", "theta:class1:constant(0.5)", "theta:class2:constant(0.6)")]
    [InlineData("does not make", "b:q:normal(0,1)")]
    [InlineData("there are 2 classes", "b:x:class3:normal(0,1)")]
    [InlineData("not known", "b:x:gaussian(0,1)")]
    [InlineData("takes 2", "b:x:normal(0)")]
    [InlineData("needs s > 0", "b:x:normal(0,0)")]
    [InlineData("needs a < b", "b:x:uniform(1,1)")]
    [InlineData("takes a number", "b:x:normal(0,one)")]
    [InlineData("not of the form", "b:x")]
    [InlineData("no parameter", "beta:x:normal(0,1)")]
    [InlineData("formula has none", "sd:g:normal(0,1)")]
    [InlineData("distribution of correlations", "b:x:lkj(1)")]
    [InlineData("distribution of class proportions", "sigma:dirichlet(1,1)")]
    [InlineData("these are constant", "theta:z:normal(0,1)")]
    public void Priors_that_cannot_be_are_refused(string reason, params string[] priors)
    {
        PriorException refusal = Assert.Throws<PriorException>(() => MixtureTestData.Fit("y ~ x", WithTies(60, 0, 0), new MixtureOptions { Priors = priors }));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_bad_priors_are_told_at_once() =>
        Assert.Equal(3, Assert.Throws<PriorException>(() => MixtureTestData.Fit("y ~ x", WithTies(60, 0, 0), new MixtureOptions { Priors = ["b:normal(0)", "sigma:gamma(-1,2)", "nothing"] })).Problems.Count);

    [Fact]
    public void Equal_parameters_take_one_prior() => Assert.Contains("one parameter", Assert.Throws<PriorException>(
        () => MixtureTestData.Fit("y ~ x", WithTies(60, 0, 0), new MixtureOptions { EqualAcrossClasses = ["x"], Priors = ["b:x:class1:normal(0,1)"] })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--equal-across-classes names 'slope'", "slope", null)]
    [InlineData("--order names 'slope'", "sigma", "slope")]
    [InlineData("equal in all classes", "sigma", "sigma")]
    public void Names_of_parameters_are_checked(string reason, string equal, string? order) => Assert.Contains(reason, Assert.Throws<PriorException>(
        () => MixtureTestData.Fit("y ~ x", WithTies(60, 0, 0), new MixtureOptions { EqualAcrossClasses = [equal], OrderBy = order })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("y ~ z")]
    [InlineData("~ (1 | x)")]
    [InlineData("~ nothing")]
    public void Class_formulas_are_checked(string formula) =>
        Assert.Throws<FormulaException>(() => MixtureTestData.Fit("y ~ x", WithTies(60, 0, 0), new MixtureOptions { ClassFormula = formula }));

    [Fact]
    public void Ends_of_priors_are_kept_and_told()
    {
        MemoryColumns data = MixtureTestData.Lines(300, 6);
        MixtureFit fit = MixtureTestData.Fit("y ~ x", data, new MixtureOptions { Classes = 1, Priors = ["b:x:uniform(2,4)", "sigma:uniform(0.1,1)"] });
        Assert.True(fit.Termination.IsConverged, fit.Termination.Message);
        double mean = data.Numbers("y").Zip(data.Numbers("x"), (y, x) => y - 2 * x).Average(); // of what a slope at its least value leaves
        Assert.Equal(2, MixtureIdentityTests.Value(fit, 0, "b", "x"), 1e-9);
        Assert.Equal(1, MixtureIdentityTests.Value(fit, 0, "sigma"), 1e-9);
        Assert.Equal(mean, MixtureIdentityTests.Value(fit, 0, "b", "(Intercept)"), 1e-8);
        Assert.Equal(1 / Math.Sqrt(300), fit.Parameters.Single(row => row.Term == "(Intercept)").StandardError!.Value, 1e-6);
        Assert.Null(fit.Parameters.Single(row => row.Term == "x").StandardError);
        Assert.Equal(2, fit.Warnings.Count(warning => warning.Contains("lies at an end of its prior", StringComparison.Ordinal)));
    }

    [Fact]
    public void Classes_that_differ_in_sigma_alone_are_found()
    {
        StreamRandom random = new(12, 0);
        double[] y = [.. Enumerable.Range(0, 2000).Select(row => (row % 4 == 0 ? 6 : 1) * random.NextNormal())];
        MixtureFit fit = MixtureTestData.Fit("y ~ 0", new MemoryColumns().Add("y", y), new MixtureOptions());
        AssertFinite(fit);
        Assert.Equal(1, MixtureIdentityTests.Value(fit, 1, "sigma"), 0.1);
        Assert.Equal(6, MixtureIdentityTests.Value(fit, 2, "sigma"), 0.6);
    }

    [Fact]
    public void Units_beyond_numbers_are_refused()
    {
        MemoryColumns data = WithTies(50, 0, 0);
        Assert.Contains("another unit", Assert.Throws<DataException>(() => MixtureTestData.Fit("y ~ 1", new MemoryColumns().Add("y", [.. data.Numbers("y").Select(value => value * 1e200)]), new MixtureOptions())).Message, StringComparison.Ordinal);
        Assert.Contains("coefficient of 'x'", Assert.Throws<DataException>(
            () => MixtureTestData.Fit("y ~ x", new MemoryColumns().Add("y", data.Numbers("y")).Add("x", [.. data.Numbers("x").Select(value => value * 1e-200)]), new MixtureOptions())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Aliased_columns_and_missing_values_are_told()
    {
        MemoryColumns lines = MixtureTestData.Lines(200, 6);
        double[] y = (double[])lines.Numbers("y").Clone();
        y[3] = double.NaN;
        MemoryColumns data = new MemoryColumns().Add("y", y).Add("x", lines.Numbers("x")).Add("copy", [.. lines.Numbers("x").Select(value => 2 * value)]);
        MixtureFit fit = MixtureTestData.Fit("y ~ x + copy", data, new MixtureOptions { Classes = 3 });
        Assert.Equal(["copy"], fit.Aliased);
        Assert.Equal(1, fit.RowsDropped);
        Assert.Equal(199, fit.Rows);
        AssertFinite(fit);
    }

    private static void AssertFinite(MixtureFit fit)
    {
        Assert.True(double.IsFinite(fit.LogLikelihood));
        Assert.All(fit.Parameters, row => Assert.True(double.IsFinite(row.Estimate) && row.StandardError is null or (> 0 and < double.PositiveInfinity), row.ToString()));
        Assert.All(fit.Posterior, probability => Assert.InRange(probability, 0, 1));
    }
}
