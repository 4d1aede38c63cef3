using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Mixtures.Levels;

namespace IrtGpu.Regression.Tests.Mixtures.Levels;

/// <summary>Class formulas, priors, ties, memberships of other columns, and what is refused.</summary>
public sealed class LevelVariantTests
{
    [Fact]
    public void A_class_formula_recovers_its_coefficients()
    {
        MemoryColumns data = Draw(600, 5, 1);
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of("y ~ x + (1 | g)", data, new MixtureOptions { Classes = 2, MembershipColumn = "g", ClassFormula = "~ w" });
        Assert.True(solution.Termination.IsConverged, solution.Termination.Message);
        Dictionary<string, double> values = LevelFit.Values(problem, solution);
        Assert.Equal(-0.5, values["theta:(Intercept):class2"], 0.35);
        Assert.Equal(1.2, values["theta:w:class2"], 0.35);
    }

    [Fact]
    public void A_class_formula_that_varies_within_levels_is_refused()
    {
        DataException refusal = Assert.Throws<DataException>(
            () => LevelFit.Of("y ~ x + (1 | g)", Draw(20, 5, 2), new MixtureOptions { Classes = 2, MembershipColumn = "g", ClassFormula = "~ x" }));
        Assert.Contains("varies within the level", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Effects_shared_by_classes_of_levels_have_one_covariance_matrix()
    {
        MemoryColumns data = Draw(300, 5, 3);
        MixtureOptions options = new() { Classes = 2, MembershipColumn = "g" };
        MixtureSolution shared = LevelFit.Of("y ~ x + (1 + x | g)", data, options with { Effects = ClassEffects.Shared }).Solution;
        MixtureSolution equal = LevelFit.Of("y ~ x + (1 + x | g)", data, options with { EqualAcrossClasses = ["sd", "cor"] }).Solution;
        Assert.True(shared.Termination.IsConverged, shared.Termination.Message);
        Assert.Equal(equal.LogLikelihood, shared.LogLikelihood, 1e-7);
    }

    [Theory]
    [InlineData("sd")]
    [InlineData("cor")]
    public void Ties_that_EM_does_not_hold_are_climbed_to(string tied)
    {
        MemoryColumns data = Draw(300, 6, 4);
        MixtureOptions options = new() { Classes = 2, MembershipColumn = "g", Starts = 2 };
        MixtureSolution free = LevelFit.Of("y ~ x + (1 + x | g)", data, options).Solution;
        MixtureSolution both = LevelFit.Of("y ~ x + (1 + x | g)", data, options with { EqualAcrossClasses = ["sd", "cor"] }).Solution;
        (MixtureProblem problem, MixtureSolution one) = LevelFit.Of("y ~ x + (1 + x | g)", data, options with { EqualAcrossClasses = [tied] });
        Assert.True(one.Termination.IsConverged, one.Termination.Message);
        Assert.InRange(one.LogLikelihood, both.LogLikelihood - 1e-6, free.LogLikelihood + 1e-6);
        AssertStationary(problem, one);
    }

    [Fact]
    public void Priors_move_the_estimates_to_the_posterior_mode()
    {
        MemoryColumns data = Draw(150, 5, 5);
        MixtureOptions options = new() { Classes = 2, MembershipColumn = "g", Starts = 3, Priors = ["b:x:class1:normal(0, 0.05)", "sd:g:lognormal(-1, 0.2)", "sigma:gamma(4, 8)"] };
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of("y ~ x + (1 | g)", data, options);
        Assert.True(solution.Termination.IsConverged, solution.Termination.Message);
        AssertStationary(problem, solution);
        Assert.True(Math.Abs(LevelFit.Values(problem, solution)["b:x:class1"]) < 0.3);
    }

    [Fact]
    public void Priors_apply_where_effects_are_integrated_numerically()
    {
        MemoryColumns data = Draw(60, 6, 6);
        MixtureOptions options = new() { Classes = 2, Starts = 2, Priors = ["sd:g:gamma(2, 4)", "sigma:gamma(4, 8)"] };
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of("y ~ x + (1 | g)", data, options);
        Assert.True(solution.Termination.IsConverged, solution.Termination.Message);
        AssertStationary(problem, solution);
    }

    [Fact]
    public void Held_numbers_stay()
    {
        MixtureOptions options = new() { Classes = 2, MembershipColumn = "g", Priors = ["sigma:constant(0.6)", "b:x:class2:constant(-1)"] };
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of("y ~ x + (1 | g)", Draw(200, 5, 7), options);
        Dictionary<string, double> values = LevelFit.Values(problem, solution);
        Assert.Equal(0.6, values["sigma:class1"], 1e-12);
        Assert.Equal(-1, values["b:x:class2"], 1e-12);
        AssertStationary(problem, solution);
    }

    [Fact]
    public void Groups_of_rows_within_levels_may_be_of_one_class()
    {
        MemoryColumns data = Draw(240, 5, 8);
        data.Add("school", [.. data.Numbers("g").Select(g => Math.Floor(g / 4))]);
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of(
            "y ~ x + (1 | school)", data, new MixtureOptions { Classes = 2, MembershipColumn = "g", Effects = ClassEffects.Shared, Starts = 3 });
        Assert.True(solution.Termination.IsConverged, solution.Termination.Message);
        Assert.Equal(240, solution.Likelihood.UnitCount);
        Assert.True(Math.Abs(solution.Integration!.Error!.Value) < 1e-2, FormattableString.Invariant($"{solution.Integration.Error:g3}"));
        Dictionary<string, double> values = LevelFit.Values(problem, solution);
        Assert.Equal(0, values["Intercept:class1"], 0.35);
        Assert.Equal(3, values["Intercept:class2"], 0.35);
        AssertStationary(problem, solution);
    }

    [Fact]
    public void Crossed_memberships_are_refused()
    {
        MemoryColumns data = Draw(40, 5, 9);
        data.Add("other", [.. Enumerable.Range(0, data.RowCount).Select(row => (double)(row % 7))]);
        DataException refusal = Assert.Throws<DataException>(() => LevelFit.Of("y ~ x + (1 | g)", data, new MixtureOptions { Classes = 2, MembershipColumn = "other" }));
        Assert.Contains("--membership g", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Terms_of_several_covariance_matrices_are_refused() => Assert.Throws<FormulaException>(
        () => LevelFit.Of("y ~ x + (1 + x | g) + (0 + w | g)", Draw(40, 6, 10), new MixtureOptions { Classes = 2, MembershipColumn = "g" }));

    [Fact]
    public void Effects_of_single_rows_are_refused() => Assert.Throws<DataException>(
        () => LevelFit.Of("y ~ x + (1 | g)", Draw(40, 1, 11), new MixtureOptions { Classes = 2, MembershipColumn = "g" }));

    [Fact]
    public void Levels_without_effects_have_classes_too()
    {
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of("y ~ x", Draw(200, 5, 12), new MixtureOptions { Classes = 2, MembershipColumn = "g" });
        Assert.True(solution.Termination.IsConverged, solution.Termination.Message);
        Assert.Equal(3, LevelFit.Values(problem, solution)["Intercept:class2"], 0.35);
        AssertStationary(problem, solution);
    }

    [Theory]
    [InlineData("g")]
    [InlineData(null)]
    public void Partly_known_classes_are_certain_and_name_the_others(string? membership)
    {
        MemoryColumns data = Draw(80, 6, 13);
        double[] y = data.Numbers("y");
        double[] g = data.Numbers("g");
        // The first row of a level says well enough which class it is of: 0 + x or 3 - x; every third level is known.
        data.Add("known", [.. Enumerable.Range(0, data.RowCount).Select(row => g[row] % 3 == 0 ? (y[row - (row % 6)] > 1.5 ? "low later" : "grows") : null)]);
        MixtureOptions options = new() { Classes = 2, MembershipColumn = membership, KnownClassColumn = "known", Effects = ClassEffects.Shared, Starts = 4, Nodes = 15 };
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of("y ~ x + (1 | g)", data, options);
        Assert.True(solution.Termination.IsConverged, solution.Termination.Message);
        double[] posterior = solution.Likelihood.Posterior(solution.Full);
        for (int unit = 0; unit < problem.Data.UnitCount; unit++)
        {
            if (problem.Data.KnownClass![unit] >= 0)
                Assert.Equal(1, posterior[unit * 2 + problem.Data.KnownClass[unit]], 1e-12);
        }
        Dictionary<string, double> values = LevelFit.Values(problem, solution);
        Assert.True(values["Intercept:class1"] < values["Intercept:class2"]); // 'grows' sorts before 'low later'
        AssertStationary(problem, solution);
    }

    /// <summary>The gradient of the log posterior in the free parameters is 0 to what the last step leaves.</summary>
    private static void AssertStationary(MixtureProblem problem, MixtureSolution solution)
    {
        MixturePosterior posterior = new(problem.Layout, problem.Priors, solution.Likelihood, withJacobian: false);
        double[] free = problem.Layout.Collapse(solution.Full);
        double[] gradient = new double[free.Length];
        posterior.Evaluate(free, gradient);
        for (int index = 0; index < gradient.Length; index++)
        {
            if (!LevelCoordinates.IsVanished(problem.Layout, index, free))
                Assert.Equal(0, gradient[index], 2e-4);
        }
    }

    /// <summary>Two classes of levels, 0 + x and 3 − x, with log odds −0.5 + 1.2 w; random intercepts of 0.6, residuals of 0.5.</summary>
    private static MemoryColumns Draw(int levels, int rows, int seed)
    {
        StreamRandom random = new(seed, 0);
        int n = levels * rows;
        double[] g = new double[n];
        double[] w = new double[n];
        double[] x = new double[n];
        double[] y = new double[n];
        for (int level = 0; level < levels; level++)
        {
            double own = random.NextNormal();
            bool isSecond = random.NextUniform() < 1 / (1 + Math.Exp(0.5 - 1.2 * own));
            (double intercept, double slope) = (0.6 * random.NextNormal(), 0.3 * random.NextNormal());
            for (int i = 0; i < rows; i++)
            {
                int row = level * rows + i;
                (g[row], w[row], x[row]) = (level, own, i / (double)rows);
                y[row] = (isSecond ? 3 - x[row] : x[row]) + intercept + slope * x[row] + 0.5 * random.NextNormal();
            }
        }
        return new MemoryColumns().Add("g", g).Add("w", w).Add("x", x).Add("y", y);
    }
}
