using IrtGpu.Foundation.Formulas;
using IrtGpu.Foundation.Formulas.Columns;
using IrtGpu.Foundation.Sampling;
using IrtGpu.Foundation.Sampling.Diagnostics;
using IrtGpu.Foundation.Sampling.Nuts;
using IrtGpu.Foundation.Sampling.Posterior;
using IrtGpu.Regression.Mixtures;
using IrtGpu.Regression.Posterior;
using IrtGpu.Regression.Priors;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Regression.Tests.Posterior;

public sealed class MixtureSamplingTests
{
    [Fact]
    public void A_conjugate_regression_has_its_known_posterior()
    {
        MemoryColumns data = IdentityTests.SimulatedRows(6, count: 30);
        RegressionDraws draws = Draw("y ~ x", data, new MixtureOptions { Classes = 1, Priors = ["sigma:constant(1.3)", "b:normal(0.5,0.4)", "Intercept:normal(0,2)"] }, new SamplerOptions { Draws = 2500 });
        Matrix<double> x = Matrix<double>.Build.Dense(30, 2, (row, column) => column == 0 ? 1 : data.Numbers("x")[row]);
        Vector<double> y = Vector<double>.Build.Dense(data.Numbers("y"));
        Matrix<double> precision = x.TransposeThisAndMultiply(x) / 1.69 + Matrix<double>.Build.DenseOfDiagonalArray([1 / 4.0, 1 / 0.16]);
        Vector<double> mean = precision.Solve(x.TransposeThisAndMultiply(y) / 1.69 + Vector<double>.Build.Dense([0, 0.5 / 0.16]));
        Matrix<double> covariance = precision.Inverse();
        foreach ((string name, int index) in new[] { ("Intercept", 0), ("b:x", 1) })
        {
            DrawSummary summary = draws.Parameters.Summaries[draws.Parameters.Names.ToList().IndexOf(name)];
            Assert.InRange(Math.Abs(summary.Estimate - mean[index]) / summary.MonteCarloError, 0, 4);
            Assert.Equal(Math.Sqrt(covariance[index, index]), summary.Error, 0.04 * summary.Error);
        }
        DrawSummary held = draws.Parameters.Summaries[draws.Parameters.Names.ToList().IndexOf("sigma")];
        Assert.Equal((1.3, true), (Math.Round(held.Estimate, 12), double.IsNaN(held.RHat)));
    }

    [Fact]
    public void Priors_alone_are_drawn_as_they_are()
    {
        RegressionDraws draws = Draw("y ~ x", IdentityTests.SimulatedRows(6), new MixtureOptions
        {
            Classes = 2,
            Priors = ["b:normal(-3,1)", "Intercept:class1:normal(0,3)", "Intercept:class2:normal(6,3)", "sigma:gamma(2,2)", "theta:dirichlet(2,1)"],
        }, new SamplerOptions { Draws = 2500 }, isPriorOnly: true);
        Check("b:x:class1", -3, 1);
        Check("Intercept:class2", 6, 3);
        Check("sigma:class1", 1, Math.Sqrt(0.5));
        Check("theta:class1", 2.0 / 3, Math.Sqrt(2.0 / 9 / 4));
        Assert.Null(draws.CrossValidation);

        void Check(string name, double mean, double deviation)
        {
            DrawSummary summary = draws.Parameters.Summaries[draws.Parameters.Names.ToList().IndexOf(name)];
            Assert.InRange(Math.Abs(summary.Estimate - mean) / summary.MonteCarloError, 0, 4);
            Assert.InRange(summary.Error / deviation, 0.93, 1.07);
        }
    }

    [Fact]
    public void Priors_alone_without_a_prior_are_refused() =>
        Assert.Contains("sigma", Assert.Throws<PriorException>(() => Draw("y ~ x", IdentityTests.SimulatedRows(6), new MixtureOptions { Classes = 1, Priors = ["b:normal(0,1)", "Intercept:normal(0,1)"] }, new SamplerOptions(), isPriorOnly: true)).Message, StringComparison.Ordinal);

