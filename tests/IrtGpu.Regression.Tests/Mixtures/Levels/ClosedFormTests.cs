using IrtGpu.Regression.Mixtures.Levels.Density;
using MathNet.Numerics.LinearAlgebra;

namespace IrtGpu.Regression.Tests.Mixtures.Levels;

/// <summary>Classes of levels: the density against the dense multivariate normal, its gradient against differences, and what cannot matter.</summary>
public sealed class ClosedFormTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Density_is_that_of_the_multivariate_normal(int effects)
    {
        LevelSample sample = LevelSample.Draw(13, 5, effects, 3);
        LevelParameters parameters = LevelSample.Parameters(effects);
        double[][] densities = sample.ClosedForm().LogDensities(parameters);
        for (int k = 0; k < 2; k++)
        {
            for (int level = 0; level < sample.LevelCount; level++)
                Assert.Equal(Dense(sample, parameters, level, k), densities[k][level], 1e-10);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Gradient_is_that_of_differences(int effects)
    {
        LevelSample sample = LevelSample.Draw(29, 4, effects, 5);
        ClosedFormLevels model = sample.ClosedForm();
        GradientCheck.Run(model, LevelSample.Parameters(effects), LevelSample.Prior(model.UnitCount), 1e-7);
    }

    [Fact]
    public void Units_of_several_levels_multiply_their_densities()
    {
        LevelSample sample = LevelSample.Draw(24, 4, 2, 7);
        LevelParameters parameters = LevelSample.Parameters(2);
        int[] unit = Array.ConvertAll(sample.Level, level => level / 3);
        ClosedFormLevels model = sample.ClosedForm(unit: unit);
        double[][] densities = sample.ClosedForm().LogDensities(parameters);
        double expected = 0;
        for (int u = 0; u < 8; u++)
            expected += Math.Log(0.6 * Math.Exp(densities[0][(3 * u)..(3 * u + 3)].Sum()) + 0.4 * Math.Exp(densities[1][(3 * u)..(3 * u + 3)].Sum()));
        Assert.Equal(expected, model.TryExpect(parameters, LevelSample.Prior(8))!.LogLikelihood, 1e-10);
        GradientCheck.Run(model, parameters, LevelSample.Prior(8), 1e-7);
    }

    [Fact]
    public void Threads_do_not_matter()
    {
        LevelSample sample = LevelSample.Draw(3000, 3, 2, 9);
        double[][] prior = LevelSample.Prior(sample.LevelCount);
        LevelExpectation one = sample.ClosedForm(1).TryExpect(LevelSample.Parameters(2), prior)!;
        LevelExpectation four = sample.ClosedForm(4).TryExpect(LevelSample.Parameters(2), prior)!;
        Assert.Equal(one.LogLikelihood, four.LogLikelihood);
        Assert.Equal(one.Sums.Classes[1], four.Sums.Classes[1]);
        Assert.Equal(one.Sums.Sets[0], four.Sums.Sets[0]);
    }

    [Fact]
    public void Em_steps_never_lower_the_likelihood()
    {
        LevelSample sample = LevelSample.Draw(150, 5, 2, 11);
        ClosedFormLevels model = sample.ClosedForm();
        EmCheck.Run(model, LevelSample.Parameters(2), LevelSample.Prior(sample.LevelCount), new LevelTies([0, 1, 2, 3], [0, 1], [0, 1], true));
        LevelParameters tied = new([-0.4, 0.9, 1.3, 0.9], [0.6, 0.6], [[0.5, 0, 0, 0.3], [0.7, 0, 0, 0.2]]);
        EmCheck.Run(model, tied, LevelSample.Prior(sample.LevelCount), new LevelTies([0, 1, 2, 1], [0, 0], [0, 1], false));
        EmCheck.Run(model, tied with { Factors = [tied.Factors[0], tied.Factors[0]] }, LevelSample.Prior(sample.LevelCount), new LevelTies([0, 1, 2, 1], [0, 1], [0, 0], true));
    }

    private static double Dense(LevelSample sample, LevelParameters parameters, int level, int k)
    {
        int[] rows = [.. Enumerable.Range(0, sample.Level.Length).Where(row => sample.Level[row] == level)];
        int q = sample.Effects.Length;
        Matrix<double> v = Matrix<double>.Build.DenseDiagonal(rows.Length, parameters.Sigmas[k] * parameters.Sigmas[k]);
        if (q > 0)
        {
            Matrix<double> z = Matrix<double>.Build.Dense(rows.Length, q, (i, a) => sample.Effects[a][rows[i]]);
            Matrix<double> factor = Matrix<double>.Build.Dense(q, q, (i, j) => parameters.Factors[k][i * q + j]);
            v += z * factor * factor.Transpose() * z.Transpose();
        }
        Vector<double> residual = Vector<double>.Build.Dense(rows.Length, i => sample.Response[rows[i]] - sample.Fixed.Select((column, x) => column[rows[i]] * parameters.Of(k)[x]).Sum());
        return -0.5 * (rows.Length * Math.Log(2 * Math.PI) + v.Cholesky().DeterminantLn + residual * v.Cholesky().Solve(residual));
    }
}
