using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Tables.Problems;
using IrtGpu.Regression.Mixtures;

namespace IrtGpu.Regression.Tests.Mixtures.Levels;

/// <summary>Classes of rows with effects of levels: what known classes make exact, recovery, nodes, refusals.</summary>
public sealed class RowClassTests
{
    [Fact]
    public void Known_classes_with_effects_of_their_own_are_separate_fits()
    {
        MemoryColumns data = Draw(120, 8, seed: 2, isShared: false, out int[] truth);
        MixtureOptions options = new() { Classes = 2, KnownClassColumn = "known" };
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of("y ~ x + (1 | g)", data, options);
        Dictionary<string, double> values = LevelFit.Values(problem, solution);
        double separate = 0;
        for (int k = 0; k < 2; k++)
        {
            MemoryColumns part = new();
            foreach (string name in data.Names)
                part.Add(name, [.. data.Numbers(name).Where((_, row) => truth[row] == k)]);
            MixedModelFit own = TestData.Fit("y ~ x + (1 | g)", part, TestData.Likelihood);
            separate += own.LogLikelihood + own.Rows * Math.Log(own.Rows / (double)truth.Length);
            Assert.Equal(own.FixedEffects[0].Estimate, values[$"Intercept:class{k + 1}"], 1e-5);
            Assert.Equal(own.FixedEffects[1].Estimate, values[$"b:x:class{k + 1}"], 1e-5);
            Assert.Equal(own.Sigma, values[$"sigma:class{k + 1}"], 1e-5);
            Assert.Equal(Math.Sqrt(own.Covariances[0].Covariance[0]), values[$"sd:g:(Intercept):class{k + 1}"], 1e-5);
        }
        Assert.Equal(separate, solution.LogLikelihood, 1e-6);
        Assert.Equal(0, solution.Integration!.Error!.Value, 1e-6);
    }

    [Fact]
    public void Known_classes_with_shared_effects_are_a_mixed_model_with_class_as_a_factor()
    {
        MemoryColumns data = Draw(100, 8, seed: 3, isShared: true, out int[] truth);
        data.Add("f", [.. truth.Select(k => k == 0 ? "a" : "b")]);
        MixedModelFit mixed = TestData.Fit("y ~ 0 + f + f:x + (1 + x | g)", data, TestData.Likelihood);
        MixtureOptions options = new() { Classes = 2, KnownClassColumn = "known", Effects = ClassEffects.Shared, EqualAcrossClasses = ["sigma"] };
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of("y ~ x + (1 + x | g)", data, options);
        int second = truth.Sum();
        double n = truth.Length;
        double proportions = second * Math.Log(second / n) + (n - second) * Math.Log(1 - second / n);
        Assert.Equal(mixed.LogLikelihood + proportions, solution.LogLikelihood, 1e-6);
        Assert.Equal(mixed.Sigma, LevelFit.Values(problem, solution)["sigma:class1"], 1e-5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lines_and_effects_are_recovered_from_blind_starts(bool isShared)
    {
        MemoryColumns data = Draw(250, 10, seed: 6, isShared, out _);
        MixtureOptions options = new() { Classes = 2, Effects = isShared ? ClassEffects.Shared : ClassEffects.ByClass, Starts = 4 };
        (MixtureProblem problem, MixtureSolution solution) = LevelFit.Of("y ~ x + (1 | g)", data, options);
        Assert.True(solution.Termination.IsConverged, solution.Termination.Message);
        Dictionary<string, double> values = LevelFit.Values(problem, solution);
        Assert.Equal(0, values["Intercept:class1"], 0.2);
        Assert.Equal(3, values["Intercept:class2"], 0.2);
        Assert.Equal(1, values["b:x:class1"], 0.2);
        Assert.Equal(-1, values["b:x:class2"], 0.2);
        Assert.Equal(0.6, values["sd:g:(Intercept):class1"], 0.12);
        Assert.Equal(0.6, values["sd:g:(Intercept):class2"], 0.12);
        Assert.Equal(isShared ? 1 : 2, solution.Integration!.Dimensions);
        Assert.True(Math.Abs(solution.Integration.Error!.Value) < 1e-3, FormattableString.Invariant($"{solution.Integration.Error:g3}"));
    }

    [Fact]
    public void Threads_do_not_matter()
    {
        MemoryColumns data = Draw(60, 6, seed: 7, isShared: true, out _);
        MixtureOptions options = new() { Classes = 2, Starts = 2, Threads = 1, Nodes = 7 };
        MixtureSolution one = LevelFit.Of("y ~ x + (1 | g)", data, options).Solution;
        MixtureSolution three = LevelFit.Of("y ~ x + (1 | g)", data, options with { Threads = 3 }).Solution;
        Assert.Equal(one.Full, three.Full);
        Assert.Equal(one.Hessian, three.Hessian);
    }

    [Fact]
    public void Too_many_dimensions_are_refused_with_what_to_use()
    {
        MemoryColumns data = Draw(60, 12, seed: 9, isShared: true, out _);
        DataException refusal = Assert.Throws<DataException>(() => LevelFit.Of("y ~ x + (1 + x | g)", data, new MixtureOptions { Classes = 4, Nodes = 9 }));
        Assert.Contains("--effects shared", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--nodes", refusal.Message, StringComparison.Ordinal);
        refusal = Assert.Throws<DataException>(() => LevelFit.Of("y ~ x + (1 + x | g)", data, new MixtureOptions { Classes = 3 }));
        Assert.Contains("6 dimensions", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Rows of two lines, 0 + x and 3 − x, with a random intercept of 0.6 for the level, or for level and class.</summary>
    private static MemoryColumns Draw(int levels, int rows, int seed, bool isShared, out int[] truth)
    {
        StreamRandom random = new(seed, 0);
        int n = levels * rows;
        double[] g = new double[n];
        double[] x = new double[n];
        double[] y = new double[n];
        double[] known = new double[n];
        truth = new int[n];
        for (int level = 0; level < levels; level++)
        {
            double[] intercept = [0.6 * random.NextNormal(), 0.6 * random.NextNormal()];
            double slope = isShared ? 0.3 * random.NextNormal() : 0;
            for (int i = 0; i < rows; i++)
            {
                int row = level * rows + i;
                int own = random.NextUniform() < 0.4 ? 1 : 0;
                (g[row], truth[row], known[row], x[row]) = (level, own, own, i / (double)rows);
                y[row] = (own == 0 ? x[row] : 3 - x[row]) + intercept[isShared ? 0 : own] + slope * x[row] + 0.5 * random.NextNormal();
            }
        }
        return new MemoryColumns().Add("g", g).Add("x", x).Add("y", y).Add("known", known);
    }
}