    [Fact]
    public void Classes_keep_their_order_and_probabilities_sum_to_one()
    {
        (MemoryColumns data, int[] truth) = TwoClasses(200, -2, 2, 1, 0.8, 0.6, seed: 4);
        RegressionDraws draws = Draw("y ~ 1", data, new MixtureOptions { Classes = 2, Priors = ["sigma:gamma(2,2)"] }, new SamplerOptions { Draws = 500 });
        int first = draws.Parameters.Names.ToList().IndexOf("Intercept:class1");
        int second = draws.Parameters.Names.ToList().IndexOf("Intercept:class2");
        int width = draws.Parameters.Names.Count;
        Assert.All(draws.Parameters.Chains, chain => Assert.All(Enumerable.Range(0, chain.Count), draw => Assert.True(chain.Values[draw * width + first] <= chain.Values[draw * width + second])));
        int right = 0;
        for (int row = 0; row < 200; row++)
        {
            Assert.Equal(1, draws.ClassProbability[2 * row] + draws.ClassProbability[2 * row + 1], 1e-10);
            right += (draws.ClassProbability[2 * row + 1] > 0.5 ? 1 : 0) == truth[row] ? 1 : 0;
        }
        Assert.InRange(right, 185, 200);
        Assert.InRange(draws.Parameters.Summaries[first].Estimate, -2.5, -1.5);
        Assert.Equal(200, draws.CrossValidation!.Elpd.Length);
        Assert.Contains(draws.Parameters.Warnings, warning => warning.Contains("improper", StringComparison.Ordinal) && warning.Contains("(Intercept) of class 1", StringComparison.Ordinal));
    }

    [Fact]
    public void Classes_get_the_labels_nearest_to_the_estimates_or_the_order_asked_for()
    {
        (MemoryColumns data, _) = TwoClasses(100, -1, 1, 2, 0.4, 0.6, seed: 4);
        MixtureOptions options = new() { Classes = 2, Priors = ["sigma:gamma(2,2)"] };
        foreach (string? order in new[] { null, "sigma" })
        {
            MixtureFit fit = MixtureModel.Fit(Formula.Parse("y ~ 1"), data, options with { OrderBy = order }, new RegressionProgress(), TestContext.Current.CancellationToken);
            double[] scale = new double[fit.Problem.Layout.FreeCount];
            Array.Fill(scale, 1);
            ClassLabels labels = new(fit, scale);
            Assert.Equal([0, 1], labels.Of(fit.Full));
            Assert.Equal([1, 0], labels.Of(fit.Problem.Layout.Reorder(fit.Full, [1, 0])));
            // Intercepts the other way round alone: still nearest as they are; by sigma too.
            double[] moved = (double[])fit.Full.Clone();
            moved[fit.Problem.Layout.Coefficient(0)] = moved[fit.Problem.Layout.Coefficient(1)] + 0.01;
            Assert.Equal([0, 1], labels.Of(moved));
        }
    }

    [Fact]
    public void Draws_do_not_depend_on_threads()
    {
        (MemoryColumns data, _) = TwoClasses(100, -2, 2, 1, 0.8, 0.6, seed: 4);
        MixtureOptions options = new() { Classes = 2, Priors = ["sigma:gamma(2,2)"] };
        RegressionDraws one = Draw("y ~ 1", data, options, new SamplerOptions { Draws = 100, Warmup = 100, Threads = 1 });
        RegressionDraws two = Draw("y ~ 1", data, options, new SamplerOptions { Draws = 100, Warmup = 100, Threads = 2 });
        for (int chain = 0; chain < 4; chain++)
            Assert.Equal(one.Parameters.Chains[chain].Values, two.Parameters.Chains[chain].Values);
    }

