using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Regression.Mixtures;

namespace IrtGpu.Regression.Tests.Mixtures.Levels;

/// <summary>Classes of levels with random effects: against lcmm, mixed models, and each other.</summary>
public sealed class GrowthMixtureTests
{
    private const string Formula = "y ~ time + z + (1 + time | id)";

    private static readonly MixtureOptions Reference = new()
    {
        Classes = 2,
        MembershipColumn = "id",
        EqualAcrossClasses = ["sigma", "sd", "cor", "z"],
    };

    /// <summary>lcmm 2.2.1 (hlme), ML, best of 10 random starts; covariances of effects as printed there.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_maximum_is_that_of_lcmm(int seed)
    {
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of(Formula, TestData.Read("growthmix_sim"), Reference with { Seed = seed });
        Assert.True(solution.Termination.IsConverged, solution.Termination.Message);
        Assert.Equal(-3072.26259671511, solution.LogLikelihood, 1e-4);
        Dictionary<string, double> values = LevelFit.Values(problem, solution);
        Assert.Equal(5.9308314491862, values["Intercept:class2"], 1e-5);
        Assert.Equal(-0.0918256695053, values["b:time:class2"], 1e-5);
        Assert.Equal(3.9271184344901, values["Intercept:class1"], 1e-5);
        Assert.Equal(1.2200822722631, values["b:time:class1"], 1e-5);
        Assert.Equal(0.4446737896991, values["b:z:class1"], 1e-5);
        Assert.Equal(0.6883759261584, values["sigma:class1"], 1e-5);
        (double intercept, double slope) = (values["sd:id:(Intercept):class1"], values["sd:id:time:class1"]);
        Assert.Equal(0.6480474361991, intercept * intercept, 1e-5);
        Assert.Equal(0.0362399225545, slope * slope, 1e-5);
        Assert.Equal(0.049577951966, values["cor:id:(Intercept):time:class1"] * intercept * slope, 1e-5);
        Assert.Equal(0.5426103255528, Math.Log(values["theta:class2"] / values["theta:class1"]), 1e-5);
    }

    [Fact]
    public void Standard_errors_and_posteriors_are_those_of_lcmm()
    {
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of(Formula, TestData.Read("growthmix_sim"), Reference);
        int[] order = ClassOrder.Of(problem, solution.Full);
        Dictionary<string, double> errors = LevelFit.Errors(problem, solution);
        TestData.Close(0.06161, errors[$"Intercept:class{order[1] + 1}"], 1e-3);
        TestData.Close(0.01692, errors[$"b:time:class{order[1] + 1}"], 1e-3);
        TestData.Close(0.08127, errors[$"Intercept:class{order[0] + 1}"], 1e-3);
        TestData.Close(0.0222, errors[$"b:time:class{order[0] + 1}"], 1e-3);
        TestData.Close(0.04768, errors["b:z:class1"], 1e-3);
        TestData.Close(0.01332, errors["sigma:class1"], 1e-3);
        double[] posterior = solution.Likelihood.Posterior(solution.Full);
        string[] names = [.. problem.Data.UnitNames!];
        foreach ((string id, double expected) in new[] { ("1", 0.0002398793), ("2", 0.9999996), ("3", 3.510816e-07), ("4", 0.9999986), ("5", 3.747298e-07), ("6", 0.9990075) })
            Assert.Equal(expected, posterior[Array.IndexOf(names, id) * 2 + order[1]], 1e-7);
    }

    [Theory]
    [InlineData("y ~ time + z + (1 + time | id)")]
    [InlineData("y ~ time + z + (1 + time || id)")]
    [InlineData("y ~ time + (1 | id)")]
    public void One_class_is_the_mixed_model(string formula)
    {
        IColumnSource data = TestData.Read("growthmix_sim");
        MixedModelFit mixed = TestData.Fit(formula, data, TestData.Likelihood);
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of(formula, data, new MixtureOptions { Classes = 1, MembershipColumn = "id" });
        Assert.Equal(mixed.LogLikelihood, solution.LogLikelihood, 1e-8);
        Dictionary<string, double> values = LevelFit.Values(problem, solution);
        Assert.Equal(mixed.Sigma, values["sigma"], 1e-6);
        foreach (FixedEffectRow row in mixed.FixedEffects)
            Assert.Equal(row.Estimate, values[row.Term == "(Intercept)" ? "Intercept" : $"b:{row.Term}"], 1e-6);
    }

    [Fact]
    public void Known_classes_are_separate_fits()
    {
        MemoryColumns all = Draw(300, 6, seed: 4, out int[] truth);
        MixtureOptions options = new() { Classes = 2, MembershipColumn = "g", KnownClassColumn = "known" };
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of("y ~ x + (1 + x | g)", all, options);
        Dictionary<string, double> values = LevelFit.Values(problem, solution);
        double separate = 0;
        for (int k = 0; k < 2; k++)
        {
            MixedModelFit own = TestData.Fit("y ~ x + (1 + x | g)", Part(all, truth, k), TestData.Likelihood);
            int levels = truth.Count(value => value == k) / 6;
            separate += own.LogLikelihood + levels * Math.Log(levels / 300.0);
            Assert.Equal(own.FixedEffects[0].Estimate, values[$"Intercept:class{k + 1}"], 1e-5);
            Assert.Equal(own.FixedEffects[1].Estimate, values[$"b:x:class{k + 1}"], 1e-5);
            Assert.Equal(own.Sigma, values[$"sigma:class{k + 1}"], 1e-5);
            Assert.Equal(Math.Sqrt(own.Covariances[0].Covariance[3]), values[$"sd:g:x:class{k + 1}"], 1e-5);
        }
        Assert.Equal(separate, solution.LogLikelihood, 1e-6);
    }

