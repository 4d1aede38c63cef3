using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Formulas.Design;
using IrtGpu.Regression.Mixed;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Regression.Tests;

/// <summary>What must hold of any fit, whatever the data.</summary>
public sealed class IdentityTests
{
    public static TheoryData<string, string, bool> Models => new()
    {
        { "y ~ x + f + (1 + x | a)", "", false },
        { "y ~ x + f + (1 + x | a)", "", true },
        { "y ~ x + (1 | a) + (1 + x | b)", "w", true },
        { "y ~ x + offset(z) + (1 + x || a) + (1 | b)", "w", false },
        { "y ~ f * x + (1 | a/c)", "", true },
        { "y ~ poly(x, 2) + (0 + f | a) + (1 | b) + (1 | c)", "w", true },
        { "y ~ 0 + f + (x + z | a) + (1 | c:b)", "", false },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Estimates_solve_henderson_equations_and_equal_generalized_least_squares(string formula, string weights, bool isRestricted)
    {
        MixedModelFit fit = TestData.Fit(formula, SimulatedRows(seed: 5), Options(weights, isRestricted));
        DenseModel dense = DenseModel.Of(fit);
        Assert.Equal(dense.LogLikelihood(isRestricted), fit.LogLikelihood, 1e-7);
        Vector<double> beta = dense.GeneralizedLeastSquares();
        for (int effect = 0; effect < beta.Count; effect++)
            Assert.Equal(beta[effect], fit.FixedEffects[effect].Estimate, 1e-8);
        double[] predicted = InOrderOf(fit, values: true);
        Vector<double> mean = dense.ConditionalMean(beta);
        for (int effect = 0; effect < mean.Count; effect++)
            Assert.Equal(mean[effect], predicted[effect], 1e-7);
        if (fit.IsSingular)
            return; // G has no inverse, and Henderson's own form does not exist
        Matrix<double> inverse = dense.Henderson().Inverse();
        Vector<double> solution = inverse * dense.HendersonRight();
        double[] errors = InOrderOf(fit, values: false);
        for (int effect = 0; effect < predicted.Length; effect++)
        {
            Assert.Equal(solution[beta.Count + effect], predicted[effect], 1e-6);
            Assert.Equal(Math.Sqrt(inverse[beta.Count + effect, beta.Count + effect]), errors[effect], 1e-6);
        }
        for (int effect = 0; effect < beta.Count; effect++)
        {
            Assert.Equal(solution[effect], fit.FixedEffects[effect].Estimate, 1e-6);
            Assert.Equal(Math.Sqrt(inverse[effect, effect]), fit.FixedEffects[effect].StandardError, 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Gradient_and_hessian_agree_with_differences(string formula, string weights, bool isRestricted)
    {
        MixedProblem problem = MixedProblem.Build(ModelFrame.Build(Formula.Parse(formula), SimulatedRows(seed: 6), weights.Length > 0 ? weights : null));
        using ProfiledCriterion criterion = new(problem.Data, problem.Parameters, isRestricted, threads: 1);
        double[] theta = [.. problem.Parameters.Slots.Select((slot, index) => (slot.Row == slot.Column ? 0.6 : -0.2) + 0.05 * index)];
        double[] gradient = new double[theta.Length];
        double[] scratch = new double[theta.Length];
        criterion.Evaluate(theta, gradient);
        for (int index = 0; index < theta.Length; index++)
        {
            double[] point = (double[])theta.Clone();
            point[index] += 1e-5;
            double above = criterion.Evaluate(point, scratch);
            point[index] -= 2e-5;
            double below = criterion.Evaluate(point, scratch);
            Assert.Equal((above - below) / 2e-5, gradient[index], 1e-5 * (1 + Math.Abs(gradient[index])));
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Em_reaches_what_the_direct_search_reaches_and_never_falls(string formula, string weights, bool isRestricted)
    {
        MixedModelFit direct = TestData.Fit(formula, SimulatedRows(seed: 7), Options(weights, isRestricted));
        MixedModelFit em = TestData.Fit(formula, SimulatedRows(seed: 7), Options(weights, isRestricted) with { Algorithm = MixedAlgorithm.Em });
        Assert.True(em.Termination.IsConverged, em.Termination.Message);
        Assert.Equal(direct.Deviance, em.Deviance, 1e-6);
        double[] accepted = [.. em.History.Where(record => record.Step != "rejected").Select(record => record.LogLikelihood)];
        for (int cycle = 1; cycle < accepted.Length; cycle++)
            Assert.True(accepted[cycle] >= accepted[cycle - 1] - 1e-9 * Math.Abs(accepted[cycle]));
    }

    [Fact]
    public void Without_a_bar_it_is_least_squares()
    {
        MixedModelFit fit = TestData.Fit("y ~ x + f", SimulatedRows(seed: 8));
        Matrix<double> x = Matrix<double>.Build.DenseOfColumnArrays(fit.Problem.Frame.Fixed.Columns);
        Vector<double> y = Vector<double>.Build.Dense(fit.Problem.Frame.Response);
        Vector<double> beta = x.TransposeThisAndMultiply(x).Solve(x.TransposeThisAndMultiply(y));
        double variance = (y - x * beta).DotProduct(y - x * beta) / (x.RowCount - x.ColumnCount);
        Matrix<double> covariance = variance * x.TransposeThisAndMultiply(x).Inverse();
        Assert.Equal(Math.Sqrt(variance), fit.Sigma, 1e-10);
        for (int effect = 0; effect < beta.Count; effect++)
        {
            Assert.Equal(beta[effect], fit.FixedEffects[effect].Estimate, 1e-10);
            Assert.Equal(Math.Sqrt(covariance[effect, effect]), fit.FixedEffects[effect].StandardError, 1e-10);
            Assert.Equal(x.RowCount - x.ColumnCount, fit.FixedEffects[effect].Df!.Value, 1e-6);
        }
    }

    [Fact]
    public void Balanced_one_way_designs_equal_analysis_of_variance()
    {
        // Dyestuff: six batches of five. REML: (MSB − MSW)/n and MSW; ML: the same with (a − 1)/a of MSB.
        MixedModelFit restricted = TestData.Fit("Yield ~ 1 + (1 | Batch)", "Dyestuff");
        MixedModelFit likelihood = TestData.Fit("Yield ~ 1 + (1 | Batch)", "Dyestuff", TestData.Likelihood);
        IColumnSource data = TestData.Read("Dyestuff");
        double[] y = data.Numbers("Yield");
        int[] batch = data.Categories("Batch").Level;
        double[] means = [.. Enumerable.Range(0, 6).Select(level => y.Where((_, row) => batch[row] == level).Average())];
        double between = 5 * means.Sum(mean => (mean - y.Average()) * (mean - y.Average())) / 5;
        double within = y.Select((value, row) => (value - means[batch[row]]) * (value - means[batch[row]])).Sum() / 24;
        TestData.Close((between - within) / 5, restricted.Covariances[0].Covariance[0], 1e-7);
        TestData.Close(within, restricted.Sigma * restricted.Sigma, 1e-7);
        TestData.Close((between * 5 / 6 - within) / 5, likelihood.Covariances[0].Covariance[0], 1e-7);
        TestData.Close(within, likelihood.Sigma * likelihood.Sigma, 1e-7);
        TestData.Close(Math.Sqrt(between / 30), restricted.FixedEffects[0].StandardError, 1e-7);
        Assert.Equal(5, restricted.FixedEffects[0].Df!.Value, 1e-4);
    }

    [Fact]
    public void Order_of_rows_and_names_of_levels_do_not_matter()
    {
        MemoryColumns data = SimulatedRows(seed: 9);
        int[] order = [.. Enumerable.Range(0, data.RowCount).OrderBy(row => (row * 7919L) % data.RowCount)];
        MemoryColumns shuffled = new();
        foreach (string name in data.Names)
        {
            if (data.IsNumeric(name))
                shuffled.Add(name, Array.ConvertAll(order, row => data.Numbers(name)[row]));
            else
                shuffled.Add(name, (IReadOnlyList<string?>)Array.ConvertAll(order, row => data.Categories(name).Levels[data.Categories(name).Level[row]]));
        }
        MixedModelFit first = TestData.Fit("y ~ x + (1 + x | a) + (1 | b)", data);
        MixedModelFit second = TestData.Fit("y ~ x + (1 + x | a) + (1 | b)", shuffled);
        Assert.Equal(first.LogLikelihood, second.LogLikelihood, 1e-9);
        Assert.Equal(first.FixedEffects[1].Estimate, second.FixedEffects[1].Estimate, 1e-9);
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(1e7)]
    public void Scaling_the_response_scales_what_it_should(double factor)
    {
        MemoryColumns data = SimulatedRows(seed: 10);
        MemoryColumns scaled = new MemoryColumns().Add("y", Array.ConvertAll(data.Numbers("y"), value => factor * value)).Add("x", data.Numbers("x"));
        scaled.Add("a", (IReadOnlyList<string?>)[.. data.Categories("a").Level.Select(level => data.Categories("a").Levels[level])]);
        MixedModelFit first = TestData.Fit("y ~ x + (1 + x | a)", data, TestData.Likelihood);
        MixedModelFit second = TestData.Fit("y ~ x + (1 + x | a)", scaled, TestData.Likelihood);
        TestData.Close(factor * first.Sigma, second.Sigma, 1e-9);
        TestData.Close(factor * first.FixedEffects[1].Estimate, second.FixedEffects[1].Estimate, 1e-9);
        TestData.Close(first.FixedEffects[1].Df!.Value, second.FixedEffects[1].Df!.Value, 1e-5);
        Assert.Equal(first.LogLikelihood - data.RowCount * Math.Log(factor), second.LogLikelihood, 1e-7);
    }

    [Fact]
    public void A_predictor_far_from_zero_needs_no_rescaling()
    {
        IColumnSource sleep = TestData.Read("sleepstudy");
        MemoryColumns shifted = new MemoryColumns().Add("y", sleep.Numbers("Reaction")).Add("year", Array.ConvertAll(sleep.Numbers("Days"), day => 20000 + day)).Add("s", sleep.Numbers("Subject"));
        MixedModelFit first = TestData.Fit("Reaction ~ Days + (Days | Subject)", sleep);
        MixedModelFit second = TestData.Fit("y ~ year + (year | s)", shifted);
        Assert.Equal(first.LogLikelihood, second.LogLikelihood, 1e-6);
        TestData.Close(first.FixedEffects[1].StandardError, second.FixedEffects[1].StandardError, 1e-6);
        Assert.True(second.Termination.IsConverged);
    }

    [Fact]
    public void A_variance_that_is_best_at_zero_is_zero_and_said_so()
    {
        MixedModelFit fit = TestData.Fit("Yield ~ 1 + (1 | Batch)", "Dyestuff2");
        Assert.True(fit.IsSingular);
        Assert.True(fit.Termination.IsConverged);
        Assert.Equal(0, fit.Covariances[0].Covariance[0]);
        Assert.Equal(0, fit.Predicted[0].Values.Max(Math.Abs));
        // With no variance between batches the model is that of the mean alone.
        Assert.Equal(TestData.Fit("Yield ~ 1", "Dyestuff2").LogLikelihood, fit.LogLikelihood, 1e-9);
    }

    /// <summary>Rows with crossed (a, b) and nested (c in b) factors, a text factor f, numbers x, z and weights w.</summary>
    internal static MemoryColumns SimulatedRows(int seed, int count = 150)
    {
        Random random = new(seed);
        double[] x = new double[count];
        double[] z = new double[count];
        double[] w = new double[count];
        double[] y = new double[count];
        string?[] a = new string?[count];
        string?[] b = new string?[count];
        string?[] c = new string?[count];
        string?[] f = new string?[count];
        double[] slopes = [.. Enumerable.Range(0, 12).Select(_ => random.NextDouble() - 0.5)];
        double[] levels = [.. Enumerable.Range(0, 12).Select(_ => 3 * (random.NextDouble() - 0.5))];
        for (int row = 0; row < count; row++)
        {
            int own = random.Next(12);
            int other = random.Next(7);
            int within = random.Next(3);
            (a[row], b[row], c[row], f[row]) = ($"a{own}", $"b{other}", $"c{other}{within}", "pqr"[random.Next(3)].ToString());
            (x[row], z[row], w[row]) = (2 * random.NextDouble() - 1, random.NextDouble(), 0.5 + 2 * random.NextDouble());
            double noise = Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6;
            y[row] = 1 + 0.5 * x[row] + levels[own] + 2 * slopes[own] * x[row] + 0.4 * other + 0.3 * within + noise / Math.Sqrt(w[row]);
        }
        return new MemoryColumns().Add("y", y).Add("x", x).Add("z", z).Add("w", w).Add("a", a).Add("b", b).Add("c", c).Add("f", f);
    }

    private static RegressionOptions Options(string weights, bool isRestricted) => new()
    {
        Criterion = isRestricted ? Criterion.Restricted : Criterion.MaximumLikelihood,
        WeightColumn = weights.Length > 0 ? weights : null,
    };

    /// <summary>Predictions, or prediction errors, in the order of the formula's terms.</summary>
    private static double[] InOrderOf(MixedModelFit fit, bool values) =>
    [
        .. Prediction.FittedValues.Match(fit.Problem.Frame.Random, fit.Predicted).SelectMany(pair => values ? pair.Effects.Values : pair.Effects.PredictionDeviations),
    ];
}