    [Fact]
    public void Draws_do_not_depend_on_where_arrays_lie()
    {
        // Classes far apart: some exponents underflow, which vectors of rows must not notice.
        (MemoryColumns data, _) = TwoClasses(300, -4, 60, 1, 1.5, 0.4, seed: 4);
        MixtureOptions options = new() { Classes = 2, Priors = ["sigma:gamma(2,2)"], Threads = 1 };
        double[]? first = null;
        for (int trial = 0; trial < 6; trial++)
        {
            byte[][] shift = [.. Enumerable.Range(0, 3 * trial + 1).Select(size => new byte[8 * size + 8])];
            double[] values = Draw("y ~ 1", data, options, new SamplerOptions { Draws = 60, Warmup = 100, Chains = 2, Threads = 1 }).Parameters.Chains[1].Values;
            GC.KeepAlive(shift);
            Assert.Equal(first ??= values, values);
        }
    }

    [Fact]
    public void A_mixture_is_calibrated()
    {
        const int sets = 40;
        const int bins = 5;
        string[] names = ["Intercept:class1", "sigma:class2", "theta:class1"];
        int[][] counts = [.. names.Select(_ => new int[bins])];
        for (int set = 0; set < sets; set++)
        {
            StreamRandom random = new(99, set);
            double first = -2 + random.NextNormal();
            double second = 2 + random.NextNormal();
            double[] sigma = [Gamma22(ref random), Gamma22(ref random)];
            (double a, double b) = (Gamma22(ref random), Gamma22(ref random));
            double share = a / (a + b); // Dirichlet(2, 2)
            (MemoryColumns data, _) = TwoClasses(60, first, second, sigma[0], sigma[1], share, set + 1000);
            PosteriorDraws draws = Draw("y ~ 1", data, new MixtureOptions
            {
                Classes = 2,
                Priors = ["Intercept:class1:normal(-2,1)", "Intercept:class2:normal(2,1)", "sigma:gamma(2,2)", "theta:dirichlet(2,2)"],
            }, new SamplerOptions { Draws = 594, Warmup = 300, Chains = 1, Seed = set }).Parameters;
            double[] truth = [first, sigma[1], share];
            for (int parameter = 0; parameter < names.Length; parameter++)
            {
                int column = draws.Names.ToList().IndexOf(names[parameter]);
                int rank = Enumerable.Range(0, 99).Count(draw => draws.Chains[0].Values[6 * draw * draws.Names.Count + column] < truth[parameter]);
                counts[parameter][rank * bins / 100]++;
            }
        }
        foreach (int[] own in counts)
        {
            double expected = (double)sets / bins;
            Assert.InRange(own.Sum(count => (count - expected) * (count - expected) / expected), 0, 13.277); // 99 % of chi-squared with 4 degrees of freedom
        }
    }

    private static double Gamma22(ref StreamRandom random) => -0.5 * Math.Log((1 - random.NextUniform()) * (1 - random.NextUniform())); // sum of two exponentials of rate 2

    private static (MemoryColumns Data, int[] Classes) TwoClasses(int rows, double first, double second, double firstSigma, double secondSigma, double share, int seed)
    {
        StreamRandom random = new(seed, 7);
        double[] y = new double[rows];
        int[] classes = new int[rows];
        for (int row = 0; row < rows; row++)
        {
            classes[row] = random.NextUniform() < share ? 0 : 1;
            y[row] = classes[row] == 0 ? first + firstSigma * random.NextNormal() : second + secondSigma * random.NextNormal();
        }
        return (new MemoryColumns().Add("y", y), classes);
    }

    private static RegressionDraws Draw(string formula, IColumnSource data, MixtureOptions options, SamplerOptions sampler, bool isPriorOnly = false)
    {
        MixtureFit fit = MixtureModel.Fit(Formula.Parse(formula), data, options, new RegressionProgress(), TestContext.Current.CancellationToken);
        return MixtureSampling.Draw(fit, new DrawRequest(sampler, isPriorOnly), null, TestContext.Current.CancellationToken);
    }
}
