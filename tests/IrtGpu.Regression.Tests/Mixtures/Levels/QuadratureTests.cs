using IrtGpu.Regression.Mixtures.Levels.Density;
using IrtGpu.Regression.Mixtures.Levels.Quadrature;

namespace IrtGpu.Regression.Tests.Mixtures.Levels;

/// <summary>Classes of rows within levels: the integral against a dense one, identities, gradients.</summary>
public sealed class QuadratureTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Integral_is_that_of_a_dense_grid(bool isShared)
    {
        LevelSample sample = LevelSample.Draw(12, 6, 1, 21, isClassOfRow: true);
        LevelParameters parameters = LevelSample.Parameters(1, isShared ? 1 : 2);
        double[][] prior = LevelSample.Prior(sample.Response.Length);
        QuadratureLevels model = Model(sample, 25).Place(parameters, prior);
        double[] pieces = model.TryExpect(parameters, prior)!.Pieces;
        for (int level = 0; level < sample.LevelCount; level++)
            Assert.Equal(DenseLevel(sample, parameters, level), pieces[level], 1e-6);
    }

    [Fact]
    public void Shared_intercepts_and_slopes_are_integrated_over_the_plane()
    {
        LevelSample sample = LevelSample.Draw(8, 6, 2, 22, isClassOfRow: true);
        LevelParameters parameters = LevelSample.Parameters(2, 1);
        double[][] prior = LevelSample.Prior(sample.Response.Length);
        double[] pieces = Model(sample, 21).Place(parameters, prior).TryExpect(parameters, prior)!.Pieces;
        for (int level = 0; level < sample.LevelCount; level++)
            Assert.Equal(DenseLevel(sample, parameters, level), pieces[level], 1e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void One_class_has_the_closed_form(int effects)
    {
        LevelSample sample = LevelSample.Draw(20, 5, effects, 23);
        LevelParameters both = LevelSample.Parameters(effects);
        LevelParameters one = new(both.Coefficients[..2], both.Sigmas[..1], both.Factors[..1]);
        double[][] levels = [new double[sample.LevelCount]];
        double[][] rows = [new double[sample.Response.Length]];
        LevelExpectation exact = sample.ClosedForm().TryExpect(one, levels)!;
        LevelExpectation integrated = Model(sample, 5).Place(one, rows).TryExpect(one, rows)!;
        for (int level = 0; level < sample.LevelCount; level++)
            Assert.Equal(exact.Pieces[level], integrated.Pieces[level], 1e-10);
        Assert.Equal(0, exact.Sums.Classes[0].Zip(integrated.Sums.Classes[0], (left, right) => Math.Abs(left - right)).Max(), 1e-8);
        Assert.Equal(0, exact.Sums.Sets[0].Zip(integrated.Sums.Sets[0], (left, right) => Math.Abs(left - right)).Max(), 1e-8);
    }

    [Fact]
    public void Units_that_are_whole_levels_are_classes_of_levels()
    {
        LevelSample sample = LevelSample.Draw(15, 5, 1, 24);
        LevelParameters parameters = LevelSample.Parameters(1);
        double[][] prior = LevelSample.Prior(sample.LevelCount);
        QuadratureLevels model = new(LevelCells.Of(sample.Level, sample.Level), sample.Fixed, sample.Effects, sample.Response, 61, 1);
        double[] expected = sample.ClosedForm().TryExpect(parameters, prior)!.Pieces;
        double[] pieces = model.Place(parameters, prior).TryExpect(parameters, prior)!.Pieces;
        for (int level = 0; level < sample.LevelCount; level++)
            Assert.Equal(expected[level], pieces[level], 1e-5);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(2, 1)]
    public void Gradient_is_that_of_differences_with_the_nodes_held(int effects, int sets)
    {
        LevelSample sample = LevelSample.Draw(9, 5, effects, 25, isClassOfRow: true);
        LevelParameters parameters = LevelSample.Parameters(effects, sets);
        double[][] prior = LevelSample.Prior(sample.Response.Length);
        GradientCheck.Run(Model(sample, effects == 1 ? 9 : 5).Place(parameters, prior), parameters, prior, 1e-7);
    }

    [Theory]
    [InlineData(1, 2, 11)]
    [InlineData(2, 1, 7)]
    [InlineData(2, 2, 5)]
    public void Em_steps_never_lower_the_likelihood_with_the_nodes_held(int effects, int sets, int nodes)
    {
        LevelSample sample = LevelSample.Draw(60, 6, effects, 26, isClassOfRow: true);
        LevelParameters parameters = LevelSample.Parameters(effects, sets);
        double[][] prior = LevelSample.Prior(sample.Response.Length);
        EmCheck.Run(Model(sample, nodes).Place(parameters, prior), parameters, prior, new LevelTies([0, 1, 2, 3], [0, 1], [.. Enumerable.Range(0, sets)], true), steps: 25);
    }

    [Fact]
    public void Threads_and_the_order_of_levels_do_not_matter()
    {
        LevelSample sample = LevelSample.Draw(100, 5, 1, 27, isClassOfRow: true);
        LevelParameters parameters = LevelSample.Parameters(1);
        double[][] prior = LevelSample.Prior(sample.Response.Length);
        LevelExpectation one = Model(sample, 9).Place(parameters, prior).TryExpect(parameters, prior)!;
        LevelExpectation four = Model(sample, 9, threads: 4).Place(parameters, prior).TryExpect(parameters, prior)!;
        Assert.Equal(one.LogLikelihood, four.LogLikelihood);
        Assert.Equal(one.Sums.Classes[1], four.Sums.Classes[1]);

        int[] reversed = [.. Enumerable.Range(0, sample.Response.Length).Reverse()];
        LevelSample other = new()
        {
            Level = [.. reversed.Select(row => sample.LevelCount - 1 - sample.Level[row])],
            Fixed = [.. sample.Fixed.Select(column => reversed.Select(row => column[row]).ToArray())],
            Effects = [.. sample.Effects.Select(column => reversed.Select(row => column[row]).ToArray())],
            Response = [.. reversed.Select(row => sample.Response[row])],
        };
        Assert.Equal(one.LogLikelihood, Model(other, 9).Place(parameters, prior).TryExpect(parameters, prior)!.LogLikelihood, 1e-9);
    }

    [Fact]
    public void Extreme_rows_leave_a_likelihood()
    {
        LevelSample sample = LevelSample.Draw(6, 6, 1, 28, isClassOfRow: true);
        for (int row = 0; row < sample.Response.Length; row++)
            sample.Response[row] *= 40;
        LevelParameters parameters = LevelSample.Parameters(1);
        double[][] prior = LevelSample.Prior(sample.Response.Length);
        Assert.True(double.IsFinite(Model(sample, 9).Place(parameters, prior).TryExpect(parameters, prior)!.LogLikelihood));
    }

    private static QuadratureLevels Model(LevelSample sample, int nodes, int threads = 1) =>
        new(LevelCells.Of(sample.Level, [.. Enumerable.Range(0, sample.Level.Length)]), sample.Fixed, sample.Effects, sample.Response, nodes, threads);

    /// <summary>The integral over two standard normal effects by the trapezoidal rule on a square of ±9, which is exact to rounding for what decays so fast.</summary>
    private static double DenseLevel(LevelSample sample, LevelParameters parameters, int level)
    {
        const double step = 0.04;
        int q = sample.Effects.Length;
        int[] rows = [.. Enumerable.Range(0, sample.Level.Length).Where(row => sample.Level[row] == level)];
        double sum = 0;
        double[] proportion = [0.6, 0.4];
        for (double first = -9; first <= 9; first += step)
        {
            for (double second = -9; second <= 9; second += step)
            {
                double value = Math.Exp(-0.5 * (first * first + second * second)) / (2 * Math.PI) * step * step;
                foreach (int row in rows)
                {
                    double density = 0;
                    for (int k = 0; k < 2; k++)
                    {
                        double[] factor = parameters.Factors[parameters.SetOf(k)];
                        double effect = q == 2
                            ? sample.Effects[0][row] * factor[0] * first + sample.Effects[1][row] * (factor[2] * first + factor[3] * second)
                            : factor[0] * sample.Effects[0][row] * (parameters.SetCount == 2 && k == 1 ? second : first);
                        double mean = sample.Fixed[0][row] * parameters.Of(k)[0] + sample.Fixed[1][row] * parameters.Of(k)[1] + effect;
                        double scaled = (sample.Response[row] - mean) / parameters.Sigmas[k];
                        density += proportion[k] * Math.Exp(-0.5 * scaled * scaled) / (Math.Sqrt(2 * Math.PI) * parameters.Sigmas[k]);
                    }
                    value *= density;
                }
                sum += value;
            }
        }
        return Math.Log(sum);
    }
}