    [Fact]
    public void Order_of_rows_and_threads_do_not_matter()
    {
        MemoryColumns data = Draw(200, 5, seed: 5, out _);
        MixtureOptions options = new() { Classes = 2, MembershipColumn = "g", Threads = 1 };
        MixtureSolution one = LevelFit.Of("y ~ x + (1 | g)", data, options).Solution;
        MixtureSolution two = LevelFit.Of("y ~ x + (1 | g)", data, options with { Threads = 2 }).Solution;
        Assert.Equal(one.Full, two.Full);
        int n = data.RowCount;
        MemoryColumns reversed = new();
        foreach (string name in data.Names)
        {
            if (data.IsNumeric(name))
                reversed.Add(name, [.. data.Numbers(name).Reverse()]);
        }
        Assert.Equal(n, reversed.RowCount);
        Assert.Equal(one.LogLikelihood, LevelFit.Of("y ~ x + (1 | g)", reversed, options).Solution.LogLikelihood, 1e-6);
    }

    [Fact]
    public void A_variance_of_0_is_an_estimate_and_is_said()
    {
        StreamRandom random = new(3, 1);
        double[] g = new double[600];
        double[] x = new double[600];
        double[] y = new double[600];
        for (int row = 0; row < 600; row++)
        {
            (g[row], x[row]) = (row / 4, row % 4);
            y[row] = (row / 4 % 2 == 0 ? 0 : 6 + x[row]) + random.NextNormal();
        }
        for (int level = 0; level < 150; level++)
        {
            double mean = Enumerable.Range(0, 4).Average(i => y[level * 4 + i]);
            double target = level % 2 == 0 ? 0 : 7.5;
            for (int i = 0; i < 4; i++)
                y[level * 4 + i] += target - mean; // no variation between levels of a class is left
        }
        MemoryColumns data = new MemoryColumns().Add("g", g).Add("x", x).Add("y", y);
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of("y ~ x + (1 | g)", data, new MixtureOptions { Classes = 2, MembershipColumn = "g" });
        Assert.True(solution.Termination.IsConverged, solution.Termination.Message);
        Assert.Contains(solution.Warnings, warning => warning.StartsWith("Singular fit", StringComparison.Ordinal));
        Assert.True(LevelFit.Values(problem, solution)["sd:g:(Intercept):class1"] < 1e-3);
    }

    [Fact]
    public void Classes_of_schools_hold_effects_of_pupils()
    {
        MemoryColumns data = Draw(240, 5, seed: 8, out _, pupilsPerSchool: 4);
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of("y ~ x + (1 | g)", data, new MixtureOptions { Classes = 2, MembershipColumn = "school" });
        Assert.True(solution.Termination.IsConverged, solution.Termination.Message);
        Assert.Equal(60, solution.Likelihood.UnitCount);
        Dictionary<string, double> values = LevelFit.Values(problem, solution);
        Assert.Equal(0, values["Intercept:class1"], 0.35);
        Assert.Equal(3, values["Intercept:class2"], 0.35);
    }

    /// <summary>Two classes of levels: 0 + x and 3 − x, effects of intercept and slope, residuals of 0.5.</summary>
    private static MemoryColumns Draw(int levels, int rows, int seed, out int[] truth, int pupilsPerSchool = 1)
    {
        StreamRandom random = new(seed, 0);
        int n = levels * rows;
        double[] g = new double[n];
        double[] school = new double[n];
        double[] x = new double[n];
        double[] y = new double[n];
        double[] known = new double[n];
        truth = new int[n];
        int own = 0;
        for (int level = 0; level < levels; level++)
        {
            if (level % pupilsPerSchool == 0)
                own = random.NextUniform() < 0.4 ? 1 : 0;
            (double intercept, double slope) = (0.6 * random.NextNormal(), 0.3 * random.NextNormal());
            for (int i = 0; i < rows; i++)
            {
                int row = level * rows + i;
                (g[row], school[row], truth[row], known[row], x[row]) = (level + 1, level / pupilsPerSchool, own, own, i / (double)rows);
                y[row] = (own == 0 ? x[row] : 3 - x[row]) + intercept + slope * x[row] + 0.5 * random.NextNormal();
            }
        }
        return new MemoryColumns().Add("g", g).Add("school", school).Add("x", x).Add("y", y).Add("known", known);
    }

    private static MemoryColumns Part(MemoryColumns all, int[] truth, int k)
    {
        MemoryColumns part = new();
        foreach (string name in all.Names)
            part.Add(name, [.. all.Numbers(name).Where((_, row) => truth[row] == k)]);
        return part;
    }
}
